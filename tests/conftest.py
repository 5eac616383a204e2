"""Settings for all tests."""

import hashlib
import os
import secrets
from itertools import count

import pytest
from hypothesis import settings

from depth import LONG, THOROUGH

if not THOROUGH:  # each worker of xdist has a core; the thorough run lets them share what Polars does
    os.environ.setdefault("POLARS_MAX_THREADS", "1")

# A loaded machine is slow now and then, which is no fault of the code; a failure prints how to repeat it.
# The gate tries the same examples in every run, so that it cannot fail by chance; the long run tries others each time.
settings.register_profile("house", deadline=None, print_blob=True, derandomize=not LONG)
settings.load_profile("house")

# Many tests start the command as a user does: it is not compiled anew each time, as it would not be for a user.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Drawings that changed on purpose are rewritten where they lie."""
    parser.addoption("--rewrite-golden", action="store_true", help="rewrite the drawings in docs/gallery that differ")


@pytest.fixture(autouse=True)
def _keys_are_the_same_in_every_run(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has keys of its own, one after the other: a failure can be repeated, and none comes by chance."""
    number = count()

    def token_hex(nbytes: int) -> str:
        return hashlib.shake_256(f"{request.node.nodeid} {next(number)}".encode()).hexdigest(nbytes)

    monkeypatch.setattr(secrets, "token_hex", token_hex)
