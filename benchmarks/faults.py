"""Plant one registry error at a time in clean histories, and see whether the rules notice.

``python -m benchmarks.faults --patients 20000`` prints, for each kind of error, in which share of the patients at
least one rule that ought to notice it (``expected``, written by hand) failed that passed on the clean twin. The
errors are planted in the tables as a registry holds them, and in the text of case files; never by the rules' words.
"""

import argparse
import tempfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import polars as pl
from attrs import define

from infant_course import Course, InputError, load
from infant_course.cohort import Cohort
from infant_course.rules import RULES, Settings, judge
from infant_course.vocabulary import Severity

from .case_texts import CASE_KINDS, CaseKind, case_text
from .histories import SEED, histories
from .kinds import KINDS
from .planting import Kind, as_cohort, carriers, frames, plant

CUT_OFF = date(2026, 1, 1)
PER_KIND = 200
"""So many patients carry each error; fewer where it can be planted in fewer."""
CASES_PER_KIND = 20
READER = "reader"
"""Expected of an error in a case file that must not even be read."""
ENOUGH = 0.98
FALSE_ALARMS = 0.001


@define(frozen=True)
class Result:
    """How one kind of error fared: patients that carry it, and how many of them an expected rule noticed."""

    kind: Kind | CaseKind
    carriers: int
    noticed: int

    @property
    def recall(self) -> float:
        """Share noticed."""
        return self.noticed / self.carriers if self.carriers else 0.0


FOUND = ["patient", "rule", "event", "outcome"]


def findings(cohort: Cohort, rules: Iterable[str] = ()) -> pl.DataFrame:
    """Failed verdicts of these rules (none named: of all): patient, rule, event, outcome."""
    chosen = [RULES[rule] for rule in rules or RULES]
    return judge(cohort, chosen, Settings(cut_off=CUT_OFF)).verdicts.filter("failed").select(FOUND)


def errors_among(found: pl.DataFrame) -> pl.DataFrame:
    """The findings that are errors by the severity of their outcome."""
    worst = {
        (rule.id, position): outcome.severity
        for rule in RULES.values()
        for position, outcome in enumerate(rule.trace(rule.about[0], Settings(cut_off=CUT_OFF))[1].outcomes)
    }
    severe = [worst[pair] is Severity.ERROR for pair in found.select("rule", "outcome").iter_rows()]
    return found.filter(pl.Series(severe, dtype=pl.Boolean))


def measure(
    clean: Cohort, kinds: Iterable[Kind], per_kind: int = PER_KIND, rules: Iterable[str] = ()
) -> tuple[list[Result], pl.DataFrame]:
    """Plant every kind of error in some patients, judge all together, and compare with the clean twins.

    Returns the results, and the findings on the clean histories.
    """
    tables, kinds = frames(clean), tuple(kinds)
    before = findings(clean, rules)
    stacks: dict[str, list[pl.DataFrame]] = {}
    twins, count = [], 0
    for position, kind in enumerate(kinds):
        able = carriers(tables, kind)
        who = able.sample(min(per_kind, able.len()), seed=SEED).sort()
        if not who.len():
            continue
        theirs = {name: table.filter(pl.col("unit").is_in(who.implode())) for name, table in tables.items()}
        numbers = pl.DataFrame({"unit": who, "new": pl.int_range(count, count + who.len(), eager=True)})
        for name, table in plant(theirs, kind).items():
            numbered = table.join(numbers, on="unit", how="left", maintain_order="left")
            stacks.setdefault(name, []).append(numbered.with_columns(unit=pl.col("new").cast(pl.UInt32)).drop("new"))
        twins.append(
            numbers.select(pl.col("unit").alias("clean"), pl.col("new").cast(pl.UInt32).alias("patient"))
            .with_columns(pl.lit(position).alias("kind"))
        )  # fmt: skip
        count += who.len()
    planted = as_cohort({name: pl.concat(parts) for name, parts in stacks.items()})
    after = findings(planted, rules).join(pl.concat(twins), on="patient")
    known = before.rename({"patient": "clean"}).with_columns(known=pl.lit(True))
    new = after.join(known, on=["clean", "rule", "event", "outcome"], how="left", nulls_equal=True).filter(
        pl.col("known").is_null()
    )
    results = []
    for position, kind in enumerate(kinds):
        seen = new.filter((pl.col("kind") == position) & pl.col("rule").is_in(list(kind.expected)))
        carried = sum(part.height for part in twins if part["kind"][0] == position)
        results.append(Result(kind, carried, seen["patient"].n_unique()))
    return results, before


def measure_cases(kinds: Iterable[CaseKind], per_kind: int = CASES_PER_KIND) -> tuple[list[Result], pl.DataFrame]:
    """Type every kind of error into some case files, read and judge them, and compare with the clean twins.

    Returns the results, and the findings on the clean files.
    """
    kinds = tuple(kinds)
    courses: list[Course] = []
    refused = [0] * len(kinds)
    whose: list[tuple[int, int]] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.yaml"
        for number in range(per_kind):
            courses.append(_read(path, case_text(number)))
            whose.append((-1, number))
        for position, kind in enumerate(kinds):
            for number in range(per_kind):
                text = kind.edit(case_text(number)).replace(f"id: case-{number},", f"id: {kind.name}-{number},")
                try:
                    courses.append(_read(path, text))
                    whose.append((position, number))
                except InputError:
                    refused[position] += 1
    found = findings(Cohort.from_courses(courses))
    twins = pl.DataFrame(
        [(code, kind, number) for code, (kind, number) in enumerate(whose)],
        schema={"patient": pl.UInt32, "kind": pl.Int64, "number": pl.Int64},
        orient="row",
    )
    told = found.join(twins, on="patient")
    clean = told.filter(pl.col("kind") < 0)
    new = told.filter(pl.col("kind") >= 0).join(
        clean, on=["number", "rule", "event", "outcome"], how="anti", nulls_equal=True
    )
    results = []
    for position, kind in enumerate(kinds):
        seen = new.filter((pl.col("kind") == position) & pl.col("rule").is_in(list(kind.expected)))
        noticed = seen["patient"].n_unique() + (refused[position] if READER in kind.expected else 0)
        results.append(Result(kind, per_kind, noticed))
    return results, clean.select(FOUND)


def _read(path: Path, text: str) -> Course:
    path.write_text(text, encoding="utf-8")
    return load(path)


def table(results: Iterable[Result]) -> str:
    """The results as a Markdown table."""
    lines = ["| kind | what went wrong | carried by | noticed | by |", "|---|---|--:|--:|---|"]
    for result in results:
        kind = result.kind
        share = f"{result.recall:.1%}" if result.carriers else "-"
        lines.append(f"| {kind.name} | {kind.about} | {result.carriers} | {share} | {', '.join(kind.expected)} |")
    return "\n".join(lines)


def remarks(results: Iterable[Result]) -> list[str]:
    """One line for every kind that too few were noticed of: the reason written for it."""
    lines = []
    for result in results:
        if result.recall >= ENOUGH:
            continue
        lines.append(f"- {result.kind.name} ({result.recall:.1%}): {result.kind.reason or NO_REASON}")
    return lines


NO_REASON = "NO REASON IS GIVEN"


def page(patients: int) -> tuple[str, bool]:
    """Everything that is measured, as a Markdown page; and whether it is as it should be."""
    clean = histories(patients)
    planted, found = measure(clean, KINDS)
    typed, found_in_cases = measure_cases(CASE_KINDS)
    errors = errors_among(found)
    told = remarks(planted + typed)
    alarms = errors.height / patients
    parts = [
        "# Fault injection",
        "",
        "One registry error at a time is planted in clean courses. It is noticed where a rule that ought to notice it",
        "(named by hand, beforehand) fails in that patient and does not fail in the clean twin. Rates on invented",
        "histories say which errors the rules can see; they do not say how often such errors occur.",
        "",
        f"Made by `python -m benchmarks.faults --patients {patients} > docs/fault-injection.md`.",
        "",
        f"{len(planted)} kinds of error in tables ({patients:,} clean patients, at most {PER_KIND} carriers each) and",
        f"{len(typed)} in case files ({CASES_PER_KIND} files each); {len(RULES)} rules. `{READER}`: it is refused.",
        "",
        "## In tables",
        "",
        table(planted),
        "",
        "## In case files",
        "",
        table(typed),
        "",
        f"## Noticed in fewer than {ENOUGH:.0%}",
        "",
        *(told or ["None."]),
        "",
        "## False alarms",
        "",
        f"Findings of errors in {patients:,} clean patients: {errors.height} "
        f"({alarms:.3%} per patient; at most {FALSE_ALARMS:.1%} are accepted). "
        f"In {CASES_PER_KIND} clean case files: {errors_among(found_in_cases).height}.",
        *(f"- {rule}: {count}" for rule, count in errors["rule"].value_counts(sort=True).iter_rows()),
    ]
    return "\n".join(parts), alarms <= FALSE_ALARMS and not any(NO_REASON in line for line in told)


def main() -> int:
    """Print the page. 1 where an error is missed and no reason is written for it, or where there are false alarms."""
    parser = argparse.ArgumentParser(prog="benchmarks.faults", description=__doc__)
    parser.add_argument("--patients", type=int, default=20_000)
    told, good = page(parser.parse_args().patients)
    print(told)
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
