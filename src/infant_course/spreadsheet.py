"""Text that a spreadsheet program must not take for a formula."""

LEADS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
BLANKS = " \u00a0\ufeff"


def inert(text: str) -> str:
    """Text as a cell that no spreadsheet runs: a leading sign that could start a formula gets an apostrophe.

    Plain numbers keep their sign.

    >>> inert("=HYPERLINK(1)"), inert("-5"), inert("-5+cmd|x"), inert("t(4;11)")
    ("'=HYPERLINK(1)", '-5', "'-5+cmd|x", 't(4;11)')
    """
    stripped = text.lstrip(BLANKS)
    if not stripped.startswith(LEADS):
        return text
    try:
        float(stripped)
    except ValueError:
        return f"'{text}"
    return text
