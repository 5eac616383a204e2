"""Settings for all tests."""

import os

import pytest
from hypothesis import settings

from depth import THOROUGH

if not THOROUGH:  # each worker of xdist has a core; the thorough run lets them share what Polars does
    os.environ.setdefault("POLARS_MAX_THREADS", "1")

# A loaded machine is slow now and then, which is no fault of the code; a failure prints how to repeat it.
settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")

# Many tests start the command as a user does: it is not compiled anew each time, as it would not be for a user.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Drawings that changed on purpose are rewritten where they lie."""
    parser.addoption("--rewrite-golden", action="store_true", help="rewrite the drawings in docs/gallery that differ")
