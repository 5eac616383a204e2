"""The command ``infant-course``: thin verbs over the package.

Exit codes: 0 nothing at or above the level asked for, 1 findings, 2 wrong use or input that cannot be read,
3 a rule (or the command itself) failed. Of several files the highest counts. Whatever a verb needs it imports
when it runs, so that ``--help`` costs nothing.
"""

import argparse
import gc
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from .. import __version__
from ..errors import InfantCourseError
from .output import complain, show
from .verbs import (
    accept,
    agents,
    answers,
    case,
    check,
    cohort_figures,
    convert,
    deidentify,
    demo,
    diff,
    draw,
    key,
    ledger,
    mapping,
    narrate,
    outcomes,
    protocols,
    queries,
    risk,
    rules,
    template,
)

USAGE, FAILED = 2, 3


class _Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        complain(f"{self.prog}: {message}. See `{self.prog} --help`.")
        raise SystemExit(USAGE)

    def _print_message(self, message: str, file: Any = None) -> None:
        """Help is shown on a console of any encoding."""
        if message:
            show(message, file or sys.stderr)


def parser() -> argparse.ArgumentParser:
    """The command line with all its verbs."""
    top = _Parser(
        prog="infant-course",
        description="Check and draw courses of infant acute lymphoblastic leukaemia.",
        epilog="Exit: 0 nothing to report, 1 findings, 2 wrong use or unreadable input, 3 a rule failed.",
    )
    top.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    verbs = top.add_subparsers(metavar="VERB", required=True, parser_class=_Parser)
    for group in (
        *(
            demo,
            check,
            draw,
            cohort_figures,
            narrate,
            convert,
            template,
            mapping,
            rules,
            case,
            outcomes,
            protocols,
            risk,
            agents,
        ),
        *(accept, queries, answers, ledger, diff),
        *(key, deidentify),
    ):
        group.add_to(verbs)
    return top


LITTER = 100_000
"""So many objects are made before Python looks for rubbish: importing makes many objects, and hardly any rubbish."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code. Nothing but the code leaves this function."""
    usual = gc.get_threshold()
    gc.set_threshold(LITTER, *usual[1:])
    try:
        return _run(argv)
    finally:
        gc.set_threshold(*usual)


def _run(argv: Sequence[str] | None) -> int:
    try:
        arguments = parser().parse_args(argv)
        code: int = arguments.run(arguments)
    except SystemExit as stop:  # argparse, having said what it had to say
        return stop.code if isinstance(stop.code, int) else 0
    except InfantCourseError as error:
        complain(f"infant-course: {error}")
        return USAGE
    except OSError as error:
        complain(f"infant-course: {error.filename or 'input'}: {error.strerror or type(error).__name__}.")
        return USAGE
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # its text may hold patient values, so only its place is told
        complain(f"infant-course: {_place(error)}. This is a fault of infant-course, not of your file.")
        return FAILED
    return code


def _place(error: Exception) -> str:
    """Type of an error and the line of this package it came from."""
    where, trace = "", error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_globals.get("__name__", "")
        if name.startswith("infant_course"):
            where = f" in {name}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__}{where}"
