"""Published outcomes: the review's Table 1 as printed, the primary papers' figures beside it, and what its text says.

A figure is never corrected, and a rate means nothing without its horizon: whatever puts two rates side by side
asks :func:`same_horizon` first.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any

from attrs import frozen

from ..sources import Cite
from .derived import cite
from .protocols import Protocol, folded, protocol_ids
from .reading import knowledge

_STUDIES = {
    "JILSG MLL96 and JILSG MLL98": ("mll96", "mll98"),
    "JILSG MLL96 and MLL98": ("mll96", "mll98"),
    "Interfant-06 + blinatumomab": ("interfant-06-blinatumomab",),
}
"""Studies that are not called as a protocol is, and the protocols that they count."""
NOT_REPORTED = "—"
"""The table's own sign for a figure that was not reported. It is never zero."""


class Endpoint(StrEnum):
    """What a rate counts."""

    EFS = "EFS"
    """Event-free survival."""
    OS = "OS"
    """Overall survival."""
    DFS = "DFS"
    """Disease-free survival."""
    RFS = "RFS"
    """Relapse-free survival."""
    CIR = "CIR"
    """Cumulative incidence of relapse."""
    DLT = "DLT"
    """Share with a dose-limiting toxicity: no survival end-point."""


@frozen
class Rate:
    """A published rate in percent: one figure (``low == high``), a range, or a bound (``strict``: not reached)."""

    low: float
    high: float
    strict: bool = False

    @property
    def exact(self) -> float | None:
        """The figure where there is one, else None."""
        return self.low if self.low == self.high else None

    def __str__(self) -> str:
        if self.exact is not None:
            return f"{self.low:g}"
        if self.strict:
            return f"below {self.high:g}" if self.low == 0 else f"over {self.low:g}"
        return f"{self.low:g} to {self.high:g}"


@frozen(kw_only=True)
class PublishedOutcome:
    """One published rate.

    ``n``: number of patients (None: not told). ``horizon_years``: None where none is stated. ``ci``: 95 % interval,
    ``se``: standard error, in percent. ``footnote``: what else is printed with it. ``doubt``: why the horizon may be
    another than the one printed.
    """

    study: str
    population: str
    n: int | None
    endpoint: Endpoint
    horizon_years: int | None
    rate: Rate
    ci: tuple[float, float] | None = None
    se: float | None = None
    source: Cite
    footnote: str = ""
    doubt: str = ""


@frozen
class Printed:
    """A cell of the table as printed: its text and its footnote marks."""

    text: str
    marks: str = ""

    @property
    def number(self) -> float | None:
        """The figure, or None where it was not reported."""
        return None if self.text == NOT_REPORTED else float(self.text)

    def __str__(self) -> str:
        return self.text + ",".join(self.marks)


@frozen
class Figures:
    """The three cells of one KMT2A group in a row: number of infants, EFS and OS in percent."""

    n: Printed
    efs: Printed
    os: Printed


@frozen
class Doubt:
    """A horizon that a paper contradicts: what that paper gives, in years, and where."""

    years: int
    text: str
    source: Cite


@frozen(kw_only=True)
class Table1Row:
    """A row as printed. None: the cell is merged with that of the row ``shares``."""

    study: str
    years: str
    rearranged: Figures | None
    germline: Figures | None
    reference: str | None
    shares: str | None
    doubts: Mapping[str, Doubt]

    def groups(self) -> tuple[tuple[str, Figures | None], ...]:
        """The two KMT2A groups in their printed order."""
        return (("rearranged", self.rearranged), ("germline", self.germline))


@frozen
class Footnote:
    """A footnote of the table, and the horizon in years that it sets, if it does."""

    text: str
    years: int | None


@frozen(kw_only=True)
class Table1:
    """Table 1 of the review. ``head_years``: horizon that the column heads state. ``notes`` are ours, not printed."""

    title: str
    spanners: tuple[str, str]
    heads: tuple[str, ...]
    head_years: int
    rows: tuple[Table1Row, ...]
    footnotes: Mapping[str, Footnote]
    notes: tuple[str, ...]
    source: Cite

    def horizon(self, printed: Printed) -> int:
        """Years that a printed rate is for: by its footnote, else by the column head."""
        stated = [years for mark in printed.marks if (years := self.footnotes[mark].years) is not None]
        return stated[0] if stated else self.head_years

    def outcomes(self) -> tuple[PublishedOutcome, ...]:
        """The reported rates as outcomes, each with its printed horizon and any doubt about that."""
        return tuple(
            PublishedOutcome(
                study=row.study if not _pooled(row, self) else f"{row.study} and {_pooled(row, self)}",
                population=f"KMT2A-{group}",
                n=None if figures.n.number is None else int(figures.n.number),
                endpoint=endpoint,
                horizon_years=self.horizon(printed),
                rate=Rate(printed.number, printed.number),
                source=self.source,
                footnote=" ".join(self.footnotes[mark].text for mark in printed.marks),
                doubt=row.doubts[group].text if group in row.doubts else "",
            )
            for row in self.rows
            for group, figures in row.groups()
            if figures is not None
            for endpoint, printed in ((Endpoint.EFS, figures.efs), (Endpoint.OS, figures.os))
            if printed.number is not None
        )


@frozen(kw_only=True)
class Trial:
    """A trial that the review speaks of. ``state`` is that of 2022; ``agents`` by id; None: not told."""

    name: str
    group: str | None
    state: str
    phase: int | None
    agents: tuple[str, ...]
    population: str
    registry: str | None
    source: Cite


def same_horizon(a: PublishedOutcome, b: PublishedOutcome) -> bool:
    """Whether two rates may stand side by side: the same end-point at the same, stated and undoubted horizon."""
    if a.endpoint is not b.endpoint or a.doubt or b.doubt:
        return False
    return a.horizon_years is not None and a.horizon_years == b.horizon_years


@cache
def table1() -> Table1:
    """Table 1 of the review, as printed."""
    raw = knowledge("outcomes")["table1"]
    left, right = raw["spanners"]
    return Table1(
        title=raw["title"],
        spanners=(left, right),
        heads=tuple(raw["heads"]),
        head_years=raw["head_years"],
        rows=tuple(_row(row) for row in raw["rows"]),
        footnotes={mark: Footnote(told["text"], told["years"]) for mark, told in raw["footnotes"].items()},
        notes=tuple(raw["notes"]),
        source=cite(raw["source"]),
    )


@cache
def primary_outcomes() -> tuple[PublishedOutcome, ...]:
    """What the primary papers report, study by study."""
    return tuple(map(_outcome, knowledge("outcomes")["primary"]))


@cache
def outcomes_in_text() -> tuple[PublishedOutcome, ...]:
    """What the review's text reports beside its table."""
    return tuple(map(_outcome, knowledge("outcomes")["text"]))


@cache
def trials() -> tuple[Trial, ...]:
    """Trials that the review speaks of, reported, under way or planned."""
    return tuple(
        Trial(
            name=row["name"],
            group=row["group"],
            state=row["state"],
            phase=row.get("phase"),
            agents=tuple(row["agents"]),
            population=row["population"],
            registry=row.get("registry"),
            source=cite(row["source"]),
        )
        for row in knowledge("outcomes")["trials"]
    )


def protocols_of(study: str) -> tuple[str, ...]:
    """Ids of the protocols whose patients a study's figures count; none where it is no protocol known here."""
    if study in _STUDIES:
        return _STUDIES[study]
    found = protocol_ids().get(folded(study))
    return () if found is None else (found,)


def outcomes_of(protocol: Protocol) -> tuple[PublishedOutcome, ...]:
    """Published outcomes of a protocol: Table 1 of the review, then the primary papers, then the review's text."""
    told = (*table1().outcomes(), *primary_outcomes(), *outcomes_in_text())
    return tuple(outcome for outcome in told if protocol.id in protocols_of(outcome.study))


def _pooled(row: Table1Row, table: Table1) -> str | None:
    """The study whose figures are printed in this row's cells, if one is."""
    return next((o.study for o in table.rows if o.shares == row.study and o.rearranged is None), None)


def _row(raw: Mapping[str, Any]) -> Table1Row:
    doubts = {
        group: Doubt(told["years"], told["text"], cite(told["source"])) for group, told in raw.get("doubts", {}).items()
    }
    return Table1Row(
        study=raw["study"],
        years=raw["years"],
        rearranged=_figures(raw["rearranged"]),
        germline=_figures(raw["germline"]),
        reference=raw["reference"],
        shares=raw.get("shares"),
        doubts=doubts,
    )


def _figures(raw: Mapping[str, list[str]] | None) -> Figures | None:
    return None if raw is None else Figures(n=Printed(*raw["n"]), efs=Printed(*raw["efs"]), os=Printed(*raw["os"]))


def _outcome(raw: Mapping[str, Any]) -> PublishedOutcome:
    return PublishedOutcome(
        study=raw["study"],
        population=raw["population"],
        n=raw["n"],
        endpoint=Endpoint(raw["endpoint"]),
        horizon_years=raw["years"],
        rate=_rate(raw),
        ci=(raw["ci"][0], raw["ci"][1]) if "ci" in raw else None,
        se=raw.get("se"),
        source=cite(raw["source"]),
        footnote=raw.get("note", ""),
    )


def _rate(raw: Mapping[str, Any]) -> Rate:
    if "rate" in raw:
        return Rate(raw["rate"], raw["rate"])
    if "above" in raw:
        return Rate(raw["above"], 100, strict=True)
    if "below" in raw:
        return Rate(0, raw["below"], strict=True)
    return Rate(raw["from"], raw["to"])
