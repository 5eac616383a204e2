"""The four published case scenarios that come with the package."""

from importlib.resources import files
from pathlib import Path

from ..errors import UsageError


def published_cases() -> tuple[Path, ...]:
    """Their case files, in order. They are part of the wheel; in a checkout they lie in ``cases/published``.

    Raises UsageError where neither is there.
    """
    shipped = Path(str(files("infant_course") / "_cases" / "published"))
    checkout = Path(__file__).parents[3] / "cases" / "published"
    for folder in (shipped, checkout):
        if found := sorted(folder.glob("*-case-*.yaml")):
            return tuple(found)
    raise UsageError("the published cases were not installed with infant-course; install it again with pip")
