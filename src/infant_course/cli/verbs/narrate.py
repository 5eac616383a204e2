"""``infant-course narrate``: a course in words, and what a case report still lacks."""

import argparse
from typing import Any

from ..output import say


def add_to(verbs: Any) -> None:
    """Add the verb to the command."""
    verb = verbs.add_parser(
        "narrate",
        help="write a course as a paragraph, and check it against the CARE items",
        description="Write a course as a short paragraph from what is stated, without calendar dates, and list which "
        "items of the CARE checklist for case reports it answers.",
    )
    verb.add_argument("path", metavar="PATH", help="case file (YAML or JSON)")
    verb.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Tell the course."""
    from ...report.care import AUTHORS, CARE, care_items
    from ...report.narrative import narrate, not_stated
    from ..reading import read_course

    course = read_course(arguments.path)
    items = care_items(course)
    if arguments.format == "json":
        import json

        found = {
            "text": narrate(course),
            "not_stated": list(not_stated(course)),
            "care": [
                {
                    "item": item.number,
                    "asks": item.asks,
                    "answer": item.answer,
                    "told": item.told,
                    "missing": item.missing,
                }
                for item in items
            ],
        }
        say(json.dumps(found, indent=2, ensure_ascii=False))
        return 0
    import textwrap

    lines = textwrap.wrap(narrate(course), 80)
    lines += ["", *textwrap.wrap(f"CARE checklist ({CARE}). Items {AUTHORS} are for the author alone.", 80)]
    for item in items:
        told = f"told: {', '.join(item.told)}" if item.told else ""
        missing = f"not told: {', '.join(item.missing)}" if item.missing else ""
        said = "; ".join(part for part in (told, missing) if part)
        lines += textwrap.wrap(f"{item.number:>4}  {item.asks} - {said}", 80, subsequent_indent=" " * 6)
    say("\n".join(lines))
    return 0
