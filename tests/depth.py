"""How far tests go.

By default random tests try fewer examples, and those that start another program (a browser, Java for Spark) or measure
something for long wait for ``INFANT_COURSE_TESTS=thorough``, which ``.ci/run`` sets. Both try the same examples in
every run. ``long`` tries more courses in the oracle, and elsewhere other examples each time.
"""

import os

import pytest

HOW = os.environ.get("INFANT_COURSE_TESTS", "quick")
THOROUGH = HOW in ("thorough", "long")
LONG = HOW == "long"

only_thorough = pytest.mark.skipif(not THOROUGH, reason="only where INFANT_COURSE_TESTS=thorough, as in .ci/run")


def depth(thorough: int, quick: int) -> int:
    """How many to try."""
    return thorough if THOROUGH else quick
