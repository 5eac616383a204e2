"""``infant-course mapping``: a draft of which field is which event and attribute."""

import argparse
from pathlib import Path
from typing import Any

from ...errors import UsageError
from ...files import write_whole
from ..output import say


def add_to(verbs: Any) -> None:
    """Add the verb to the command."""
    verb = verbs.add_parser(
        "mapping",
        help="draft a mapping from a REDCap data dictionary",
        description="Draft a mapping (TOML) from a REDCap data dictionary, by the names, labels and choices of its "
        "fields. A draft is to be read: what was not recognised stands in it as comments.",
    )
    verb.add_argument("dictionary", metavar="DICTIONARY", help="the data dictionary as CSV, of the web page or the API")
    verb.add_argument("-o", "--out", metavar="FILE", help="write the draft into this file; it must not exist yet")
    verb.add_argument(
        "--against", metavar="FILE", help="count instead how much of this mapping, made by hand, the draft finds"
    )
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read the dictionary; print, write or count the draft."""
    import tomllib

    from ...io.tables.recoding_file import checked, read_recodings
    from ...io.tables.redcap_against import held_against
    from ...io.tables.redcap_checks import check_against_dictionary
    from ...io.tables.redcap_dictionary import read_dictionary
    from ...io.tables.redcap_draft import draft

    dictionary = read_dictionary(arguments.dictionary)
    text = draft(dictionary)
    if arguments.against:
        mapping = read_recodings(arguments.against)
        check_against_dictionary(mapping, dictionary, arguments.against)
        say(str(held_against(checked(tomllib.loads(text), "the draft"), mapping)))
        return 0
    if not arguments.out:
        say(text.rstrip("\n"), data=True)
        return 0
    out = Path(arguments.out)
    if out.exists():
        raise UsageError(f"{out}: there is a file of this name already, and it was left as it was")
    write_whole(out, text)
    say(str(out))
    return 0
