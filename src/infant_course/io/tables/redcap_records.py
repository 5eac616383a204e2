"""The rows of REDCap exports become events, details and patients; every row is accounted for."""

import re
from collections.abc import Mapping, Sequence

import polars as pl
from attrs import evolve

from ...errors import Fault, InputError
from ...intake import Assumption, CellFinding, CellProblem, Intake, RowCount, merged_assumptions, merged_cells
from ..values import MAXIMUM_ID
from .cells import substitute
from .details import DETAIL_ASIDE, ONLY_HERE, PLACE, with_details
from .field_values import first_row, rows_where, without_missing
from .flat import INSTANCE, INSTRUMENT, PATIENT, RECORD, ROW, VISIT, FlatTable
from .headings import Headings
from .raw import RawTable
from .reader import FlatExport, Named
from .recode import NO_PATIENT_ROW, UNMAPPED_ROW, Recoded, merged, named_by, recode
from .recoding import Recoding, Recodings, folded
from .redcap_checks import check_against_header, each
from .redcap_codes import in_codes, with_points
from .redcap_export import GROUP, Export, bare, export_of, foreign, holding, instruments_of
from .redcap_project import Project
from .redcap_whole import WholeExport
from .split_fields import filled

SOURCE = "redcap"
EMPTY_FORM = "no data in its instruments"
"""Why a row is set aside here."""


class RecordsReader:
    """Gathers flat tables and what is to be told."""

    def __init__(self, project: Project, exports: Mapping[str, WholeExport]) -> None:
        self.project = project
        self.exports = exports
        self.recodings = project.recodings
        self.dictionary = project.dictionary
        self.tables: list[FlatTable] = []
        self.details: list[FlatTable] = []
        self.places: dict[str, pl.DataFrame] = {}
        self.people: list[FlatTable] = []
        self.seen = pl.Series(RECORD, [], dtype=pl.String)
        self.cells: list[CellFinding] = []
        self.counts: list[RowCount] = []
        self.assumed: list[Assumption] = []
        self.present: set[str] = set()
        self.there: set[str] = set()
        self.forms: set[str] = set()
        self.kept: dict[str, pl.Series] = {}
        self.empty: dict[str, pl.Series] = {}
        self.nobody: dict[str, pl.Series] = {}
        self.raws: list[RawTable] = []
        self.headings: dict[str, Headings] = {}

    def read(self, tables: Sequence[Named]) -> FlatExport:
        """The events of some files of one project. Raises InputError."""
        for name, raw in tables:
            self._export(raw, self.exports[name])
        if not self.present:
            raise InputError(faults=[self._nothing_of(raw) for _, raw in tables])
        parts = self.recodings
        events = named_by(merged(self.tables), parts.events, self.headings)
        details = named_by(merged(self.details), (*parts.details, *parts.patients), self.headings)
        joined = with_details([*self.people, *events], details, self.places)
        self.cells += joined.cells
        for raw in self.raws:
            self._count(raw, joined.lost.get(raw.file, frozenset()))
        self._tell_identifiers()
        intake = Intake(
            source=SOURCE,
            rows=tuple(self.counts),
            cells=merged_cells(self.cells),
            assumed=merged_assumptions(self.assumed),
            labels=self._labels(joined.tables),
            headings=self.dictionary.headings if self.dictionary is not None else {},
            identifiers=self._identifiers(joined.tables),
        )
        return FlatExport(tables=tuple(joined.tables), intake=intake, complete=self._complete())

    def _complete(self) -> frozenset[str]:
        """Event types that the mapping calls complete, and of which every part of it was exported."""
        events = [(place, part) for place, part in each(self.recodings) if place.startswith("event ")]
        lacking = {part.type for place, part in events if place not in self.there}
        told = {part.type for part in self.recodings.events if part.complete}
        return frozenset(told - lacking)

    def _nothing_of(self, raw: RawTable) -> Fault:
        hint, expected = None, "an instrument of the mapping"
        if self.project.is_template:
            hint = "`infant-course mapping DICTIONARY.csv` drafts one (--mapping)"
            expected = "a mapping, or an export of the template"
        columns = ", ".join(raw.columns[:6]) or "no column"
        return Fault(file=raw.file, expected=expected, found=columns, hint=hint)

    def _export(self, raw: RawTable, whole: WholeExport) -> None:
        """One file, or some rows of it."""
        self.raws.append(raw)
        self.cells += raw.cells
        self.assumed += raw.assumptions
        dictionary = self.dictionary = self.project.dictionary_of(raw.columns)
        export = export_of(raw, dictionary, self._mapped(raw, whole), self.project.visits)
        if not self.project.is_template:
            self.assumed += check_against_header(self.recodings, export, dictionary, self.project.mapping)
        export, cells = instruments_of(export, self._titles(export))
        self.cells += cells
        export, sentences = in_codes(export, dictionary, self.project.silent, whole.words)
        self.assumed += sentences
        export = with_points(export, dictionary, self.cells)
        frame, counted = without_missing(export.raw.frame, export.data, self.recodings.missing, raw.file)
        self.assumed += counted
        self.cells += foreign(export)
        self._records(evolve(export, raw=evolve(export.raw, frame=frame)), whole)

    def _mapped(self, raw: RawTable, whole: WholeExport) -> dict[str, list[str]]:
        """The columns that the mapping reads of each of its instruments.

        Of several names of one instrument that counts which the rows have, as the others are its titles.
        """
        headings = Headings(raw.columns)
        written = {bare(title) for title in whole.titles}
        found: dict[str, dict[str, None]] = {}
        for _, recoding in each(self.recodings):
            read = [*headings.having(recoding.where), *headings.of_any(recoding)]
            origins = [name for name in sorted(recoding.origins) if bare(name) in written] or sorted(recoding.origins)
            found.setdefault(origins[0].replace(" ", "_"), {}).update(dict.fromkeys(read))
        return {origin: list(read) for origin, read in found.items()}

    def _titles(self, export: Export) -> dict[str, str]:
        """Titles of instruments that the mapping names beside the one instrument that they are."""
        forms = {folded(form): form for form in export.forms}
        found: dict[str, str] = {}
        for _, recoding in each(self.recodings):
            named = recoding.origins & set(forms)
            if len(named) == 1:
                found |= dict.fromkeys(recoding.origins - named, forms[next(iter(named))])
        return found

    def _records(self, export: Export, whole: WholeExport) -> None:
        """The events, details and patients of the rows of one file."""
        frame, file = export.raw.frame, export.raw.file
        headings = self.headings[file] = Headings(export.columns)
        here = frame.select(ROW, RECORD, VISIT, INSTRUMENT, INSTANCE)
        repeating_event = pl.col(INSTRUMENT).is_null() & pl.col(INSTANCE).is_not_null()
        place = pl.when(repeating_event).then(pl.concat_str(VISIT, pl.lit("#"), INSTANCE)).otherwise(pl.col(VISIT))
        self.places[file] = here.select(ROW, place.alias(PLACE), repeating_event.alias(ONLY_HERE))
        self.nobody[file] = frame.filter(pl.col(RECORD).is_null())[ROW]
        self.empty[file] = frame.filter(~filled(export.data))[ROW]
        self._people(export, whole)
        self.forms |= {folded(form) for form in export.forms}
        origins = {origin for _, recoding in each(self.recodings) for origin in recoding.origins}
        read = {name for names in self._mapped(export.raw, whole).values() for name in names}
        rows = []
        for form, columns in export.forms.items():
            if not columns:
                continue
            held = frame.filter(holding(export, form) & pl.col(RECORD).is_not_null())
            if folded(form) not in origins:
                self._tell_form(form, held, file)
                continue
            self.present.add(folded(form))
            self.there |= {
                place
                for place, part in each(self.recodings)
                if folded(form) in part.origins and (headings.of_any(part) or not _reads(part))
            }
            known = set(export.columns) - (set(columns) - read)
            held = held.with_columns(pl.lit(form).alias(INSTRUMENT))
            recodings = _about(self.recodings, form, export.record)
            recoded = recode(evolve(export.raw, frame=held), recodings, origin=form, known=known)
            self.cells += recoded.cells
            self.assumed += recoded.assumed
            tables = self._with_ids(recoded, form)
            self.tables += [table for table in tables if table.type != PATIENT]
            self.details += [*recoded.details, *(table for table in tables if table.type == PATIENT)]
            rows += [table.frame[ROW] for table in (*tables, *recoded.details)]
        self._tell_columns(export, read)
        first = self.people[-1].frame[ROW]
        self.kept[file] = pl.concat([first, *rows]).unique()

    def _people(self, export: Export, whole: WholeExport) -> None:
        """Every record that an earlier file does not have is a patient; its group is the site."""
        frame = export.raw.frame.filter(pl.col(RECORD).is_not_null())
        new = frame.filter(~pl.col(RECORD).is_in(self.seen.implode()) & pl.col(RECORD).is_first_distinct())
        self.seen = pl.concat([self.seen, new[RECORD]])
        places = (ROW, RECORD, VISIT, INSTRUMENT, INSTANCE)
        who = pl.col(RECORD).alias(PATIENT)
        names = {PATIENT: export.record}
        self.people.append(FlatTable(type=PATIENT, frame=new.select(who, *places), file=export.raw.file, names=names))
        if GROUP in frame.columns and not whole.sited:
            site = frame.filter(pl.col(GROUP).is_not_null()).select(who, pl.col(GROUP).alias("site"), *places)
            names = {PATIENT: export.record, "site": GROUP}
            self.details.append(FlatTable(type=PATIENT, frame=site, file=export.raw.file, names=names))

    def _with_ids(self, recoded: Recoded, form: str) -> list[FlatTable]:
        """Events without an id get one of their place, so that it stays the same when other rows come and go."""
        made = []
        for table, number in zip(recoded.tables, recoded.numbers, strict=True):
            if table.type == PATIENT:
                made.append(table)
                continue
            origins = {origin for one in self.recodings.events if one.type == table.type for origin in one.origins}
            several = len(origins & self.forms) > 1 and folded(form) != folded(table.type)
            stem = ".".join([table.type, *([form] if several else []), *([str(number)] if number > 1 else [])])
            frame = table.frame
            visit = pl.when(pl.col(VISIT).is_not_null()).then(pl.lit(".") + _as_part(frame[VISIT]))
            instance = pl.when(pl.col(INSTANCE).is_not_null()).then(pl.lit("-") + _as_part(frame[INSTANCE]))
            name = pl.concat_str(pl.lit(_safe(stem)), visit, instance, ignore_nulls=True)
            name = pl.when(name.str.len_bytes() <= MAXIMUM_ID).then(name)
            given = pl.coalesce("id", name) if "id" in frame.columns else name
            made.append(evolve(table, frame=frame.with_columns(given.alias("id"))))
        return made

    def _tell_form(self, form: str, held: pl.DataFrame, file: str) -> None:
        """An instrument that the mapping does not name."""
        if held.height:
            self.cells.append(
                CellFinding(
                    file=file,
                    problem=CellProblem.NOT_USED,
                    expected=f"an instrument of {self.recodings.file}",
                    value=form,
                    row=first_row(held),
                    rows=held.height,
                    hint="add an [[event]] for it to the mapping, if it is needed",
                )
            )

    def _tell_columns(self, export: Export, read: set[str]) -> None:
        """Columns that no instrument has."""
        file, problem = export.raw.file, CellProblem.NOT_USED
        owned = {name for names in export.forms.values() for name in names} | read
        left = {name: filled([name]) for name in export.data if name not in owned}
        for name, row, rows in rows_where(export.raw.frame, left):
            expected = f"a field of {self.dictionary.file if self.dictionary else self.recodings.file}"
            self.cells.append(
                CellFinding(file=file, problem=problem, column=name, expected=expected, row=row, rows=rows)
            )

    def _count(self, raw: RawTable, lost: frozenset[int]) -> None:
        """The rows of a file: kept where something was read from them, else set aside with the reason."""
        elsewhere = pl.concat(
            [pl.Series(ROW, [], dtype=pl.UInt32)]
            + [table.frame[ROW] for table in (*self.tables, *self.people) if table.file == raw.file]
        )
        gone = pl.Series(ROW, sorted(lost), dtype=pl.UInt32)
        gone = gone.filter(~gone.is_in(elsewhere.implode()))
        kept = self.kept[raw.file].filter(~self.kept[raw.file].is_in(gone.implode()))
        nobody, empty = self.nobody[raw.file], self.empty[raw.file]
        left = raw.frame[ROW].filter(~raw.frame[ROW].is_in(kept.implode()))
        without = left.is_in(nobody.implode())
        details = left.is_in(gone.implode())
        nothing = left.is_in(empty.implode()) & ~without
        set_aside = dict(raw.count.set_aside)
        for reason, rows in (
            (NO_PATIENT_ROW, without),
            (DETAIL_ASIDE, details),
            (EMPTY_FORM, nothing & ~details),
            (UNMAPPED_ROW, ~without & ~details & ~nothing),
        ):
            if rows.any():
                set_aside[reason] = set_aside.get(reason, 0) + int(rows.sum())
        if without.any():
            self.cells.append(
                CellFinding(
                    file=raw.file,
                    problem=CellProblem.SET_ASIDE,
                    column=self.people[0].names[PATIENT],
                    expected="a record id in every row",
                    row=int(nobody[0]),
                    rows=int(without.sum()),
                )
            )
        self.counts.append(RowCount(file=raw.file, read=raw.count.read, kept=kept.len(), set_aside=set_aside))

    def _tell_identifiers(self) -> None:
        """Fields flagged as identifiers that are read all the same: a release leaves them out."""
        dictionary = self.project.dictionary
        if dictionary is None:
            return
        flagged = {one.name for one in dictionary.fields if one.identifier}
        read = {name for _, recoding in each(self.recodings) for source in recoding.fields for name in source.named}
        both = [name for name in dictionary.by_name if name in flagged & read]
        if both:
            self.assumed.append(
                f"{dictionary.file} flags {', '.join(both)} as identifying; read, since the mapping says so."
            )

    def _identifiers(self, tables: Sequence[FlatTable]) -> frozenset[tuple[str, str]]:
        """The fields that are read from what the project flags as identifying."""
        fields = self.project.dictionary.fields if self.project.dictionary is not None else ()
        names = {one.name for one in fields if one.identifier}
        told = ((table.type, target, name) for table in tables for target, name in table.names.items())
        return frozenset((kind, target) for kind, target, name in told if names & set(name.split(", ")))

    def _labels(self, tables: Sequence[FlatTable]) -> dict[tuple[str, str], str]:
        """What the project calls a field: its label, else its name."""
        known = self.dictionary.by_name if self.dictionary is not None else {}
        labels = {}
        for table in tables:
            for target, name in table.names.items():
                one = known.get(name.split(", ")[0])
                if target != PATIENT:
                    labels[table.type, target] = one.label if one is not None and one.label else name
        return labels


def _reads(part: Recoding) -> bool:
    """Whether a part of the mapping reads any column into a field."""
    return any(source.named or source.checkbox for source in part.fields)


def _safe(text: str) -> str:
    """A text as a part of an id."""
    return text if re.fullmatch(r"[A-Za-z0-9_.+-]+", text) else substitute(text)


def _as_part(texts: pl.Series) -> pl.Expr:
    words = texts.drop_nulls().unique().to_list()
    return pl.lit(texts.replace(pl.Series(words, dtype=pl.String), pl.Series(list(map(_safe, words)), dtype=pl.String)))


def _about(recodings: Recodings, form: str, record: str) -> Recodings:
    """What the mapping says of one instrument; words for "missing" are done with already."""

    def mine(parts: Sequence[Recoding]) -> tuple[Recoding, ...]:
        return tuple(part for part in parts if folded(form) in part.origins)

    return evolve(
        recodings,
        missing=frozenset(),
        patient_column=record,
        patients=mine(recodings.patients),
        events=mine(recodings.events),
        details=mine(recodings.details),
    )
