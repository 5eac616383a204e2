"""``infant-course key``: a key for pseudonyms."""

import argparse
from typing import Any

from ..output import say


def add_to(verbs: Any) -> None:
    """Add the verb to the command."""
    verb = verbs.add_parser(
        "key",
        help="write a new key for pseudonyms",
        description="Write 32 random bytes as a key that only you may read. Keep it where the ids are, never with "
        "what is shared: whoever has it can tell which pseudonym an id has. Without it none can be made again.",
    )
    verb.add_argument("path", metavar="FILE", help="file to write; it must not exist yet")
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the key, never over a file that is there."""
    from ...privacy.key import make_key

    say(str(make_key(arguments.path)))
    return 0
