"""Writes the pages that are made from the code: rules, event types, what papers say; and an invented export.

``python tools/gen_docs.py`` writes them, ``--check`` only says which are out of date (exit code 1).
"""

import argparse
import re
import sys
import tempfile
import types
import typing
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from itertools import groupby
from pathlib import Path

import attrs
from ruamel.yaml import YAML

import infant_course as ic
import invented_cohort
from infant_course import vocabulary
from infant_course.events import (
    EVENT_TYPES,
    UNITS,
    Agent,
    Cytogenetics,
    Event,
    Finding,
    Immunophenotype,
    Quantity,
    own_fields,
    units_of,
)
from infant_course.knowledge.agents import agents, regimens
from infant_course.knowledge.anthracyclines import Factor, exposure_classes, schemes
from infant_course.knowledge.definitions import definitions, dose_reductions
from infant_course.knowledge.fields import field_note
from infant_course.knowledge.outcomes import PublishedOutcome, outcomes_in_text, primary_outcomes, table1, trials
from infant_course.knowledge.plan import plan
from infant_course.knowledge.protocols import protocols
from infant_course.knowledge.reading import knowledge
from infant_course.rules import CATALOGUE_VERSION, RULES, Rule, about_words
from infant_course.sources import Cite, Confidence, Logic
from infant_course.when import Duration, When

ROOT = Path(__file__).resolve().parents[1]
CASES = ROOT / "cases" / "rules"
PARTS = (Quantity, Finding, Immunophenotype, Cytogenetics, Agent)
MADE = "<!-- Made by tools/gen_docs.py; change the code, then `make docs`. -->"


def pages() -> dict[str, str]:
    """Everything that is made, by its path in the repository."""
    made = {"docs/events.md": events_page(), "docs/rules/index.md": index_page(), "docs/checks.md": checks_page()}
    made |= {f"docs/rules/{found.id}.md": rule_page(found) for found in RULES.values()}
    made |= {"docs/agents.md": agents_page(), "docs/outcomes.md": outcomes_page()}
    made |= {"docs/definitions.md": definitions_page(), "docs/protocols.md": protocols_page()}
    for found in RULES.values():
        made |= {f"docs/rules/img/{found.id}-{case.stem}.svg": picture(case) for case in drawn_cases(found)}
    return made | invented_cohort.export()


def picture(case: Path) -> str:
    """The course graph of a case."""
    with tempfile.TemporaryDirectory() as folder:
        return ic.draw(ic.load(case), Path(folder) / "graph.svg", kind="graph", sidecars=False).read_text(
            encoding="utf-8"
        )


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """A Markdown table."""
    heads = list(heads)
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return lines + ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]


# The rules


def index_page() -> str:
    """All rules on one page, by family."""
    lines = [MADE, "", "# The rules", ""]
    lines.append(f"{len(RULES)} rules, catalogue {CATALOGUE_VERSION}. How verdicts come about: [rules](../rules.md).")
    for family, members in groupby(RULES.values(), key=lambda found: found.family):
        rows = (
            (
                f"[{r.id}]({r.id}.md)",
                r.summary,
                str(r.severity),
                str(r.category),
                "provisional" if r.provisional else "",
            )
            for r in members
        )
        lines += ["", f"## {family}", "", *table(("rule", "what it finds", "severity", "category", ""), rows)]
    return "\n".join(lines) + "\n"


LISTED = {
    "REC": 11,
    "ORD": 15,
    "BAS": 25,
    "MRD": 17,
    "REM": 20,
    "PRO": 15,
    "DOS": 11,
    "IMM": 13,
    "HCT": 16,
    "TOX": 8,
    "FUP": 5,
    "END": 8,
}
"""How many checks of each family the list of candidate checks has."""


def checks_page() -> str:
    """Every check of the list: the rule, or why there is none."""
    without = YAML(typ="safe", pure=True).load(ROOT / "tools" / "checks_without_a_rule.yaml")
    listed = [f"{family}-{number:02}" for family, most in LISTED.items() for number in range(1, most + 1)]
    wrong = [check for check in {*listed, *without, *RULES} if (check in RULES) == (check in without)]
    unlisted = [check for check in {*without, *RULES} if check not in listed]
    if wrong or unlisted:
        raise ValueError(f"neither or both a rule and a reason: {sorted(wrong)}; not listed: {sorted(unlisted)}")
    lines = [MADE, "", "# The list of checks", ""]
    lines.append(
        f"Of the {len(listed)} checks proposed for a registry of infant ALL, {len(RULES)} are rules. The others are "
        "behaviours of the package, or not expressed, with the reason."
    )
    lines += ["", *table(("check", "is", "what it finds, or why there is no rule"), map(check_row(without), listed))]
    return "\n".join(lines) + "\n"


def check_row(without: dict[str, dict[str, str]]) -> Callable[[str], tuple[str, str, str]]:
    """The row of a check in the list."""

    def row(check: str) -> tuple[str, str, str]:
        if check in RULES:
            return f"[{check}](rules/{check}.md)", "rule", RULES[check].summary
        return check, without[check]["kind"], without[check]["why"]

    return row


def rule_page(found: Rule) -> str:
    """A rule: what it says, why, what to do, where it comes from, and its cases."""
    lines = [MADE, "", f"# {found.id}: {found.name.replace('_', ' ')}", "", found.summary, ""]
    lines += table(
        ("severity", "category", "about", "ground"),
        [(found.severity, found.category, about_words(found), ground_word(found))],
    )
    heads = (
        ("Why it matters", found.why),
        ("Usual cause", found.cause),
        ("Repair", found.repair),
        ("Ties", found.ties),
    )
    for head, text in heads:
        if text:
            lines += ["", f"**{head}.** {text[0].upper()}{text[1:]}"]
    outcomes = found.outcomes
    if len(outcomes) > 1:
        lines += ["", "## Outcomes", ""]
        lines += table(
            ("outcome", "severity", "message"), ((o.name.replace("_", " "), o.severity, o.message) for o in outcomes)
        )
    lines += ["", "## Source", "", *(f"- {ground}" for ground in (found.ground, *found.also))]
    cases = sorted((CASES / found.id).glob("*-*.yaml"))
    if cases:
        lines += ["", "## Cases"]
    for case in cases:
        text = case.read_text(encoding="utf-8").rstrip()
        lines += ["", f"`{case.stem}`", "", "```yaml", text, "```"]
        if case in drawn_cases(found):
            lines += ["", f"![{case.stem} of {found.id} as a graph](img/{found.id}-{case.stem}.svg)"]
    return "\n".join(lines) + "\n"


def drawn_cases(found: Rule) -> list[Path]:
    """The first good and the first bad case of a rule."""
    folder = CASES / found.id
    return [case for kind in ("good", "bad") for case in sorted(folder.glob(f"{kind}-*.yaml"))[:1]]


def ground_word(found: Rule) -> str:
    """What a rule rests on, in a word or two."""
    if isinstance(found.ground, Logic):
        return "logic"
    return "provisional: recalled, not read" if found.provisional else "read in the source"


# What papers say


def agents_page() -> str:
    """Agents by kind of treatment, named regimens, and the schemes of anthracycline equivalence."""
    lines = [MADE, "", "# Agents", ""]
    lines.append(
        "`infant-course agents` lists them. Stage of evidence: as of the review (2022). Figure: the one under whose "
        "caption the review's text names the agent; its drawings were not read, and (?) says that the text leaves it "
        "open."
    )
    for modality in dict.fromkeys(agent.modality for agent in agents().values()):
        rows = (
            (
                ", ".join((a.name, *a.synonyms)),
                a.drug_class,
                a.target,
                a.mechanism + provisional(a.mechanism_confidence),
                a.stage,
                ", ".join(f"{n}{'' if sure is Confidence.QUOTED else ' (?)'}" for n, sure in a.figures.items()),
                ", ".join(f"{system} {code}" for system, code in a.codes.items()),
                "; ".join(filter(None, (str(a.source), a.note))),
            )
            for a in agents().values()
            if a.modality is modality
        )
        heads = ("agent", "class", "target", "mechanism", "stage", "figure", "codes", "source, note")
        lines += ["", f"## {modality.capitalize()}", "", *table(heads, rows)]
    named = ((r.name, ", ".join(r.agents), str(r.source)) for r in regimens().values())
    lines += ["", "## Regimens", "", *table(("regimen", "agents", "source"), named)]
    lines += ["", "## Anthracycline equivalence", ""]
    lines.append(
        "Doxorubicin equivalent of 1 mg. The schemes differ, so there is no default: "
        "`cumulative_anthracycline(doses, scheme)` in `infant_course.knowledge.anthracyclines`."
    )
    drugs = tuple(dict.fromkeys(drug for scheme in schemes().values() for drug in scheme.factors))
    factors = (
        (f"`{s.id}`", *(factor_word(s.factors.get(drug)) for drug in drugs), str(s.source)) for s in schemes().values()
    )
    lines += ["", *table(("scheme", *drugs, "source"), factors)]
    classes = (
        (c.name, f"{c.at_least:g} and more" + (f", below {c.below:g}" if c.below else ""), str(c.source))
        for c in exposure_classes()
    )
    lines += ["", "## Exposure", "", *table(("class", "mg/m² of doxorubicin", "source"), classes)]
    return "\n".join(lines) + "\n"


def provisional(confidence: Confidence) -> str:
    """The mark of what was not read."""
    return "" if confidence is Confidence.QUOTED else " (provisional)"


def factor_word(factor: Factor | None) -> str:
    """A factor of equivalence, or why there is none."""
    if factor is None:
        return ""
    return factor.why or "not known" if factor.value is None else f"{factor.value:g}{provisional(factor.confidence)}"


def protocols_page() -> str:
    """The treatment protocols: years, groups, blocks, MRD time points and transplant."""
    lines = [MADE, "", "# Treatment protocols", ""]
    lines.append(
        "`infant-course protocol ID` prints all that is known of one, each fact with its source: eligibility, groups, "
        "arms, amendments, blocks with drugs, doses and days, MRD time points, transplant, published outcomes. "
        "`--risk GROUP` and `--arm ARM` narrow it; `--plot plan.svg` draws the plan. (provisional): recalled, not read "
        "in the source. What was not found is left out here and never guessed."
    )
    lines += [
        "",
        "![The plan of Interfant-06: alternatives stand one below the other.](gallery/interfant-06-plan.svg)",
        "",
    ]
    rows = []
    for known in protocols():
        found = plan(known)
        blocks = (f"{n.block.name}{' (provisional)' if n.provisional else ''}" for n in found.nodes)
        points = (
            point.name
            + ("" if point.threshold is None else f" ({point.operator}{100 * point.threshold:g} %)")
            + provisional(point.source.confidence)
            for point in known.mrd_timepoints
        )
        hsct = known.hsct
        rows.append(
            (
                f"`{known.id}`",
                known.name,
                f"{known.accrual.start}–{known.accrual.end or ''}{provisional(known.accrual.source.confidence)}",
                ", ".join(group.id for group in known.groups),
                ", ".join(blocks),
                "; ".join(points),
                "" if hsct is None else hsct.indication + provisional(hsct.source.confidence),
            )
        )
    lines += table(("id", "protocol", "accrual", "groups", "blocks, in the order told", "MRD", "HSCT"), rows)
    lines += [
        "",
        "A plan is a graph: blocks may be alternatives, stand in for others, or belong to a group, an arm or a "
        "condition. Its days are nominal. Where a start is not told but the ends of all blocks before it are, the plan "
        'says "after day N" and marks it as worked out.',
        "",
        "```python",
        "from infant_course.knowledge.plan import plan",
        "from infant_course.knowledge.protocols import the_protocol",
        "",
        'high_risk = plan(the_protocol("interfant-06"), "HR", "lymphoid")',
        'assert high_risk.before("marma") == ("ib",)',
        'assert str(high_risk.node("ib").start) == "day 36"',
        "```",
    ]
    return "\n".join(lines) + "\n"


def outcomes_page() -> str:
    """Table 1 of the review as printed, then what primary papers and the review's text say, then trials."""
    printed = table1()
    lines = [MADE, "", "# Published outcomes", ""]
    lines.append(
        "`infant-course outcomes` prints them. Nothing is corrected, and horizons differ: whatever puts two rates side "
        "by side asks `same_horizon` in `infant_course.knowledge.outcomes` first."
    )
    lines += ["", "## Table 1 of the review, as printed", ""]
    heads = [
        *printed.heads[:2],
        *(f"{printed.spanners[0]}: {head}" for head in printed.heads[2:5]),
        *(f"{printed.spanners[1]}: {head}" for head in printed.heads[5:8]),
        printed.heads[8],
    ]
    rows = []
    for row in printed.rows:
        cells = [str(c) for _, g in row.groups() for c in ((g.n, g.efs, g.os) if g else ("",) * 3)]
        rows.append((row.study, row.years, *cells, row.reference or ""))
    lines += [*table(heads, rows), "", "—: not reported. An empty cell is merged with the one above.", ""]
    lines += [f"- {mark}: {note.text}" for mark, note in printed.footnotes.items()]
    lines += ["", "Beside the print:", "", *(f"- {note}" for note in printed.notes)]
    lines += ["", "## Primary papers", "", *outcome_table(primary_outcomes())]
    lines += ["", "## In the text of the review", "", *outcome_table(outcomes_in_text())]
    told = (
        (t.name, t.group or "", t.state, ", ".join(t.agents), t.population, t.registry or "", str(t.source))
        for t in trials()
    )
    heads = ["trial", "group", "state in 2022", "agents", "population", "registry", "source"]
    lines += ["", "## Trials the review speaks of", "", *table(heads, told)]
    return "\n".join(lines) + "\n"


def outcome_table(outcomes: Iterable[PublishedOutcome]) -> list[str]:
    """Published rates as rows."""
    rows = (
        (
            o.study,
            o.population,
            "" if o.n is None else str(o.n),
            str(o.endpoint),
            "" if o.horizon_years is None else str(o.horizon_years),
            str(o.rate),
            f"SE {o.se:g}" if o.se is not None else f"{o.ci[0]:g} to {o.ci[1]:g}" if o.ci else "",
            "; ".join(filter(None, (str(o.source), o.footnote))),
        )
        for o in outcomes
    )
    return table(("study", "population", "n", "end-point", "years", "%", "SE or 95 % CI", "source, note"), rows)


def definitions_page() -> str:
    """Definitions by topic, with criteria and source, and the age reduction of doses."""
    lines = [MADE, "", "# Definitions", ""]
    lines.append(
        "Numbers with their source, looked up by `definition(id)` in `infant_course.knowledge.definitions`; its "
        "functions (`cns_class`, `marrow_class`, `mrd_class`, `relapse_timing`, `age_class`, `dose_reduction`, "
        "`gvhd_grade`, `prednisone_response`) apply them and say which answers remain where facts are missing. Several "
        "rows for one term: each suffices."
    )
    for topic, members in groupby(definitions().values(), key=lambda found: found.topic):
        rows = (
            (
                f"`{d.id}`",
                d.scheme,
                d.term,
                {"all": " and ", "any": " or "}.get(d.join, "; ").join(map(str, d.criteria))
                + (f" (at least {d.join})" if d.join.isdigit() else ""),
                d.note,
                str(d.source),
            )
            for d in members
        )
        lines += ["", f"## {topic[0].upper()}{topic[1:]}", ""]
        lines += table(("id", "by", "term", "criteria", "note", "source"), rows)
    shares = (
        (
            rule.protocol,
            f"from {step.from_months}" + (f" to {step.to_months} months" if step.to_months else " months on"),
            str(step.share) + provisional(step.confidence),
            rule.what,
            str(rule.source),
        )
        for rule in dose_reductions().values()
        for step in rule.steps
    )
    lines += ["", "## Age reduction of doses", "", "By the age at the course; for other drugs provisional.", ""]
    lines += table(("protocol", "age", "share", "read of", "source"), shares)
    return "\n".join(lines) + "\n"


# The event types


def events_page() -> str:
    """Every event type with its fields, then the records inside them, units, vocabularies and sources."""
    lines = [MADE, "", "# Event types", ""]
    lines.append(
        "The word in `event:` and the fields it may have. What is not stated stays empty. "
        "How they are written: [case file](case-file.md)."
    )
    lines += [
        "",
        "- takes: the kind of value; after a semicolon, what a rule asks of it. Another value is read, and then found "
        "by the rule. Ranges that belong to what a field is stand in its meaning.",
        "- unit: the one that a number is read in, then others that are accepted.",
        "- source: who defines the field or asks for it, as a key of the [sources](#sources) and the place in it, or "
        "the argument from logic. (provisional): recalled, not read.",
        "",
        "```python",
        "import infant_course as ic",
        "from infant_course.knowledge.fields import field_note",
        "",
        'note = field_note(ic.MrdAssessment, "sensitivity")',
        'assert note.source.key == "bruggemann2021"',
        "```",
    ]
    lines += ["", "## Patient", "", summary(ic.Patient), "", *fields_table(ic.Patient, attrs.fields(ic.Patient))]
    lines += ["", "## Fields of every event", "", *fields_table(Event, attrs.fields(Event))]
    for name, event_type in EVENT_TYPES.items():
        lasts = " It lasts: `until` and `lasting` say how long." if event_type.LASTS else ""
        lines += ["", f"## `{name}`", "", f"{summary(event_type)}{lasts} In Python `ic.{event_type.__name__}`."]
        own = own_fields(event_type)
        if own:
            lines += ["", *fields_table(event_type, own)]
    lines += ["", "# Records inside events"]
    for part in PARTS:
        lines += ["", f"## {part.__name__}", "", summary(part), "", *fields_table(part, attrs.fields(part))]
    lines += ["", "# Units", "", "The unit that a field is kept in, and what else is accepted.", ""]
    rows = ((f"`{unit}`", ", ".join(f"`{other}`" for other in also if other != unit)) for unit, also in UNITS.items())
    lines += table(("unit", "also"), rows)
    lines += ["", "# Vocabularies"]
    for words in used_vocabularies():
        values = ", ".join(f"`{member}`" for member in words)
        lines += ["", f"## {words.__name__}", "", summary(words), "", values]
    lines += ["", "# Sources", "", *table(("key", "reference", "what was read of it"), field_sources())]
    return "\n".join(lines) + "\n"


def field_holders() -> tuple[type, ...]:
    """All records with fields of this page."""
    return (ic.Patient, Event, *EVENT_TYPES.values(), *PARTS)


def field_sources() -> Iterator[tuple[str, str, str]]:
    """The sources of fields, in the order of the bibliography."""
    grounds = [
        field_note(holder, attribute.name).source
        for holder in field_holders()
        for attribute in attrs.fields(holder)
        if not attribute.metadata.get("internal")
    ]
    cited = {ground.key for ground in grounds if isinstance(ground, Cite)}
    for key, entry in knowledge("sources").items():
        if key in cited:
            yield f"`{key}`", entry["reference"], entry["read"]


def summary(documented: type) -> str:
    """The first paragraph of a docstring, on one line."""
    return " ".join((documented.__doc__ or "").split("\n\n")[0].split())


def fields_table(holder: type, attributes: Iterable["attrs.Attribute[object]"]) -> list[str]:
    """Fields with what they take, unit, meaning and source."""
    rows = []
    for attribute in attributes:
        if attribute.metadata.get("internal"):
            continue
        note = field_note(holder, attribute.name)
        limits = re.sub(r"[A-Z]{3}-\d\d", rule_link, note.limits)
        taken = takes(attribute) + (f"; {limits}" if limits else "")
        rows.append(
            (f"`{attribute.name}`", taken, accepted_units(attribute), attribute.metadata["doc"], str(note.source))
        )
    return table(("field", "takes", "unit", "meaning", "source"), rows)


def rule_link(found: re.Match[str]) -> str:
    """A rule's id as a link to its page, marked where the rule is provisional."""
    return f"[{found[0]}](rules/{found[0]}.md)" + (", provisional" if RULES[found[0]].provisional else "")


def accepted_units(attribute: "attrs.Attribute[object]") -> str:
    """The unit of a field, or those that it has the choice of, and what else is accepted for them."""
    stated = attribute.metadata.get("unit") or ()
    own = (stated,) if isinstance(stated, str) else stated
    also = [unit for unit in units_of(attribute.metadata) if unit not in own]
    return ", ".join(f"`{unit}`" for unit in own) + (f"; also {', '.join(f'`{u}`' for u in also)}" if also else "")


WORDS = {str: "text", int: "whole number", float: "number", bool: "true or false"}
WORDS |= {Quantity: "[number with unit](#quantity)", Duration: "length of time", When: "time"}


def takes(attribute: "attrs.Attribute[object]") -> str:
    """What a field takes, in words."""
    if attribute.metadata.get("ref"):
        return "ids of events" if attribute.default == () else "id of an event"
    several = typing.get_origin(attribute.type) is tuple
    return ("list of " if several else "") + " or ".join(map(word_for, plain_types(attribute.type)))


def plain_types(told: object) -> Iterator[type]:
    """The types named in an annotation, less None and tuple."""
    origin = typing.get_origin(told)
    if origin in (types.UnionType, typing.Union, tuple):
        for inner in typing.get_args(told):
            yield from plain_types(inner)
    elif isinstance(told, type) and told is not types.NoneType:
        yield told


def word_for(kind: type) -> str:
    """A type as a word, with a link where this page describes it."""
    return WORDS.get(kind) or f"[{kind.__name__}](#{kind.__name__.lower()})"


def used_vocabularies() -> list[type[StrEnum]]:
    """The vocabularies that fields use, in the order of their module."""
    used = {kind for holder in field_holders() for a in attrs.fields(holder) for kind in plain_types(a.type)}
    return [v for v in vars(vocabulary).values() if isinstance(v, type) and v in used and issubclass(v, StrEnum)]


def main() -> int:
    """Write the pages, or check them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where a page is out of date")
    check = parser.parse_args().check
    made = pages()
    kept = [*(ROOT / "docs" / "rules").glob("*.md"), *(ROOT / "docs" / "rules" / "img").glob("*.svg")]
    stale = [path for path in kept if str(path.relative_to(ROOT)) not in made]
    late = [path for path, text in made.items() if not current(ROOT / path, text)]
    if check:
        for name in [*late, *(str(path.relative_to(ROOT)) for path in stale)]:
            print(f"{name} is out of date: run `make docs`", file=sys.stderr)
        return int(bool(late or stale))
    for path in stale:
        path.unlink()
    for name in late:
        (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / name).write_text(made[name], encoding="utf-8")
    print(f"{len(late)} of {len(made)} pages written, {len(stale)} removed")
    return 0


def current(path: Path, text: str) -> bool:
    """Whether a file holds this text."""
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main())
