"""The list of a project's events: an export of labels has their labels, where a raw one has their unique names."""

from collections.abc import Iterable, Mapping

import polars as pl

from .raw import RawTable

LABEL, ARM, NAME = "event_name", "arm_num", "unique_event_name"
_ARM = r"\s*\(Arm ([0-9]+)(?::.*)?\)\s*$"
"""What an export of labels adds to the label of an event, where there are several arms."""
_OF_ARM = " of arm "


def is_event_list(columns: Iterable[str]) -> bool:
    """Whether a table with these columns is the list of a project's events (download, or content=event)."""
    return {LABEL, ARM, NAME} <= set(columns)


def visits_of(raw: RawTable) -> dict[str, str]:
    """The unique name of each label, with its arm and, where only one arm has it, without."""
    texts = raw.frame.select(pl.col(LABEL, ARM, NAME).str.strip_chars()).drop_nulls()
    names: dict[str, set[str]] = {}
    for label, arm, name in texts.iter_rows():  # a project has some ten
        for key in (label, label + _OF_ARM + arm):
            names.setdefault(key, set()).add(name)
    return {key: found.pop() for key, found in names.items() if len(found) == 1}


def in_unique_names(column: str, visits: Mapping[str, str]) -> pl.Expr:
    """A column of events with their unique names, where it has labels of the list."""
    text = pl.col(column).str.strip_chars()
    arm = text.str.extract(_ARM)
    label = pl.concat_str(text.str.replace(_ARM, ""), pl.lit(_OF_ARM), arm)
    return pl.coalesce(pl.when(arm.is_null()).then(text).otherwise(label).replace_strict(visits, default=None), column)
