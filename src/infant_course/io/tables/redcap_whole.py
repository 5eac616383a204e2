"""What must be known of a whole REDCap export before a row of it is read, as it comes in parts."""

import polars as pl
from attrs import define, field

from .field_values import fold
from .headings import Headings
from .raw import RawTable
from .redcap_export import REPEATS, labels_in
from .redcap_project import Project


@define
class WholeExport:
    """Noted of all rows of one file.

    ``titles``: what its rows call their instruments. ``words``: of each field with choices the words that were
    written, by which labels are told from codes. ``sited``: whether a field that the mapping reads tells a site, so
    that data access groups are none.
    """

    titles: dict[str, None] = field(factory=dict)
    words: dict[str, dict[str, None]] = field(factory=dict)
    sited: bool = False

    def look(self, raw: RawTable, project: Project) -> None:
        """Note what the next rows say."""
        dictionary = project.dictionary_of(raw.columns)
        labels = {} if dictionary is None else labels_in(raw.columns, dictionary)[0]
        frame = raw.frame.rename({label: name for name, label in labels.items()})
        if REPEATS in frame.columns:
            self.titles |= _words(frame[REPEATS])
        present = set(frame.columns)
        for name, one in {} if dictionary is None else dictionary.by_name.items():
            if one.choices and name in present:
                self.words[name] = self.words.get(name, {}) | _words(frame[name])
        headings = Headings(frame.columns)
        sites = [
            name
            for recoding in project.recodings.patients
            for source in recoding.fields
            if source.target == "site"
            for name in headings.of(source)
        ]
        silent = sorted(project.recodings.missing)
        told = [pl.col(name).is_not_null() & ~fold(pl.col(name)).is_in(silent) for name in sites]
        self.sited = self.sited or any(frame.select(told_here.any()).item() for told_here in told)


def _words(texts: pl.Series) -> dict[str, None]:
    return dict.fromkeys(texts.drop_nulls().unique(maintain_order=True))
