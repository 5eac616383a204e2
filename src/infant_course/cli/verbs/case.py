"""``infant-course resolve``, ``schema`` and ``new``: writing case files, and what is understood of them."""

import argparse
from pathlib import Path
from typing import Any

from ...errors import UsageError
from ..output import say


def add_to(verbs: Any) -> None:
    """Add the verbs to the command."""
    resolve = verbs.add_parser("resolve", help="print a case in its explicit form, with what is known of times")
    resolve.add_argument("path", metavar="PATH", help="case file (YAML or JSON)")
    resolve.set_defaults(run=run_resolve)
    schema = verbs.add_parser("schema", help="print the JSON Schema of case files, for editors")
    schema.set_defaults(run=run_schema)
    new = verbs.add_parser("new", help="write a commented case file to start from")
    new.add_argument("path", metavar="PATH", help="file to write; it must not exist yet")
    new.set_defaults(run=run_new)


def run_resolve(arguments: argparse.Namespace) -> int:
    """Print the explicit form of a case."""
    from ...io.case_writer import explicit
    from ..reading import read_course

    say(explicit(read_course(arguments.path)))
    return 0


def run_schema(arguments: argparse.Namespace) -> int:
    """Print the schema."""
    import json

    from ...io.schema import schema

    say(json.dumps(schema(), indent=2, ensure_ascii=False), data=True)
    return 0


def run_new(arguments: argparse.Namespace) -> int:
    """Write a starter, never over a file that is there."""
    from importlib.resources import files

    path = Path(arguments.path)
    text = (files("infant_course.io") / "starter.yaml").read_text(encoding="utf-8")
    try:
        with path.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise UsageError(f"{path}: there is a file of this name already, and it was left as it is") from None
    say(str(path))
    return 0
