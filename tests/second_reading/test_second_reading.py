"""The figures of the package against a second reading of the same papers, both ways.

A line of a table here and an answer of the package are the same figure if they bear the same subject and figure.
The test fails on a difference, on a line the package has no answer for, and on an answer nobody read twice.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import zip_longest
from pathlib import Path

import pytest
from attrs import evolve, frozen, has

from infant_course.events import UNITS, Quantity
from infant_course.io.case_file import load
from infant_course.io.published import published_cases
from infant_course.knowledge import genetics
from infant_course.knowledge.agents import Modality, Named, agents, regimens
from infant_course.knowledge.anthracyclines import cumulative_anthracycline, exposure_classes, schemes
from infant_course.knowledge.definitions import definitions, dose_reductions
from infant_course.knowledge.outcomes import NOT_REPORTED, outcomes_in_text, primary_outcomes, table1, trials
from infant_course.knowledge.protocols import Block, MrdTimepoint, Protocol, protocols
from infant_course.knowledge.reading import knowledge
from infant_course.knowledge.thresholds import threshold
from infant_course.sources import Confidence
from infant_course.when import Duration

HERE = Path(__file__).parent
NOT_PRINTED = "—"


@frozen
class Figure:
    """A figure, what it belongs to, and how sure it is. ``value`` is text; numbers are compared as numbers."""

    subject: str
    figure: str
    value: str
    unit: str
    confidence: str

    @property
    def key(self) -> tuple[str, str]:
        return (self.subject, self.figure)

    def agrees(self, other: "Figure") -> bool:
        """Whether value, unit (in any spelling) and confidence are the same."""
        same = self.value == other.value or _same_numbers(self.value, other.value)
        return same and _one_unit(self.unit, other.unit) and self.confidence == other.confidence

    def __str__(self) -> str:
        return f"{self.value} ({self.unit}, {self.confidence})"


def _same_numbers(one: str, other: str) -> bool:
    """Whether two texts are the same numbers, in any spelling: 2/3 and 0.6666666666666667, 1e-4 and 0.0001."""
    try:
        left, right = ([float(Fraction(part)) for part in text.split(",")] for text in (one, other))
    except ValueError:
        return False
    return left == pytest.approx(right, rel=1e-12, abs=0)


def _one_unit(one: str, other: str) -> bool:
    """Whether two units are the same, spelled as they may be: IU/m2 and U/m2."""
    return one == other or any({one, other} <= set(known) and known[one] == known[other] for known in UNITS.values())


def read_twice(table: str) -> list[Figure]:
    """The lines of one table of the second reading."""
    with (HERE / table).open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    if table == "doses.tsv":
        return [figure for row in rows for figure in dose_read_twice(row)]
    return [Figure(row["subject"], row["figure"], row["value"], row["unit"], row["confidence"]) for row in rows]


def dose_read_twice(row: dict[str, str]) -> Iterator[Figure]:
    """A line of the schedule: the dose, and the days on which it is given."""
    subject, drug = f"{row['protocol']} {row['block']}", f"{row['drug']} {row['route']}"
    yield Figure(subject, f"{drug}.dose", row["dose"] or NOT_PRINTED, row["unit"], row["confidence"])
    days = row["days"] or NOT_PRINTED
    yield Figure(subject, f"{drug}.days", days, f"days from {row['origin']}", row["days_confidence"])


def differences(read: list[Figure], held: list[Figure]) -> list[str]:
    """What two lists of figures disagree in; figures of one key (registry ids, older names) are a bag."""
    found: list[str] = []
    for key in dict.fromkeys(f.key for f in (*read, *held)):
        left = [f for f in held if f.key == key]
        unanswered: list[Figure] = []
        for figure in (f for f in read if f.key == key):
            twin = next((f for f in left if f.agrees(figure)), None)
            if twin is None:
                unanswered.append(figure)
            else:
                left.remove(twin)
        for figure, answer in zip_longest(unanswered, left):
            found.append(f"{key}: read {figure or 'nothing'}, package {answer or 'nothing'}")
    return found


MODALITY = {
    Modality.CHEMOTHERAPY: "chemo",
    Modality.SMALL_MOLECULE: "small molecule",
    Modality.BISPECIFIC: "bispecific",
    Modality.ANTIBODY: "mAb",
    Modality.CONJUGATE: "ADC",
    Modality.CELLS: "cell therapy",
    Modality.RADIATION: "radiation",
    Modality.TRANSPLANT: "transplant",
}
NAMED = {Named.TEXT: "text", Named.REFERENCE: "reference title", Named.NONE: "not named"}


def held_agents() -> Iterator[Figure]:
    for a in agents().values():
        yield Figure(a.id, "name", a.name, "text", a.source.confidence)
        yield Figure(a.id, "class", a.drug_class, "text", a.mechanism_confidence)
        yield Figure(a.id, "target", a.target, "text", a.mechanism_confidence)
        yield Figure(a.id, "modality", MODALITY[a.modality], "text", a.mechanism_confidence)
        yield Figure(a.id, "stage", a.stage, "text", a.source.confidence)
        yield Figure(a.id, "named_in_review", NAMED[a.named], "where", Confidence.QUOTED)
        for trial in a.trials:
            yield Figure(a.id, "trial", trial, "registry id", a.source.confidence)
        for system, code in a.codes.items():
            yield Figure(a.id, f"code.{system}", code.code, "code", code.confidence)
    for regimen in regimens().values():
        yield Figure(f"regimen {regimen.id}", "name", regimen.name, "text", regimen.source.confidence)
        for place, drug in enumerate(regimen.agents, 1):
            yield Figure(f"regimen {regimen.id}", f"agent.{place}", drug, "agent", regimen.source.confidence)


def held_anthracyclines() -> Iterator[Figure]:
    for scheme in schemes().values():
        for drug, factor in scheme.factors.items():
            value = NOT_PRINTED if factor.value is None else str(factor.value)
            yield Figure(scheme.id, drug, value, "doxorubicin equivalent per mg/m2", factor.confidence)
        total = cumulative_anthracycline([("daunorubicin", 300)], scheme.id).total
        if total.value is not None:
            unit = "mg/m2 doxorubicin equivalent"
            yield Figure("daunorubicin 300 mg/m2", scheme.id, str(total.value), unit, total.source.confidence)
    for c in exposure_classes():
        yield Figure("risk class", f"{c.name}.from", str(c.at_least), "mg/m2", c.source.confidence)
        if c.below is not None:
            yield Figure("risk class", f"{c.name}.below", str(c.below), "mg/m2", c.source.confidence)


MERGED = "[merged]"


def held_table1() -> Iterator[Figure]:
    table = table1()
    sure = table.source.confidence
    heads = dict(zip(("n", "efs", "os"), table.heads[2:5], strict=True))
    assert table.heads[5:8] == table.heads[2:5]
    for row in table.rows:
        yield Figure(row.study, "years", row.years, "calendar years", sure)
        for group, cells in row.groups():
            for name, head in heads.items():
                unit = "infants" if head == "Number of infants" else "%"
                yield Figure(row.study, f"{group}.{name}", str(getattr(cells, name)) if cells else MERGED, unit, sure)
        yield Figure(row.study, "reference", row.reference or MERGED, "reference number", sure)
    for name, head in heads.items():
        yield Figure("Table 1", f"head.{name}", head, "text", sure)
    yield Figure("Table 1", "head.horizon", str(table.head_years), "years", sure)
    for mark, note in table.footnotes.items():
        if note.years is not None:
            yield Figure("Table 1", f"footnote.{mark}.horizon", str(note.years), "years", sure)
        elif "ersonal communication" in note.text and "Interfant Trial Data Center" in note.text:
            fact = "personal communication with the Interfant Trial Data Center"
            yield Figure("Table 1", f"footnote.{mark}", fact, "fact", sure)
    yield Figure("Table 1", "mark of a figure not reported", NOT_REPORTED, "sign", sure)


def held_primary() -> Iterator[Figure]:
    for o in primary_outcomes():
        subject = f"{o.study} | {o.population} | {o.endpoint} | {o.horizon_years or NOT_PRINTED} y"
        sure = o.source.confidence
        yield Figure(subject, "rate", str(o.rate), "%", sure)
        if o.se is not None:
            yield Figure(subject, "se", str(o.se), "% points", sure)
        if o.ci is not None:
            yield Figure(subject, "ci95.low", str(o.ci[0]), "%", sure)
            yield Figure(subject, "ci95.high", str(o.ci[1]), "%", sure)
        if o.n is not None:
            provisional = "number of infants is provisional" in o.footnote
            yield Figure(subject, "n", str(o.n), "infants", Confidence.RECALLED if provisional else sure)


def held_in_text() -> Iterator[Figure]:
    for o in outcomes_in_text():
        subject, sure = f"{o.study} | {o.population}", o.source.confidence
        yield Figure(subject, f"{o.endpoint}.{o.horizon_years}y", str(o.rate), "%", sure)
        if o.n is not None:
            yield Figure(subject, "n", str(o.n), "infants", sure)
        if "two thirds of all relapses came in the first year" in o.footnote:
            yield Figure(subject, "relapses in the first year", "2/3", "share of relapses", sure)
    for t in trials():
        yield Figure(f"trial {t.name}", "registry", t.registry or NOT_PRINTED, "id", t.source.confidence)
        yield Figure(f"trial {t.name}", "phase", str(t.phase or NOT_PRINTED), "phase", t.source.confidence)
        for drug in t.agents:
            yield Figure(f"trial {t.name}", "agent", drug, "agent", t.source.confidence)


def held_thresholds() -> Iterator[Figure]:
    for name in knowledge("thresholds"):
        t = threshold(name)
        yield Figure(name, "value", ",".join(map(str, t.values)), t.unit, t.source.confidence)


def held_genetics() -> Iterator[Figure]:
    for p in genetics.partners().values():
        for figure, unit, values in (
            ("chromosome", "chromosome", (p.chromosome,)),
            ("locus", "band", (p.locus,)),
            ("karyotype", "ISCN", p.karyotypes),
        ):
            for value in values:
                yield Figure(p.gene, figure, value, unit, p.locus_confidence)
        yield Figure(p.gene, "fusion", p.fusion, "name", Confidence.QUOTED)
        for name in p.older_names:
            yield Figure(p.gene, "older_name", name, "gene", Confidence.QUOTED)
        for name in p.older_fusions:
            yield Figure(p.gene, "older_fusion", name, "name", Confidence.QUOTED)
        sure = p.locus_confidence if p.short else Confidence.UNKNOWN
        yield Figure(p.gene, "karyotype_short", p.short or NOT_PRINTED, "short form", sure)
        if p.ncit:
            yield Figure(p.gene, "ncit", p.ncit, "code", Confidence.QUOTED)
        for disease, count in (("ALL", p.infant_all), ("AML", p.infant_aml), ("other", p.infant_other)):
            sure = Confidence.UNKNOWN if count is None else p.source.confidence
            yield Figure(p.gene, f"infants.{disease}", NOT_PRINTED if count is None else str(count), "infants", sure)
    for f in genetics.frequencies():
        low = "up to " if f.low is None else "" if f.low == f.high else f"{f.low}-"
        yield Figure("infant ALL", f"rearranged share, {f.source.key}", f"{low}{f.high}", "%", f.source.confidence)
    for s in genetics.series():
        unit = "% of KMT2A-r" if "Interfant" in s.population else "%"
        for karyotype, percent in s.percent.items():
            yield Figure(s.population, karyotype, str(percent), unit, s.source.confidence)
    for b in genetics.bands():
        yield Figure(f"chromosome {b.chromosome}", b.band, ",".join(b.genes), "genes", Confidence.QUOTED)
    for g in genetics.germline_lesions():
        subject = f"{g.gene or 'none found'} (germline)"
        sure = g.source.confidence if g.locus else Confidence.UNKNOWN
        yield Figure(subject, "locus", g.locus or NOT_PRINTED, "band", sure)
        for gene in g.partners:
            yield Figure(subject, "partner", gene, "gene", g.partners_confidence)
    for name, code in genetics.ncit_codes().items():
        yield Figure("NCIt", name, code, "code", Confidence.QUOTED)


def held_antigens() -> Iterator[Figure]:
    for a in genetics.antigens().values():
        sure = a.source.confidence
        yield Figure(a.name, "gene", a.gene or NOT_PRINTED, "gene", sure if a.gene else Confidence.UNKNOWN)
        yield Figure(a.name, "lineage", a.lineage, "text", sure)
        yield Figure(a.name, "location", a.location, "text", sure)
        # The package says nothing of its own on how sure the points are: they are recalled throughout.
        points = NOT_PRINTED if a.egil is None else str(a.egil)
        sure = Confidence.UNKNOWN if a.egil is None else Confidence.RECALLED
        yield Figure(a.name, "egil_points", points, "points", sure)


def held_criteria() -> Iterator[Figure]:
    for d in definitions().values():
        for c in d.criteria:
            value = NOT_PRINTED if c.value is None else str(c.value)
            yield Figure(d.id, f"{c.measure} {c.operator}", value, c.unit, d.source.confidence)
    for r in dose_reductions().values():
        for step in r.steps:
            yield Figure(
                f"dose {r.protocol}", f"from {step.from_months} months", str(step.share), "share", step.confidence
            )


MAIN_REPORT = {
    "ccg-1953": "hilden2006",
    "cog-p9407": "dreyer2015",
    "aall0631": "brown2021",
    "aall15p1": "guest2024",
    "interfant-99": "pieters2007",
    "interfant-06": "pieters2019",
    "mll96": "tomizawa2007",
    "mll98": "tomizawa2007",
    "mll03": "koh2015",
    "mll-10": "tomizawa2020",
}
LIMIT = re.compile(r"([<>]=?)\s*([\d.]+(?:e-\d+)?)\s*(%|x10\^9/L|blasts/uL|mg/m2/day|(?:day|week|month|year)s?)?")
SPELLED = (("younger than ", "<"), ("under ", "<"), ("within ", "<="), ("one year", "1 year"))


def _limits(subject: str, figure: str, text: str | None, sure: str) -> Iterator[Figure]:
    """The limits in a text of the package, whatever its words: ``<366 days``, ``under one year``, ``1 to 25 years``."""
    told = re.sub(r"(\d+) to (\d+) years", r">=\1 years, <=\2 years", text or "")
    for word, sign in SPELLED:
        told = told.replace(word, sign)
    for operator, number, unit in LIMIT.findall(told):
        yield Figure(subject, figure, operator + number, unit, sure)


CRITERIA = {
    "kmt2a": r"germline|KMT2A-r\b|rearranged|11q23 rearrangement and",
    "prednisone": r"prednisone (good|poor) response",
    "cns": r"(?:no )?CNS disease",
}
"""The words that matter in the criteria of a risk group."""


def held_protocols() -> Iterator[Figure]:
    for p in protocols():
        yield from _frame(p)
        yield from _groups_and_arms(p)
        yield Figure(p.id, "blocks.count", str(len(p.blocks)), "blocks", Confidence.QUOTED)
        for block in p.blocks:
            yield from _block(p, block)
        sure = p.mrd_timepoints[0].source.confidence if p.mrd_timepoints else Confidence.UNKNOWN
        yield Figure(p.id, "mrd.count", str(len(p.mrd_timepoints)), "time points", sure)
        for point in p.mrd_timepoints:
            yield from _mrd_timepoint(p, point)
        for a in p.amendments:
            yield _stated(p.id, f"amendment.{a.id}.date", a.date, "year and month", a.source.confidence)


def _stated(subject: str, figure: str, value: object, unit: str, sure: str) -> Figure:
    """A figure of the package; None is a figure that was not found."""
    told = value is not None
    return Figure(subject, figure, str(value) if told else NOT_PRINTED, unit, sure if told else Confidence.UNKNOWN)


def _sure(p: Protocol, told: Confidence, *words: str) -> Confidence:
    """How sure a figure is; a remark of the protocol may call one recalled that stands in a source that was read."""
    doubted = any("recalled" in r and all(w.casefold() in r.casefold() for w in words) for r in p.remarks)
    return Confidence.RECALLED if doubted else told


def _frame(p: Protocol) -> Iterator[Figure]:
    yield Figure(p.id, "accrual.start", str(p.accrual.start), "calendar year", p.accrual.source.confidence)
    yield _stated(p.id, "accrual.end", p.accrual.end, "calendar year", p.accrual.source.confidence)
    e = p.eligibility
    yield from _limits(p.id, "age.limit", e.age.partition("gestational")[0], e.age_source.confidence)
    yield from _limits(p.id, "eligibility.limit", e.disease, e.source.confidence)
    yield from _limits(p.id, "eligibility.limit", e.other, e.source.confidence)
    if e.age_days_min is not None:
        yield Figure(p.id, "age.days_min", str(e.age_days_min), "days", e.age_source.confidence)
    yield _stated(p.id, "age.days_max", e.age_days_max, "days", e.age_source.confidence)
    for number in p.registry_ids or (None,):
        yield _stated(p.id, "registry", number, "id", _sure(p, Confidence.QUOTED, str(number)))
    if p.id in MAIN_REPORT:
        doi = knowledge("sources")[MAIN_REPORT[p.id]]["reference"].partition("doi ")[2]
        yield Figure(p.id, "main_doi", doi, "doi", Confidence.QUOTED)
    sure = p.total_source.confidence if p.total_source else Confidence.UNKNOWN
    yield _stated(p.id, "total_duration", p.total_weeks, "weeks", sure)
    if p.hsct is None:
        return
    sure = p.hsct.source.confidence
    yield Figure(p.id, "hsct.indication", "told", "word", sure)
    yield from _limits(p.id, "hsct.limit", p.hsct.indication, sure)
    if p.hsct.timing is not None:
        yield Figure(p.id, "hsct.timing", "told", "word", p.hsct.timing_confidence)
        yield from _limits(p.id, "hsct.timing.limit", p.hsct.timing, p.hsct.timing_confidence)
    if p.hsct.latest_day is not None:
        yield Figure(p.id, "hsct.latest_day", str(p.hsct.latest_day), "days from the start of induction", sure)


def _groups_and_arms(p: Protocol) -> Iterator[Figure]:
    sure = p.groups[0].source.confidence if p.groups else Confidence.UNKNOWN
    yield Figure(p.id, "risk_groups.count", str(len(p.groups)), "groups", sure)
    for g in p.groups:
        sure = g.source.confidence
        yield Figure(p.id, f"group.{g.id}", "told", "word", sure)
        yield from _limits(p.id, f"group.{g.id}.limit", g.criteria, sure)
        for figure, pattern in CRITERIA.items():
            for word in re.findall(pattern, g.criteria):
                yield Figure(p.id, f"group.{g.id}.{figure}", word, "word", sure)
        if g.action is not None:
            yield Figure(p.id, f"group.{g.id}.action", "told", "word", sure)
    for a in p.arms:
        drawn = "yes" if a.randomised else "no"
        doubt = _sure(p, a.source.confidence, "at random") if a.randomised else a.source.confidence
        yield Figure(p.id, f"arm.{a.id}.randomised", drawn, "yes or no", doubt)
        if a.groups:
            yield Figure(p.id, f"arm.{a.id}.groups", ",".join(a.groups), "groups", a.source.confidence)


def _block(p: Protocol, b: Block) -> Iterator[Figure]:
    name, sure = f"block.{b.id}", b.source.confidence
    yield Figure(p.id, f"{name}.order", str(b.order), "place", _sure(p, sure, f"{b.short} after"))
    if b.nominal_start_day is not None:
        yield Figure(p.id, f"{name}.start", str(b.nominal_start_day), "day of protocol", b.timing)
    if b.nominal_duration_days is not None:
        yield Figure(p.id, f"{name}.length", str(b.nominal_duration_days), "days", b.timing)
    for figure, named in (("groups", b.groups), ("arms", b.arms)):
        if named:
            yield Figure(p.id, f"{name}.{figure}", ",".join(named), figure, sure)
    if b.replaces:
        doubt = _sure(p, sure, b.short, "in place of")
        yield Figure(p.id, f"{name}.replaces", ",".join(b.replaces), "blocks", doubt)
    # The words of a condition are the package's own; that there is one was read.
    for figure, told in (("condition", b.condition is not None), ("optional", b.optional)):
        if told:
            yield Figure(p.id, f"{name}.{figure}", "yes", "yes or no", sure)
    if b.repeats_every_days is not None:
        yield Figure(p.id, f"{name}.repeats", str(b.repeats_every_days), "days", sure)


def _mrd_timepoint(p: Protocol, point: MrdTimepoint) -> Iterator[Figure]:
    name, sure = f"mrd.{point.id}", point.source.confidence
    after = None if point.after_block is None else ",".join((point.after_block, *point.or_after))
    yield _stated(p.id, f"{name}.after", after, "block", _sure(p, sure, point.name, f"after {after}"))
    if point.nominal_day is not None:
        origin = point.name.partition(" after ")[2] or "of protocol"
        unit = f"day {origin}" if origin == "of protocol" else f"day after {origin}"
        yield Figure(p.id, f"{name}.day", str(point.nominal_day), unit, point.day_confidence)
    if point.assay is not None:
        yield Figure(p.id, f"{name}.assay", point.assay, "text", sure)
    yield _stated(p.id, f"{name}.operator", point.operator, "operator", sure)
    yield _stated(p.id, f"{name}.threshold", point.threshold, "fraction", sure)
    if point.action is not None:
        yield Figure(p.id, f"{name}.action", "told", "word", sure)
        yield from _limits(p.id, f"{name}.action.limit", point.action, sure)


def held_doses() -> Iterator[Figure]:
    for p in protocols():
        for b in p.blocks:
            for d in b.drugs:
                subject, drug = f"{p.id} {b.id}", f"{d.name} {d.route}"
                dose = NOT_PRINTED if d.dose is None else str(d.dose)
                yield Figure(subject, f"{drug}.dose", dose, d.unit or "", d.dose_confidence)
                days = NOT_PRINTED if d.days is None else _spans(d.days)
                yield Figure(subject, f"{drug}.days", days, f"days from {b.day_origin}", d.days_confidence)


def _spans(days: Iterable[int]) -> str:
    """Days as they are printed: 1-4,8."""
    spans: list[list[int]] = []
    for day in sorted(days):
        if spans and day == spans[-1][1] + 1:
            spans[-1][1] = day
        else:
            spans.append([day, day])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)


WORDS = ("cns", "karyotype", "marker")


def held_cases() -> Iterator[Figure]:
    for path in published_cases():
        course = load(path)
        for event in course.events:
            yield from _numbers_of(path.stem.replace("kotecha-2022-case-", "case "), type(event).__name__, event)


def _numbers_of(case: str, owner: str, record: object) -> Iterator[Figure]:
    """Every number and every word of WORDS anywhere in an event, under the name of its field."""
    for field in type(record).__attrs_attrs__:
        told = getattr(record, field.name)
        if field.name == "line":
            continue
        for part in told if isinstance(told, tuple) else (told,):
            yield from _number_of(case, owner, field.name, part)


def _number_of(case: str, owner: str, name: str, part: object) -> Iterator[Figure]:
    if isinstance(part, Quantity):
        yield Figure(case, f"{owner}.{name}", str(part.value), part.unit, Confidence.QUOTED)
    elif isinstance(part, Duration):
        yield Figure(case, f"{owner}.{name}", str(part.number), part.unit.value, Confidence.QUOTED)
    elif isinstance(part, int | float) and not isinstance(part, bool):
        yield Figure(case, f"{owner}.{name}", str(part), "count", Confidence.QUOTED)
    elif isinstance(part, str) and name in WORDS:
        yield Figure(case, f"{owner}.{name}", part, "word", Confidence.QUOTED)
    elif part is not None and has(type(part)):
        kind = "when" if name == "when" else None
        for inner in _numbers_of(case, name if name == "agents" else owner, part):
            yield evolve(inner, figure=f"{owner}.{kind}") if kind else inner


FAMILIES: dict[str, Callable[[], Iterator[Figure]]] = {
    "table1.tsv": held_table1,
    "outcomes_primary.tsv": held_primary,
    "in_text.tsv": held_in_text,
    "cases.tsv": held_cases,
    "thresholds.tsv": held_thresholds,
    "genetics.tsv": held_genetics,
    "antigens.tsv": held_antigens,
    "criteria.tsv": held_criteria,
    "agents.tsv": held_agents,
    "anthracyclines.tsv": held_anthracyclines,
    "protocols.tsv": held_protocols,
    "doses.tsv": held_doses,
}


# Read, but with nothing in the package to hold them against so far.
UNANSWERED = {
    "definitions.tsv": "as printed, in the words of the papers; criteria.tsv holds those that the package has",
}


def test_no_table_is_left_out_in_silence() -> None:
    assert {path.name for path in HERE.glob("*.tsv")} == {*FAMILIES, *UNANSWERED}


@pytest.mark.parametrize("table", FAMILIES)
def test_the_package_says_what_was_read_a_second_time(table: str) -> None:
    found = differences(read_twice(table), list(FAMILIES[table]()))
    assert not found, f"{len(found)} difference(s):\n" + "\n".join(found)


@pytest.mark.parametrize("table", FAMILIES)
def test_a_slip_in_either_copy_shows(table: str) -> None:
    read = read_twice(table)
    assert not differences(read, read)
    for slip in (
        evolve(read[0], value=read[0].value + "1"),
        evolve(read[0], unit="parsec"),
        evolve(read[0], confidence="hoped"),
    ):
        assert len(differences(read, [slip, *read[1:]])) == 1
    assert differences(read, read[1:]), "a line without answer must show"
    assert differences(read[1:], read), "an answer without line must show"
