"""``infant-course outcomes``: published outcomes, Table 1 of the review first."""

import argparse
import json
from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from ..output import say

if TYPE_CHECKING:
    from ...knowledge.outcomes import Figures, PublishedOutcome, Table1, Table1Row, Trial

WIDTH = 80


def add_to(verbs: Any) -> None:
    """Add the verb to the command."""
    verb = verbs.add_parser(
        "outcomes",
        help="list published outcomes: Table 1 of the review as printed, then the primary papers",
        description="Published outcomes: Table 1 of the review as printed, the figures of the primary papers, and "
        "what the review's text says. Horizons differ: rates are listed, never compared.",
    )
    verb.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print them."""
    as_data = arguments.format == "json"
    say(_as_json() if as_data else _as_text(), data=as_data)
    return 0


def _as_text() -> str:
    from ...knowledge.outcomes import outcomes_in_text, primary_outcomes, table1, trials

    lines = [*_table(table1()), "", "Primary papers (rates in %; year: horizon)"]
    lines += _listed(primary_outcomes())
    lines += ["", "In the text of the review (rates in %; year: horizon)", *_listed(outcomes_in_text())]
    lines += ["", "Trials the review speaks of, as of 2022", *_trials(trials())]
    return "\n".join(lines) + "\n"


def _table(table: "Table1") -> Iterator[str]:
    yield from wrap(f"Table 1 of the review ({table.source}), as printed: {table.title}", WIDTH)
    rows = [_cells(row) for row in table.rows]
    heads = [_stacked(head) for head in table.heads]
    widths = [max(map(len, (*head, *(row[i] for row in rows)))) for i, head in enumerate(heads)]
    yield ""
    yield f"{'':<{sum(widths[:2]) + 2}}{table.spanners[0]:<{sum(widths[2:5]) + 3}}{table.spanners[1]}"
    for line in range(max(map(len, heads))):
        yield _aligned([head[line] if line < len(head) else "" for head in heads], widths)
    for row in rows:
        yield _aligned(row, widths)
    yield ""
    yield "—  not reported"
    for mark, footnote in table.footnotes.items():
        yield f"{mark}  {footnote.text}"
    yield ""
    for note in table.notes:
        yield from wrap(note, WIDTH, initial_indent="Note: ", subsequent_indent="      ")


def _stacked(head: str) -> list[str]:
    """A column head over several lines, so that the table fits a terminal."""
    return wrap(head, 7, break_long_words=False)


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    return " ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _cells(row: "Table1Row") -> tuple[str, ...]:
    """A row's cells; those merged with the row above are empty, as in print."""
    figures = (text for _, group in row.groups() for text in _group(group))
    return (row.study, row.years, *figures, row.reference or "")


def _group(figures: "Figures | None") -> tuple[str, str, str]:
    return ("", "", "") if figures is None else (str(figures.n), str(figures.efs), str(figures.os))


def _listed(outcomes: Iterable["PublishedOutcome"]) -> Iterator[str]:
    study = ""
    for outcome in outcomes:
        if outcome.study != study:
            study = outcome.study
            yield ""
            yield study
        horizon = "no horizon" if outcome.horizon_years is None else f"{outcome.horizon_years}-year"
        parts = [f"{horizon} {outcome.endpoint} {outcome.rate}"]
        parts += [f"SE {outcome.se:g}"] if outcome.se is not None else []
        parts += [f"95 % CI {outcome.ci[0]:g} to {outcome.ci[1]:g}"] if outcome.ci else []
        parts += [f"n {outcome.n}"] if outcome.n is not None else []
        parts += [outcome.footnote] if outcome.footnote else []
        told = f"{outcome.population}: {', '.join(parts)} [{outcome.source}]"
        yield from wrap(told, WIDTH, initial_indent="  ", subsequent_indent="    ")


def _trials(trials: Iterable["Trial"]) -> Iterator[str]:
    for trial in trials:
        parts = [f"{trial.name}: {trial.state}"]
        parts += [f"phase {trial.phase}"] if trial.phase is not None else []
        parts += [trial.group] if trial.group else []
        parts += [", ".join(trial.agents)] if trial.agents else []
        parts += [trial.registry] if trial.registry else []
        told = f"{', '.join(parts)}; {trial.population} [{trial.source}]"
        yield from wrap(told, WIDTH, initial_indent="  ", subsequent_indent="    ")


def _as_json() -> str:
    from ...knowledge.outcomes import outcomes_in_text, primary_outcomes, table1, trials

    table = table1()
    told = {
        "table1": {
            "source": str(table.source),
            "heads": list(table.heads),
            "groups": list(table.spanners),
            "footnotes": {mark: footnote.text for mark, footnote in table.footnotes.items()},
            "rows": [_row_as_json(table, row) for row in table.rows],
            "notes": list(table.notes),
        },
        "primary": [_outcome_as_json(outcome) for outcome in primary_outcomes()],
        "text": [_outcome_as_json(outcome) for outcome in outcomes_in_text()],
        "trials": [
            {
                "name": trial.name,
                "group": trial.group,
                "state": trial.state,
                "phase": trial.phase,
                "agents": list(trial.agents),
                "population": trial.population,
                "registry": trial.registry,
                "source": str(trial.source),
            }
            for trial in trials()
        ],
    }
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _row_as_json(table: "Table1", row: "Table1Row") -> dict[str, Any]:
    return {
        "study": row.study,
        "years": row.years,
        **{group: _figures_as_json(table, figures) for group, figures in row.groups()},
        "reference": row.reference,
        "shares_cells_with": row.shares,
        "doubts": {
            group: {"years": doubt.years, "text": doubt.text, "source": str(doubt.source)}
            for group, doubt in row.doubts.items()
        },
    }


def _figures_as_json(table: "Table1", figures: "Figures | None") -> dict[str, Any] | None:
    if figures is None:
        return None
    cells = {"n": figures.n, "efs": figures.efs, "os": figures.os}
    told: dict[str, Any] = {
        name: {"printed": cell.text, "footnotes": list(cell.marks), "value": cell.number}
        for name, cell in cells.items()
    }
    for name in ("efs", "os"):
        told[name]["horizon_years"] = None if cells[name].number is None else table.horizon(cells[name])
    return told


def _outcome_as_json(outcome: "PublishedOutcome") -> dict[str, Any]:
    rate = outcome.rate
    return {
        "study": outcome.study,
        "population": outcome.population,
        "n": outcome.n,
        "endpoint": outcome.endpoint,
        "horizon_years": outcome.horizon_years,
        "rate": rate.exact if rate.exact is not None else str(rate),
        "ci95": list(outcome.ci) if outcome.ci else None,
        "se": outcome.se,
        "note": outcome.footnote,
        "source": str(outcome.source),
        "provisional": outcome.source.provisional,
    }
