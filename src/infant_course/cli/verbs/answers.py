"""``infant-course answers``: take the replies of a site back."""

import argparse
from pathlib import Path
from typing import Any

from ..ledgers import SHOWN, add_ledger_to, as_of, open_ledger
from ..output import say


def add_to(verbs: Any) -> None:
    """Add the verb to the command."""
    verb = verbs.add_parser(
        "answers",
        help="take the replies to queries back into a ledger",
        description="Replies are matched by query number and fingerprint and kept beside earlier ones; a reply "
        "changes no status. Exit: 0 all taken, 1 lines that somebody has to look at, 2 an unreadable file.",
    )
    verb.add_argument("files", nargs="+", type=Path, metavar="FILE", help="query file with replies (XLSX or CSV)")
    add_ledger_to(verb)
    verb.add_argument("--by", required=True, metavar="NAME", help="who replied")
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read all files first, then keep their replies."""
    from ...ledger.answers import Remark
    from ...ledger.query_files import read_replies

    read = [(path, read_replies(path)) for path in arguments.files]
    code = 0
    with open_ledger(arguments) as ledger:
        for path, lines in read:
            taken = ledger.take(lines, by=arguments.by, file=path.name, as_of=as_of(arguments))
            known = taken.count(Remark.KNOWN)
            told = f"{path}: {taken.kept:,} kept, {taken.count(Remark.EMPTY):,} without a reply"
            say(f"{told}{f', {known:,} kept before' if known else ''}.")
            for line, remark in taken.to_look_at:
                name = "?" if line.number is None else f"Q{line.number}"
                say(f"  line {line.row}, {name}: {remark}.")
                code = 1
            if not lines:
                say("  There is no line: what was deleted is not answered.")
                code = 1
            if missing := taken.missing:
                named = ", ".join(map(str, taken.first_missing(SHOWN))) + (" and others" if missing > SHOWN else "")
                was, word = ("A line that was written is", "line")
                if missing > 1:
                    was, word = (f"{missing:,} lines that were written are", "lines")
                say(f"  {was} missing ({word} {named}): what was deleted is not answered.")
                code = 1
    return code
