"""Case files named on the command line: each is read on its own, so that a bad one hides no other."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from attrs import field, frozen

from ..course import Course
from ..errors import InfantCourseError
from .output import complain


@frozen(kw_only=True)
class Read:
    """One file that could be read."""

    name: str
    sha256: str
    course: Course = field(repr=False)


def read_all(names: Iterable[str]) -> tuple[tuple[Read, ...], int]:
    """The files that can be read, and how many cannot; each of those is complained of."""
    read: list[Read] = []
    unread = 0
    owners: dict[str, str] = {}
    for name in dict.fromkeys(names):
        try:
            course = read_course(name)
            digest = hashlib.sha256(Path(name).read_bytes()).hexdigest()
        except InfantCourseError as error:
            complain(str(error))
            unread += 1
            continue
        if course.id in owners:
            complain(
                f"{name}: expected a patient id of its own, found the one that {owners[course.id]} has.\n"
                "  Hint: give every patient an id of their own, or check the two files one by one."
            )
            unread += 1
            continue
        owners[course.id] = name
        read.append(Read(name=name, sha256=digest, course=course))
    return tuple(read), unread


def read_course(name: str) -> Course:
    """The course in one case file. Raises InputError, also where the file is missing or a directory."""
    from ..io.case_file import load

    return load(name)
