"""The command ``infant-course``: thin verbs over the package.

Exit codes: 0 nothing at or above the level asked for, 1 findings, 2 wrong use or input that cannot be read,
3 a rule (or the command itself) broke down. Of several files the highest counts. Whatever a verb needs it imports
when it runs, so that ``--help`` costs nothing.
"""

import argparse
import gc
import re
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

from .. import __version__
from ..errors import InfantCourseError
from .output import complain, show

USAGE, FAILED = 2, 3


class _Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        complain(f"{self.prog}: {message}. See `{self.prog} --help`.")
        raise SystemExit(USAGE)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """An empty word is refused: it mostly comes from a variable of a script that was not set."""
        words = list(sys.argv[1:] if args is None else args)
        for before, word in zip(["", *words], words, strict=False):
            if word == "" or re.fullmatch("--[a-z-]+=", word):
                name = word.rstrip("=") or before
                self.error(f"{name if name.startswith('-') else 'a name'} is empty: say what is meant, or leave it out")
        return super().parse_known_args(args, namespace)

    def _print_message(self, message: str, file: Any = None) -> None:
        """Help is shown on a console of any encoding."""
        if message:
            show(message, file or sys.stderr)


VERBS = {
    "demo": ("demo",),
    "check": ("check",),
    "draw": ("draw",),
    "cohort_figures": ("swimmer", "flow", "mrd-panel", "overview", "curve"),
    "narrate": ("narrate",),
    "convert": ("convert",),
    "template": ("template",),
    "mapping": ("mapping",),
    "rules": ("explain", "rules"),
    "case": ("resolve", "schema", "new"),
    "outcomes": ("outcomes",),
    "protocols": ("protocols", "protocol"),
    "risk": ("risk",),
    "agents": ("agents",),
    "accept": ("accept",),
    "queries": ("queries",),
    "answers": ("answers",),
    "ledger": ("ledger",),
    "diff": ("diff",),
    "key": ("key",),
    "deidentify": ("deidentify",),
}
"""The verbs by the module that adds them, in the order of the help."""


def parser(verb: str | None = None) -> argparse.ArgumentParser:
    """The command line with all its verbs, or with those of one verb's module alone: the others take time to make."""
    top = _Parser(
        prog="infant-course",
        description="Check and draw courses of infant acute lymphoblastic leukaemia.",
        epilog="Exit: 0 nothing to report, 1 findings, 2 wrong use or unreadable input, 3 a rule broke down.",
    )
    top.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    added = top.add_subparsers(metavar="VERB", required=True, parser_class=_Parser)
    for module in [module for module, verbs in VERBS.items() if verb in verbs] or VERBS:
        import_module(f".verbs.{module}", __name__).add_to(added)
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
        if argv is None:  # the process ends here: nothing of it need be looked through
            gc.freeze()
        gc.set_threshold(*usual)


def _run(argv: Sequence[str] | None) -> int:
    try:
        words = sys.argv[1:] if argv is None else argv
        try:
            arguments = parser(words[0] if words else None).parse_args(words)
        except SystemExit as stop:  # argparse, having said what it had to say
            return stop.code if isinstance(stop.code, int) else 0
        code: int = arguments.run(arguments)
    except InfantCourseError as error:
        complain(f"infant-course: {error}")
        return USAGE
    except OSError as error:
        complain(f"infant-course: {error.filename or 'input'}: {error.strerror or type(error).__name__}.")
        return USAGE
    except KeyboardInterrupt:
        return 130
    except BaseException as error:  # a panic of Polars too; its text may hold patient values: only its place is told
        complain(f"infant-course: {_place(error)}. This is a fault of infant-course, not of your file.")
        return FAILED
    return code


def _place(error: BaseException) -> str:
    """Type of an error and the line of this package it came from."""
    where, trace = "", error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_globals.get("__name__", "")
        if name.startswith("infant_course"):
            where = f" in {name}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__}{where}"
