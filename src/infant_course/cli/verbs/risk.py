"""``infant-course risk``: the risk group a case states, and those that its facts leave possible."""

import argparse
import json
from collections.abc import Iterator, Mapping
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from attrs import frozen

from ..output import complain, say

if TYPE_CHECKING:
    from ...course import Course
    from ...knowledge.derived import Derived
    from ..reading import Read

WIDTH = 80
UNREAD = 2
RESPONSE = "prednisone_response"


def add_to(verbs: Any) -> None:
    """Add the verb to the command."""
    verb = verbs.add_parser(
        "risk",
        help="work out the risk group of a case by its protocol",
        description="The risk group a case states, and the groups that its facts leave possible by the criteria of "
        "its protocol: at diagnosis, and after the prednisone response.",
    )
    verb.add_argument("paths", nargs="+", metavar="CASE", help="case file (YAML or JSON)")
    verb.add_argument("--protocol", metavar="ID", help="by this protocol, whatever the file names")
    verb.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    verb.set_defaults(run=run)


@frozen(kw_only=True)
class Answer:
    """What is told of one case. ``stated``: the group (or groups) and the events that state it.

    ``named_by``: the event that names the protocol, or why there is none. ``agrees``: whether the stated group is the
    derived one; None: cannot tell.
    """

    patient: str
    file: str
    protocol: str | None
    named_by: str
    stated: str | None
    stated_by: str
    facts: Mapping[str, "Fact"]
    at_diagnosis: "Derived[str] | None"
    after_response: "Derived[str] | None"
    agrees: bool | None


@frozen
class Fact:
    """A fact of the case, and where it comes from."""

    value: Any
    origin: str


def run(arguments: argparse.Namespace) -> int:
    """Read, work out, tell."""
    from ...errors import UsageError
    from ...knowledge.protocols import the_protocol
    from ..reading import read_all

    if arguments.protocol is not None:
        the_protocol(arguments.protocol)  # what is wrong with the command is told before any file is read
    read, unread = read_all(arguments.paths)
    answers = []
    for file in read:
        try:
            answers.append(_answer(file, arguments.protocol))
        except UsageError as error:
            complain(f"{file.name}: {error}")
            unread += 1
    if answers:
        as_data = arguments.format == "json"
        say(_as_json(answers) if as_data else _as_text(answers), data=as_data)
    return UNREAD if unread else 0


def _answer(file: "Read", asked: str | None) -> Answer:
    """What can be told of one case. Raises UsageError where it names a protocol that is not known."""
    from ...events import RiskAssignment
    from ...knowledge.protocols import the_protocol
    from ...knowledge.risk import groups_of, risk_group

    course = file.course
    name, named_by = (asked, "--protocol") if asked is not None else _protocol(course)
    groups = {event.group: event.id for event in reversed(course.of(RiskAssignment)) if event.group is not None}
    facts = _facts(course)
    stated = " and ".join(reversed(groups)) or None
    at_diagnosis = after = agrees = None
    if name is not None:
        name = the_protocol(name).id
        known = groups_of(name)
        given = {fact: told.value for fact, told in facts.items()}
        after = risk_group(name, **given)
        at_diagnosis = risk_group(name, **{fact: value for fact, value in given.items() if fact != RESPONSE})
        group = known.group(next(iter(groups))) if len(groups) == 1 else None
        if group is not None and known.derivable:
            agrees = False if group not in after.possible else True if after.settled else None
    return Answer(
        patient=course.id,
        file=file.name,
        protocol=name,
        named_by=named_by,
        stated=stated,
        stated_by=" and ".join(reversed(groups.values())),
        facts=facts,
        at_diagnosis=at_diagnosis,
        after_response=after,
        agrees=agrees,
    )


def _protocol(course: "Course") -> tuple[str | None, str]:
    """The protocol a case names, and the event that does; or None, and why.

    Risk groups speak before enrolments, and those before blocks. Names of different protocols settle nothing.
    """
    from ...events import Enrolment, RiskAssignment, TreatmentBlock
    from ...knowledge.protocols import the_protocol

    kinds: tuple[tuple[Enrolment | RiskAssignment | TreatmentBlock, ...], ...] = (
        course.of(RiskAssignment),
        course.of(Enrolment),
        course.of(TreatmentBlock),
    )
    for events in kinds:
        named = {the_protocol(e.protocol).id: e.id for e in reversed(events) if e.protocol is not None}
        if len(named) > 1:
            return None, f"several are named, {' and '.join(sorted(named))}; --protocol ID chooses one"
        if named:
            return next(iter(named.items()))
    return None, "not stated; --protocol ID names one"


def _facts(course: "Course") -> dict[str, Fact]:
    """What the case tells of the facts that criteria ask for; those it does not tell are left out."""
    from ...events import Diagnosis, MrdAssessment, PrednisoneResponse
    from ...knowledge.genetics import symbols
    from ...knowledge.thresholds import threshold

    facts: dict[str, Fact] = {}
    diagnosis = next(iter(course.of(Diagnosis)), None)
    if diagnosis is not None:
        facts |= _age(course, diagnosis)
        if diagnosis.wbc is not None:
            facts["wbc"] = Fact(diagnosis.wbc.to("10^9/L"), diagnosis.id)
        if diagnosis.cns is not None:
            facts["cns"] = Fact(str(diagnosis.cns), diagnosis.id)
        if diagnosis.kmt2a is not None and diagnosis.kmt2a != "not_tested":
            facts["kmt2a"] = Fact(str(diagnosis.kmt2a), diagnosis.id)
        elif diagnosis.kmt2a_partner is not None:
            facts["kmt2a"] = Fact("rearranged", f"partner {diagnosis.kmt2a_partner}")
    for mrd in course.of(MrdAssessment) if "kmt2a" not in facts else ():
        gene, _, partner = (mrd.marker or "").upper().replace("::", "-").partition("-")
        if gene in ("KMT2A", "MLL") and partner in symbols():
            facts["kmt2a"] = Fact("rearranged", f"marker {mrd.marker} of {mrd.id}")
            break
    for response in course.of(PrednisoneResponse):
        if response.response is not None:
            facts[RESPONSE] = Fact(str(response.response), response.id)
        elif response.day8_blasts is not None:
            good = response.day8_blasts.to("/uL") < threshold("day8_blasts").value
            facts[RESPONSE] = Fact("good" if good else "poor", f"blasts of day 8 of {response.id}")
        else:
            continue
        break
    return facts


def _age(course: "Course", diagnosis: Any) -> dict[str, Fact]:
    """Age at diagnosis: least and greatest number of days, and completed months where it is stated so."""
    from ...course import BIRTH
    from ...shortest_paths import UNBOUNDED
    from ...when import AtAge, Unit

    facts: dict[str, Fact] = {}
    if (BIRTH, "start") in course.resolved.readings[0].bounds:
        low, high = course.resolved.days_between((BIRTH, "start"), (diagnosis.id, "start"))
        if low > -UNBOUNDED or high < UNBOUNDED:
            facts["age_days"] = Fact((max(low, 0), high if high < UNBOUNDED else float("inf")), diagnosis.id)
    ages = [when.age for when in diagnosis.when if isinstance(when, AtAge)]
    months = {int(age.number) for age in ages if age.unit is Unit.MONTH and age.upto is None and age.number % 1 == 0}
    if len(months) == 1:
        facts["age_months"] = Fact(months.pop(), diagnosis.id)
    return facts


def _as_text(answers: list[Answer]) -> str:
    return "\n".join(line for answer in answers for line in (*_told(answer), "")).rstrip() + "\n"


def _told(answer: Answer) -> Iterator[str]:
    yield f"{answer.patient} ({answer.file})"
    if answer.protocol is None or answer.at_diagnosis is None or answer.after_response is None:
        yield from _line("protocol", answer.named_by)
        return
    named_by = answer.named_by if answer.named_by.startswith("--") else f"by {answer.named_by}"
    yield from _line("protocol", f"{answer.protocol} ({named_by})")
    yield from _line("stated", "no group" if answer.stated is None else f"{answer.stated} (by {answer.stated_by})")
    after, before = answer.after_response, answer.at_diagnosis
    if RESPONSE in after.inputs:
        yield from _line("at diagnosis", _groups(before))
        yield from _line("after prednisone response", _groups(after))
    else:
        yield from _line("derived", _groups(after))
    if answer.agrees is not None or (answer.stated is not None and after.possible):
        word = {True: "yes", False: "no", None: "cannot tell"}[answer.agrees]
        yield from _line("stated group agrees", word)
    used = [
        f"{name} {_value(fact.value)} ({fact.origin})" for name, fact in answer.facts.items() if name in after.inputs
    ]
    yield from _line("used", ", ".join(used) or "nothing")
    if after.missing:
        yield from _line("not known", ", ".join(after.missing))
    if after.reason:
        yield from _line("note", after.reason)
    yield from _line("source", str(after.source))


def _line(head: str, text: str) -> list[str]:
    return wrap(f"{head}: {text}", WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)


def _groups(derived: "Derived[str]") -> str:
    """The groups that remain possible; where there are none the note says why."""
    if not derived.possible:
        return "no answer"
    words = derived.possible[0] if derived.settled else f"cannot tell, {' or '.join(derived.possible)}"
    return words + (" (provisional)" if derived.source.provisional else "")


def _value(value: Any) -> str:
    if isinstance(value, tuple):
        low, high = value
        return f"{low}" if low == high else f"{low} or more" if high == float("inf") else f"{low} to {high}"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _as_json(answers: list[Answer]) -> str:
    return json.dumps([_one_as_json(answer) for answer in answers], indent=2, ensure_ascii=False) + "\n"


def _one_as_json(answer: Answer) -> dict[str, Any]:
    derived = answer.after_response
    return {
        "patient": answer.patient,
        "file": answer.file,
        "protocol": answer.protocol,
        "protocol_named_by": None if answer.protocol is None else answer.named_by,
        "stated": answer.stated,
        "stated_agrees": answer.agrees,
        "at_diagnosis": _derived_as_json(answer.at_diagnosis),
        "after_prednisone_response": _derived_as_json(derived),
        "inputs": {
            name: {"value": _plain(fact.value), "from": fact.origin}
            for name, fact in answer.facts.items()
            if derived is not None and name in derived.inputs
        },
        "source": None if derived is None else str(derived.source),
        "provisional": None if derived is None else derived.source.provisional,
    }


def _derived_as_json(derived: "Derived[str] | None") -> dict[str, Any] | None:
    if derived is None:
        return None
    return {"possible": list(derived.possible), "missing": list(derived.missing), "note": derived.reason}


def _plain(value: Any) -> Any:
    """A value as JSON takes it: bounds as a list, null where there is none."""
    return [None if bound == float("inf") else bound for bound in value] if isinstance(value, tuple) else value
