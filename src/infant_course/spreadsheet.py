"""Text that a spreadsheet program must not take for a formula."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

_LEADS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
_BLANKS = " \u00a0\ufeff"


def inert(text: str) -> str:
    """Text as a cell that no spreadsheet runs: a leading sign that could start a formula gets an apostrophe.

    Plain numbers keep their sign.

    >>> inert("=HYPERLINK(1)"), inert("-5"), inert("-5+cmd|x"), inert("t(4;11)")
    ("'=HYPERLINK(1)", '-5', "'-5+cmd|x", 't(4;11)')
    """
    stripped = text.lstrip(_BLANKS)
    if not stripped.startswith(_LEADS):
        return text
    try:
        float(stripped)
    except ValueError:
        return f"'{text}"
    return text


def inert_expr(text: "pl.Expr") -> "pl.Expr":
    """:func:`inert` over a column of text."""
    import polars as pl

    stripped = text.str.strip_chars_start(_BLANKS)
    leads = pl.any_horizontal(stripped.str.starts_with(lead) for lead in _LEADS)
    number = stripped.cast(pl.Float64, strict=False).is_not_null()
    return pl.when(leads & ~number).then("'" + text).otherwise(text)
