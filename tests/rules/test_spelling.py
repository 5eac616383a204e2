"""How a name is written decides nothing: agents, antigens and markers are the same in other letters and with other
blanks, dashes and dots."""

import re
from collections.abc import Callable
from functools import cache
from itertools import cycle
from pathlib import Path

import attrs
import pytest

import infant_course as ic
from depth import only_thorough
from infant_course.events import Event
from infant_course.knowledge.agents import agent_names, agents
from infant_course.knowledge.fusions import plain_marker
from infant_course.knowledge.genetics import antigen_names, antigens, markers, symbols
from infant_course.knowledge.lineage import antigen, lineage_by_markers
from infant_course.knowledge.spelling import spelt
from infant_course.report.check import check
from infant_course.rules.naming import AGENT_IDS

CASES = Path(__file__).parents[2] / "cases" / "rules"

Respelling = Callable[[str], str]
Verdicts = dict[str, set[tuple[str, str | None, str, str]]]


def shouted(name: str) -> str:
    return f" {name.upper()} "


def taken_apart(name: str) -> str:
    """cd 19, ctl 019"""
    return re.sub(r"(?<=[A-Za-z])(?=[0-9])", " ", name.lower())


def dashed(name: str) -> str:
    """CD–19, PEG‑asparaginase"""
    return re.sub(r"(?<=[A-Za-z])(?=[0-9])", "–", name.replace("-", "‑").replace(" ", "-"))


def dotted(name: str) -> str:
    return re.sub(r"(?<=[A-Za-z])(?=[0-9])", ".", name.replace("_", " "))


RESPELLINGS = (shouted, taken_apart, dashed, dotted)


def another(name: str) -> str:
    """Another name altogether, which nobody knows."""
    return "X" + name[::-1]


def of_markers(respell: Respelling) -> Respelling:
    """A fusion keeps its two genes apart, and KMT2A its name."""

    def respelled_marker(marker: str) -> str:
        genes = re.split(r"(?<=[A-Z0-9])[-:/_ \u2013]+(?=[A-Z0-9])", marker)
        return " - ".join(gene if gene in ("KMT2A", "MLL") else respell(gene) for gene in genes)

    return respelled_marker


def respelled(event: Event, respell: Respelling) -> Event:
    """An event whose agents, antigens and markers are written otherwise."""
    changes: dict[str, object] = {}
    for field in attrs.fields(type(event)):
        said = getattr(event, field.name)
        if not said:
            continue
        if field.name in ("agent", "product"):
            changes[field.name] = respell(said)
        elif field.name == "marker":
            changes[field.name] = of_markers(respell)(said)
        elif field.name in ("antigens", "antigen_loss", "targets"):
            changes[field.name] = tuple(map(respell, said))
        elif field.name == "agents":
            changes[field.name] = tuple(attrs.evolve(one, name=respell(one.name)) for one in said)
        elif field.name == "immunophenotypes":
            changes[field.name] = tuple(
                attrs.evolve(
                    one, positive=tuple(map(respell, one.positive)), negative=tuple(map(respell, one.negative))
                )
                for one in said
            )
    return attrs.evolve(event, **changes)


@cache
def cases() -> dict[str, ic.Course]:
    """All cases of the rules that name something, by folder and name."""
    names = re.compile(r"\b(agents?|product|marker|antigens|antigen_loss|targets|immunophenotypes):")
    files = [file for file in sorted(CASES.glob("*/*.yaml")) if names.search(file.read_text(encoding="utf-8"))]
    return {f"{file.parent.name}/{file.stem}": ic.load(file) for file in files}


@cache
def verdicts(*respellings: Respelling) -> Verdicts:
    """What the catalogue says of each case: rule, event, verdict and severity. Events are respelled by turns."""
    courses = []
    for name, course in cases().items():
        events = course.events
        if respellings:
            events = tuple(respelled(event, way) for event, way in zip(events, cycle(respellings), strict=False))
        courses.append(attrs.evolve(course, events=events, patient=attrs.evolve(course.patient, id=name)))
    report = check(courses)
    assert report.errored == {}
    return {
        name: {(found.rule, found.event, str(found.verdict), str(found.severity)) for found in report.of(name)}
        for name in cases()
    }


def of_rule(rule: str, found: Verdicts) -> dict[str, set[object]]:
    return {name: {one for one in findings if one[0] == rule} for name, findings in found.items()}


ASK_FOR_NAMES = (
    *("ORD-06", "BAS-16", "BAS-17", "BAS-18", "BAS-19"),
    *("MRD-08", "MRD-09", "MRD-10", "MRD-11", "MRD-16"),
    *("REM-16", "REM-17", "PRO-11"),
    *("DOS-01", "DOS-03", "DOS-04", "DOS-05", "DOS-06", "DOS-07", "DOS-08", "DOS-09", "DOS-11"),
    *("IMM-01", "IMM-02", "IMM-03", "IMM-04", "IMM-08", "IMM-09", "IMM-10", "IMM-11", "IMM-13"),
    *("HCT-06", "TOX-03"),
)
"""Rules whose verdict hangs on the name of an agent, an antigen or a marker."""


WAYS = [
    RESPELLINGS,  # by turns
    *(pytest.param((way,), marks=only_thorough, id=way.__name__) for way in RESPELLINGS),
]


@pytest.mark.parametrize("ways", WAYS)
@pytest.mark.parametrize("rule", ASK_FOR_NAMES)
def test_the_verdict_is_that_of_the_usual_spelling(rule: str, ways: tuple[Respelling, ...]) -> None:
    assert of_rule(rule, verdicts(*ways)) == of_rule(rule, verdicts())


@pytest.mark.parametrize("way", [pytest.param(way, marks=only_thorough) for way in RESPELLINGS])
def test_no_other_rule_minds_the_spelling(way: Respelling) -> None:
    assert verdicts(way) == verdicts()


def test_the_rules_that_ask_for_names_are_all_listed() -> None:
    """Under names that nobody knows just these rules say something else."""
    changed = {rule for name in cases() for rule, *_ in verdicts(another)[name] ^ verdicts()[name]}
    assert changed == set(ASK_FOR_NAMES)


def test_no_two_names_become_one() -> None:
    """What is told apart by its name stays apart however it is written."""
    assert len(agent_names()) == len({(spelt(name), a.id) for a in agents().values() for name in a.names()})
    assert len(antigen_names()) == len({(spelt(n), a.name) for a in antigens().values() for n in (a.name, *a.also)})
    assert len(symbols()) == len({spelt(name) for name in symbols()})
    assert all(AGENT_IDS[name] == found.id for name, found in agent_names().items())


@pytest.mark.parametrize("sign", ["-", "\u2013", ".", " ", "_", " - "])
def test_names_whose_parts_are_digits_stay_apart(sign: str) -> None:
    """Two numbers in a row are not one: TRAV1-1 is not TRAV11, and CD3-4 is not CD34."""
    known = {*agent_names(), *antigen_names(), *map(spelt, symbols()), *map(spelt, markers()), "trav11", "igh12"}
    for name in known:
        for place in range(1, len(name)):
            if name[place - 1].isdigit() and name[place].isdigit():
                assert spelt(f"{name[:place]}{sign}{name[place:]}") not in known, (name, place)


def test_a_number_with_a_dot_is_a_name() -> None:
    """7.1 is an older name of NG2; 71 and 7-1 are none."""
    assert [antigen(name) for name in ("7.1", " 7.1 ", "71", "7-1", "7 1")] == ["NG2", "NG2", "71", "7-1", "7 1"]
    assert [antigen(name) for name in ("CD 34", "CD-22", "CD3-4", "CD2-2")] == ["CD34", "CD22", "CD3-4", "CD2-2"]
    assert spelt("TRAV1-1") == spelt("trav 1 \u2013 1") != spelt("TRAV11")


@pytest.mark.parametrize(
    ("gene", "written"),
    [
        ("MLLT11", ("MLL-AF1q", "MLL-AF-1q", "MLL::AF 1Q", "KMT2A-MLLT11")),
        ("EPS15", ("MLL-AF1p", "MLL-AF-1p", "KMT2A-EPS15", "KMT2A_EPS-15")),
        ("MLLT3", ("MLL-AF9", "MLL-AF-9", "mll af 9")),
    ],
)
def test_a_number_that_stands_apart_may_end_in_a_letter(gene: str, written: tuple[str, ...]) -> None:
    assert {plain_marker(marker) for marker in written} == {f"KMT2A:{gene}:"}
    assert plain_marker(f"{written[1][4:]}-MLL") == f"{gene}:KMT2A:"


def test_a_sign_at_the_end_is_no_spelling() -> None:
    """ "CD19-" may tell that CD19 is absent: it is no name of it."""
    assert antigen("CD19-") == "CD19-"
    assert antigen("cd 79-a") == "CD79a"
    assert lineage_by_markers(["cd-19", "C CD79a"]).possible == lineage_by_markers(["CD19", "cCD79a"]).possible
