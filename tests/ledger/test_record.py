"""What a run may touch, and when two findings are the same one."""

from pathlib import Path

import attrs
import polars as pl
import pytest

from infant_course import Cohort, Course, Patient, UsageError
from infant_course.events import Relapse, Remission, TreatmentBlock
from infant_course.intake import Intake
from infant_course.ledger import Ledger, LedgerError
from infant_course.ledger.ledger import GONE
from infant_course.ledger.sight import Known, see
from infant_course.report.check import check
from infant_course.rules import Subject, first, rule
from infant_course.sources import Logic
from infant_course.vocabulary import Kahn, Severity
from infant_course.when import parse
from ledger.sights import course, day, new_ledger, record, seen, sight, statuses


def test_a_rule_that_did_not_run_resolves_nothing(tmp_path: Path):
    with new_ledger(tmp_path) as ledger:
        ledger.record(sight(seen("p", "R-1"), seen("p", "R-2")), as_of=day(1))
        result = ledger.record(sight(sites={"p": None}, rules=frozenset({"R-2"})), as_of=day(2))
        assert statuses(ledger, day(2)) == {("p", "R-1"): "new", ("p", "R-2"): "resolved"}
    assert result.untouched == {"rule": 1}
    assert result.counts["resolved"] == 1


def test_patients_of_another_export_are_left_and_counted(tmp_path: Path):
    with new_ledger(tmp_path) as ledger:
        ledger.record(sight(seen("p"), seen("q")), as_of=day(1))
        result = ledger.record(sight(seen("r"), sites={"q": None}), as_of=day(2))
        told = statuses(ledger, day(2))
        entry = ledger.entry("Q1", as_of=day(2))
    assert told == {("p", "R-1"): "new", ("q", "R-1"): "resolved", ("r", "R-1"): "new"}
    assert (result.untouched, result.absent) == ({"patient": 1}, 1)
    assert (entry.patient, entry.patient_seen) == ("p", "2024-01-02")


def test_batches_of_one_run_go_in_together(tmp_path: Path):
    """And a patient in two of them is refused, with nothing written."""
    with new_ledger(tmp_path) as ledger:
        ledger.record(sight(seen("p")), sight(seen("q")), as_of=day(1))
        result = ledger.record(sight(sites={"p": None}), sight(seen("q")), as_of=day(2))
        assert result.run == 2
        assert statuses(ledger, day(2)) == {("p", "R-1"): "resolved", ("q", "R-1"): "open"}
        with pytest.raises(UsageError, match="whole patients"):
            ledger.record(sight(seen("p")), sight(seen("p", "R-2")), as_of=day(3))
        assert ledger.summary(as_of=day(3)).runs == 2


def test_types_that_an_export_does_not_give_are_out_of_its_scope(tmp_path: Path):
    """But a type given by any batch is given."""
    with new_ledger(tmp_path) as ledger:
        ledger.record(sight(seen("p")), as_of=day(1))
        result = ledger.record(sight(sites={"p": None}, types=frozenset({"diagnosis"})), as_of=day(2))
        assert result.untouched == {"type": 1}
        both = (
            sight(sites={"p": None}, types=frozenset({"diagnosis"})),
            sight(sites={"q": None}, types=frozenset({"relapse"})),
        )
        assert ledger.record(*both, as_of=day(3)).counts["resolved"] == 1


def test_other_settings_resolve_nothing_until_they_are_meant(tmp_path: Path):
    other = {"infant_limit_days": 366, "cut_off": True}
    with new_ledger(tmp_path) as ledger:
        ledger.record(sight(seen("p")), as_of=day(1))
        first = ledger.record(sight(sites={"p": None}, profile=other), as_of=day(2))
        assert first.untouched == {"settings": 1}
        assert first.settings == ("cut off: not given, now given", "infant limit days: 365, now 366")
        assert ledger.record(sight(sites={"p": None}), as_of=day(3)).counts["resolved"] == 1
        ledger.record(sight(seen("p")), as_of=day(4))
        meant = ledger.record(sight(sites={"p": None}, profile=other), as_of=day(5), new_settings=True)
        assert meant.counts["resolved"] == 1


def test_what_another_run_saw_meanwhile_is_not_resolved(tmp_path: Path):
    """A run that began to look before another one ended knows less than that one."""
    with new_ledger(tmp_path) as ledger:
        ledger.record(sight(seen("p", "R-2")), as_of=day(1))
        ledger.record(sight(seen("p", "R-1"), seen("p", "R-2")), as_of=day(2))
        late = ledger.record(sight(seen("p", "R-2"), upto=1), as_of=day(2))
        assert statuses(ledger, day(2))["p", "R-1"] == "new"
    assert late.untouched == {"later": 1}


def test_a_day_before_the_last_run_is_refused(tmp_path: Path):
    with new_ledger(tmp_path) as ledger:
        ledger.record(sight(seen("p")), as_of=day(5))
        with pytest.raises(LedgerError, match="2024-01-06"):
            ledger.record(sight(), as_of=day(4))
        assert statuses(ledger, day(5)) == {("p", "R-1"): "new"}


def test_comparing_writes_nothing_even_to_a_file_that_may_only_be_read(tmp_path: Path):
    with new_ledger(tmp_path) as ledger:
        ledger.record(sight(seen("p")), as_of=day(1))
    path = tmp_path / "ledger.sqlite"
    path.chmod(0o400)
    before = path.read_bytes()
    with Ledger(path) as ledger:
        result = ledger.compare(sight(seen("q")), as_of=day(2))
        assert [change.patient for change in result.fresh] == ["q"]
        assert statuses(ledger, day(2)) == {("p", "R-1"): "new"}
    assert path.read_bytes() == before


def test_findings_of_a_cohort_come_and_go(tmp_path: Path):
    """A white cell count that is out of range; then corrected; then wrong again."""
    with new_ledger(tmp_path) as ledger:
        assert [c.rule for c in record(ledger, [course()], day(1), "BAS-02").of("new")] == ["BAS-02"]
        gone = record(ledger, [course(wbc=30)], day(2), "BAS-02").of("resolved")
        assert [change.why for change in gone] == ["not found any more"]
        assert [c.status for c in record(ledger, [course()], day(3), "BAS-02").fresh] == ["reopened"]


def test_a_finding_whose_event_is_gone_is_told_apart(tmp_path: Path):
    with new_ledger(tmp_path) as ledger:
        record(ledger, [course(relapse="2019-01-01"), course("p2", relapse="2019-01-01")], day(1), "ORD-09")
        gone = record(ledger, [course(), course("p2", relapse="2021-01-01")], day(2), "ORD-09").of("resolved")
        assert [(c.patient, c.event, c.why == GONE) for c in gone] == [("p1", "dx", True), ("p2", "dx", False)]


def test_a_verdict_that_cannot_be_told_any_more_closes_nothing(tmp_path: Path):
    """The relapse's date is emptied; nothing is opened by what could not be told from the first."""
    with new_ledger(tmp_path) as ledger:
        record(ledger, [course(relapse="2019-01-01"), course("p2", relapse="unknown")], day(1), "ORD-09")
        assert statuses(ledger, day(1)) == {("p1", "ORD-09"): "new"}
        record(ledger, [course(relapse="unknown")], day(2), "ORD-09")
        entry = ledger.entry("Q1", as_of=day(2))
        assert (entry.status, entry.verdict, entry.against) == ("open", "undecided", (("relapse", ""),))
        result = record(ledger, [course()], day(3), "ORD-09")
        assert [change.why for change in result.of("resolved")] == [GONE]


def test_what_cannot_be_told_because_its_events_are_gone_is_resolved(tmp_path: Path):
    """One of two deaths is taken out; that there is no other cannot be told, as deaths are not declared complete."""
    with new_ledger(tmp_path) as ledger:
        record(ledger, [course(death="2021-01-01", second_death="2021-02-01")], day(1), "REC-05")
        result = record(ledger, [course(death="2021-01-01")], day(2), "REC-05")
        assert [change.why for change in result.of("resolved")] == [GONE]


def test_the_order_of_rows_and_patients_changes_nothing(tmp_path: Path):
    """Neither the fingerprints nor the data behind them."""
    courses = [course("p1", relapse="2019-01-01"), course("p2")]
    turned = [attrs.evolve(one, events=tuple(reversed(one.events))) for one in reversed(courses)]
    with new_ledger(tmp_path) as ledger:
        record(ledger, courses, day(1))
        numbers = [entry.fingerprint for entry in ledger.entries(as_of=day(1))]
        for entry in ledger.entries(as_of=day(1)):
            ledger.accept(entry.fingerprint, by="Ann", why="seen", as_of=day(1))
        result = record(ledger, turned, day(2))
        assert result.counts["accepted"] == len(numbers) > 2
        assert result.changes == ()


NOW = course(relapse="2019-01-01", death="2021-01-01")
ELSEWHERE = {
    "its own date": (course(relapse="2019-01-02", death="2021-01-01"), True),
    "the date of the event it conflicts with": (
        course(relapse="2019-01-01", death="2021-01-01", diagnosis="2020-01-02"),
        True,
    ),
    "a field of the event it conflicts with": (course(relapse="2019-01-01", death="2021-01-01", wbc=20), True),
    "the date of another event": (course(relapse="2019-01-01", death="2021-01-02"), False),
    "the site": (course(relapse="2019-01-01", death="2021-01-01", site="Ghent"), False),
}


@pytest.mark.parametrize("what", ELSEWHERE)
def test_an_accepted_finding_comes_back_when_the_data_behind_it_change(tmp_path: Path, what: str):
    """And only then. The finding is of a relapse before the diagnosis."""
    then, back = ELSEWHERE[what]
    with new_ledger(tmp_path) as ledger:
        record(ledger, [NOW], day(1), "ORD-09")
        ledger.accept("Q1", by="Ann", why="a known oddity", as_of=day(1))
        assert record(ledger, [NOW], day(2), "ORD-09").counts["accepted"] == 1
        result = record(ledger, [then], day(3), "ORD-09")
        assert result.counts["reopened" if back else "accepted"] == 1
        if back:
            assert [change.why for change in result.fresh] == ["the data behind it changed since it was accepted"]
            assert record(ledger, [NOW], day(4), "ORD-09").counts["accepted"] == 1  # as it was when accepted


def blocks(start: str = "2020-01-10", end: str = "2020-03-10") -> Course:
    """A block, and one that starts on 1 June 2020."""
    first = TreatmentBlock(id="first", when=(parse(start),), until=(parse(end),))
    second = TreatmentBlock(id="second", when=(parse("2020-06-01"),), until=(parse("2020-06-20"),))
    whole = frozenset({"treatment_block", "immunotherapy"})
    return Course(patient=Patient(id="p1"), events=(first, second), complete=whole)


@pytest.mark.parametrize("then", [blocks(start="2020-01-11"), blocks(end="2020-03-11")], ids=["start", "end"])
def test_both_points_of_the_block_before_a_gap_are_data_behind_it(tmp_path: Path, then: Course):
    with new_ledger(tmp_path) as ledger:
        record(ledger, [blocks()], day(1), "PRO-12")
        ledger.accept("Q1", by="Ann", why="held up by an infection", as_of=day(1))
        assert record(ledger, [blocks()], day(2), "PRO-12").counts["accepted"] == 1
        assert record(ledger, [then], day(3), "PRO-12").counts["reopened"] == 1


def test_times_of_an_export_without_statements_count_as_data(tmp_path: Path):
    """Exports hold bounds only."""

    def bare(one: Cohort) -> Cohort:
        return attrs.evolve(one, stated=one.stated.clear())

    def run(ledger: Ledger, when: str, number: int) -> str:
        cohort = bare(Cohort.from_courses([course(relapse=when)]))
        report = check(cohort)
        ledger.record(ledger.see(cohort, report), as_of=day(number))
        return next(e.status for e in ledger.entries(as_of=day(number)) if e.rule == "ORD-09")

    with new_ledger(tmp_path) as ledger:
        assert run(ledger, "2019-01-01", 1) == "new"
        entry = next(e for e in ledger.entries(as_of=day(1)) if e.rule == "ORD-09")
        assert (entry.shown, entry.against) == ((("date", "2020-01-01"),), (("relapse", "2019-01-01"),))
        ledger.accept(entry.fingerprint, by="Ann", why="seen", as_of=day(1))
        assert run(ledger, "2019-01-01", 2) == "accepted"
        assert run(ledger, "2019-01-02", 3) == "reopened"


def test_labels_and_place_of_an_export_are_kept(tmp_path: Path):
    """What the registry calls the field, and where the event stood."""
    cohort = Cohort.from_courses([course("007")])
    origin = pl.DataFrame(
        [(0, "dx", "export.csv", 5, "007", "baseline_arm_1", "diagnosis_form", "2")],
        schema=cohort.origin.schema,
        orient="row",
    )
    intake = Intake(source="redcap", labels={("diagnosis", "wbc"): "Leukocytes at diagnosis"})
    cohort = attrs.evolve(cohort, origin=origin, intake=intake)
    with new_ledger(tmp_path) as ledger:
        ledger.record(ledger.see(cohort, check(cohort)), as_of=day(1))
        entry = next(entry for entry in ledger.entries(as_of=day(1)) if entry.rule == "BAS-02")
    assert entry.place == {
        "file": "export.csv",
        "row": 5,
        "record": "007",
        "visit": "baseline_arm_1",
        "instrument": "diagnosis_form",
        "instance": "2",
    }
    assert entry.shown == (("Leukocytes at diagnosis", "3000 10^9/L"),)


def test_rules_that_the_ledger_was_not_told_of_are_named(tmp_path: Path):
    cohort = Cohort.from_courses([course()])
    report = check(cohort)
    with new_ledger(tmp_path) as ledger, pytest.raises(UsageError, match="BAS-02"):
        ledger.see(cohort, report, rules={})


def test_the_patients_site_follows_the_latest_run(tmp_path: Path):
    with new_ledger(tmp_path) as ledger:
        record(ledger, [course(site="Ghent")], day(1), "BAS-02")
        record(ledger, [course(wbc=20, site="Lyon")], day(2), "BAS-02")
        assert ledger.entry("Q1", as_of=day(2)).site == "Lyon"


def test_all_of_many_histories_are_kept_and_found_again(tmp_path: Path):
    """Columns without statements, and many rules: every failed finding has a place in the ledger."""
    from benchmarks.histories import histories

    cohort = histories(60)
    report = check(cohort)
    failed = {finding["fingerprint"] for finding in report.frame().filter(pl.col("verdict") == "failed").to_dicts()}
    with new_ledger(tmp_path) as ledger:
        ledger.record(ledger.see(cohort, report), as_of=day(1))
        assert {entry.fingerprint for entry in ledger.entries(as_of=day(1))} == failed
        result = ledger.record(ledger.see(cohort, report), as_of=day(2))
    assert (result.counts["open"], result.changes) == (len(failed), ())


def test_the_data_behind_a_rule_about_the_first_of_a_type_are_those_events() -> None:
    """An own rule that reads a field of the first remission: another number there is another state of the data."""

    @rule("OUR-01", about=Relapse, severity=Severity.INFO, category=Kahn.PLAUSIBILITY, source=Logic("a test"))
    def later(relapse: Subject) -> pl.Expr:
        """A question. Why it matters: it is asked. Usual cause: none. Repair: none."""
        return relapse.of(first(Remission), "number") > 1

    def data(number: int, note: str | None = None) -> str:
        events = (
            Remission(id="cr", when=(parse("2020-01-01"),), number=number, note=note),
            Relapse(id="rel", when=(parse("2020-03-01"),)),
        )
        told = Cohort.from_courses([Course(patient=Patient(id="p"), events=events, complete=frozenset({"remission"}))])
        (finding,) = see(told, check(told, rules=[later]), Known(), {"OUR-01": later}).findings
        return finding.data

    assert data(2) == data(2, note="something else") != data(3)
