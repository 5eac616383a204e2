"""Courses on which an obvious way of judging goes wrong."""

import re
from collections.abc import Callable
from datetime import date

import attrs
import polars as pl
import pytest

import infant_course as ic
from infant_course.cohort import Cohort
from infant_course.events import Conditioning, Event, Examination, Radiotherapy
from infant_course.report.check import check
from infant_course.rules import Settings, Subject, first, judge, last, rule
from infant_course.sources import Logic
from infant_course.vocabulary import Kahn, Severity
from infant_course.when import parse, parse_duration

YEAR = 365.25


def at(kind: type[Event], name: str, *whens: str, **more: object) -> Event:
    return kind(id=name, when=[parse(when) for when in whens], **more)


def course(*events: Event, complete: tuple[type[Event], ...] = ()) -> ic.Course:
    return ic.Course(patient=ic.Patient(id="p"), events=events, complete=[kind.TYPE for kind in complete])


def ask(told: ic.Course, event: str, question: Callable[[Subject], pl.Expr]) -> bool | None:
    """The answer to a question about one event: true, false, or None where it cannot be told."""
    subject = type(told[event])

    @rule("ASK-01", about=subject, severity=Severity.INFO, category=Kahn.PLAUSIBILITY, source=Logic("a question"))
    def asked(of: Subject) -> pl.Expr:
        """A question.

        Why it matters: it is asked. Usual cause: none. Repair: none.
        """
        return question(of)

    judgement = judge(Cohort.from_courses([told]), [asked], Settings(debug=True))
    assert judgement.tallies[0].subjects == len(told.of(subject))
    answers = {row["event"]: True if row["failed"] else None for row in judgement.verdicts.iter_rows(named=True)}
    return answers.get(event, False)


def verdict(told: ic.Course | Cohort, rule_id: str, settings: Settings | None = None) -> str:
    """What became of the one subject of a rule."""
    (count,) = [count for count in check(told, settings=settings).rules if count.rule == rule_id]
    if not count.subjects:
        return "not applicable"
    assert count.subjects == 1
    return "failed" if count.failed else "undecided" if count.undecided else "passed"


def test_01_order_without_days_is_known() -> None:
    told = course(at(ic.Remission, "cr1", "unknown"), at(ic.Relapse, "relapse", "after cr1"))
    assert ask(told, "relapse", lambda s: s.preceded_by(ic.Remission)) is True
    assert ask(told, "cr1", lambda s: s.preceded_by(ic.Relapse)) is None  # there may be an earlier one


def test_02_two_chains_are_not_ordered_against_each_other() -> None:
    told = course(
        at(Conditioning, "conditioning", "before hsct"),
        at(ic.Transplant, "hsct", "unknown"),
        at(Examination, "simulation", "before radiotherapy"),
        at(Radiotherapy, "radiotherapy", "unknown"),
        complete=(Conditioning, Examination),
    )
    assert ask(told, "radiotherapy", lambda s: s.preceded_by(Conditioning)) is None
    assert ask(told, "radiotherapy", lambda s: s.preceded_by(Examination)) is True
    assert ask(told, "hsct", lambda s: s.preceded_by(Conditioning)) is True
    assert ask(told, "hsct", lambda s: s.preceded_by(Examination)) is None


def test_03_a_first_remission_that_is_not_told_is_not_a_failure() -> None:
    told = course(at(ic.Relapse, "relapse", "unknown"), at(ic.Remission, "cr2", "after relapse", number=2))
    assert verdict(told, "REM-06") == "undecided"


def test_04_a_vague_event_does_not_come_before_itself() -> None:
    told = course(at(ic.Relapse, "relapse", "2020-03-01..2020-03-31"), complete=(ic.Relapse,))
    assert ask(told, "relapse", lambda s: s.preceded_by(ic.Relapse)) is False


def test_05_the_start_of_a_block_is_not_another_block() -> None:
    block = ic.TreatmentBlock(id="block", when=[parse("2020-03-01")], until=[parse("2020-04-01")])
    told = course(block, complete=(ic.TreatmentBlock,))
    assert ask(told, "block", lambda s: s.end.preceded_by(ic.TreatmentBlock)) is False


def test_06_of_two_events_of_one_day_the_order_is_open_and_the_day_is_not() -> None:
    told = course(at(ic.Remission, "cr1", "2020-03-01"), at(ic.Relapse, "relapse", "2020-03-01"))
    assert ask(told, "relapse", lambda s: s.preceded_by(ic.Remission)) is None
    assert ask(told, "relapse", lambda s: s.start.on_later_day_than(ic.Remission)) is False


def test_07_a_stated_order_settles_a_tie() -> None:
    told = course(at(ic.Remission, "cr1", "2020-03-01"), at(ic.Relapse, "relapse", "2020-03-01", "after cr1"))
    assert told.problems == ()
    assert ask(told, "relapse", lambda s: s.preceded_by(ic.Remission)) is True
    assert ask(told, "relapse", lambda s: s.start.on_later_day_than(ic.Remission)) is False


def test_08_a_cycle_within_one_day_is_a_contradiction() -> None:
    told = course(
        at(ic.Remission, "a", "2020-03-01", "before b"),
        at(ic.Relapse, "b", "2020-03-01", "before a"),
    )
    (problem,) = told.problems
    assert problem.rule == "REC-03"
    assert [str(statement) for statement in problem.statements] == ["a: before b", "b: before a"]


def test_09_a_window_that_one_of_two_surely_meets() -> None:
    told = course(
        at(ic.Diagnosis, "x", "2020-01-01"),
        at(ic.MrdAssessment, "b1", "2020-01-02..2020-01-21"),
        at(ic.MrdAssessment, "b2", "10 days before b1"),
        complete=(ic.MrdAssessment,),
    )
    assert ask(told, "x", lambda s: s.followed_by(ic.MrdAssessment, within=10)) is not False


def test_10_two_events_of_one_moment_never_count_as_one() -> None:
    told = course(
        at(ic.Relapse, "x", "unknown"),
        at(ic.MrdAssessment, "b1", "unknown"),
        at(ic.MrdAssessment, "b2", "with b1"),
        complete=(ic.MrdAssessment,),
    )
    assert ask(told, "x", lambda s: s.count_before(ic.MrdAssessment) == 1) is not True


def test_11_what_holds_either_way_is_not_denied() -> None:
    told = course(at(ic.Remission, "a", "unknown"), at(ic.Relapse, "b", "unknown"), complete=(ic.Relapse,))
    assert ask(told, "a", lambda s: s.followed_by(ic.Relapse) | ~s.followed_by(ic.Relapse)) is not False


def test_12_a_vague_diagnosis_does_not_smear_known_dates() -> None:
    told = course(
        at(ic.Diagnosis, "dx", "2020-03"),
        at(ic.MrdAssessment, "mrd", "2020-04-10"),
        at(ic.Relapse, "relapse", "2020-04-20"),
    )
    assert ask(told, "mrd", lambda s: s.followed_by(ic.Relapse)) is True
    assert told.resolved.readings[0].gaps == ()


def test_13_the_first_of_two_results_of_one_day_is_not_known() -> None:
    told = course(
        at(ic.MrdAssessment, "negative", "2020-03-01", result="negative"),
        at(ic.MrdAssessment, "positive", "2020-03-01", result="quantified"),
        complete=(ic.MrdAssessment,),
    )
    for name in ("negative", "positive"):
        assert ask(told, name, lambda s: s.is_first()) is None
        assert ask(told, name, lambda s: s.of(first(ic.MrdAssessment), "result") == "negative") is None


def test_14_after_every_one_of_none_is_true_and_the_rule_does_not_apply() -> None:
    told = course(at(ic.Remission, "cr1", "2020-03-01"), complete=(ic.TreatmentBlock,))
    assert ask(told, "cr1", lambda s: s.start.after_every(ic.TreatmentBlock, point="end")) is True
    assert ask(told, "cr1", lambda s: s.start.after(last(ic.TreatmentBlock, point="end"))) is False
    assert verdict(told, "REM-01") == "not applicable"


def test_15_two_anchors_are_two_readings_not_all_between() -> None:
    told = course(
        at(ic.Diagnosis, "dx", "unknown"),
        at(ic.Transplant, "hsct", "8 years after dx"),
        at(ic.LastContact, "contact", "either (18 years after dx) or (18 years after hsct)"),
    )

    def between_20_and_24_years(contact: Subject) -> pl.Expr:
        since = contact.start.days_since(ic.Diagnosis)
        return since.at_least(int(20 * YEAR)) & since.below(int(24 * YEAR))

    assert ask(told, "contact", between_20_and_24_years) is False
    assert ask(told, "contact", lambda s: s.start.days_since(ic.Diagnosis).at_least(int(20 * YEAR))) is None
    assert ask(told, "contact", lambda s: s.preceded_by(ic.Transplant)) is True


def test_16_death_on_the_day_of_the_last_contact_passes() -> None:
    told = course(at(ic.Death, "death", "2021-01-10"), at(ic.LastContact, "contact", "2021-01-10"))
    assert verdict(told, "ORD-02") == "passed"
    assert verdict(told, "ORD-05") == "passed"


def test_17_columns_whose_end_lies_before_the_start_are_judged() -> None:
    block = ic.TreatmentBlock(id="block", when=[parse("2020-03-01")], until=[parse("2020-04-01")])
    cohort = Cohort.from_courses([course(block)])
    assert verdict(cohort, "ORD-04") == "passed"
    end = pl.lit((date(2020, 2, 1) - date(1970, 1, 1)).days, dtype=pl.Int32)
    backwards = cohort.tables["treatment_block"].with_columns(end_lo=end, end_hi=end)
    assert verdict(attrs.evolve(cohort, tables={"treatment_block": backwards}), "ORD-04") == "failed"


@pytest.mark.parametrize(("limit", "expected"), [(365, "undecided"), (366, "passed")])
def test_18_eleven_months_may_be_365_days(limit: int, expected: str) -> None:
    told = course(at(ic.Diagnosis, "dx", "age 11 months"))
    assert verdict(told, "BAS-01", Settings(infant_limit_days=limit)) == expected


def test_a_question_of_time_is_not_put_to_a_patient() -> None:
    """A patient is no event: an answer could only be that nothing is known."""

    @rule("ASK-01", about="patient", severity=Severity.INFO, category=Kahn.PLAUSIBILITY, source=Logic("a question"))
    def asked(patient: Subject) -> pl.Expr:
        """A question.

        Why it matters: it is asked. Usual cause: none. Repair: none.
        """
        return patient.preceded_by(ic.Relapse)

    with pytest.raises(ValueError, match="a patient has no time: ask how many"):
        asked.trace("patient", Settings())


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (lambda s: s.preceded_by("relpase"), "no event type 'relpase': did you mean 'relapse'"),
        (lambda s: s.start.after(first("relpase")), "did you mean 'relapse'"),
        (lambda s: s.start.after(last(ic.Relapse, point="strat")), "no point 'strat' of an event"),
        (lambda s: s.preceded_by(ic.Relapse, point="strat"), "no point 'strat' of an event"),
        (lambda s: s.preceded_by(first(ic.Relapse)), "first(...) is for before and after"),
        (lambda s: s.start.before(ic.Relapse), "expected first(...) or last(...)"),
        (lambda s: s.start.within(-1, of=ic.Relapse), "within: expected a number of days from 0"),
        (lambda s: s.of(ic.Relapse, "number"), "expected first(...) or last(...)"),
    ],
)
def test_a_question_that_cannot_be_put_is_told_where_the_rule_is_written(
    question: Callable[[Subject], pl.Expr], said: str
) -> None:
    told = course(at(ic.Remission, "cr1", "2020-03-01"))
    with pytest.raises((TypeError, ValueError), match=re.escape(said)):
        ask(told, "cr1", question)


@pytest.mark.parametrize(("remission", "known"), [("2020-05", True), ("2020-06", None), ("2020", None)])
def test_partial_dates_are_compared_on_what_they_say(remission: str, known: bool | None) -> None:
    """ORD-10: nothing is filled in."""
    told = course(at(ic.Remission, "cr1", remission), at(ic.Relapse, "relapse", "2020-06-01"))
    assert ask(told, "relapse", lambda s: s.preceded_by(ic.Remission)) is known


def test_the_window_of_at_the_end_of_is_a_setting() -> None:
    """A marrow "at the end of" induction may lie up to the window after it: 20 days later needs a wider one."""
    events = [
        ic.TreatmentBlock(id="ind", when=(parse("2020-01-01"),), until=(parse("2020-02-01"),), block="induction"),
        ic.MrdAssessment(id="m", when=(parse("at end of ind"), parse("2020-02-21"))),
    ]
    told = ic.Course(patient=ic.Patient(id="p"), events=events)
    assert any(f.rule == "REC-03" for f in ic.check(told).failed)
    assert not any(f.rule == "REC-03" for f in ic.check(told, settings=Settings(end_window_days=20)).failed)


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ((), {"open": "undecided", "before": "passed", "not_before": "failed"}),
        (("after cr1",), {"open": "passed", "before": "passed", "not_before": "passed"}),
        (("before cr1",), {"open": "failed", "before": "failed", "not_before": "failed"}),
        (("with cr1",), {"open": "failed", "before": "failed", "not_before": "failed"}),
    ],
)
def test_what_a_tie_does_is_a_setting_and_a_stated_order_stands(
    stated: tuple[str, ...], expected: dict[str, str]
) -> None:
    """REM-06: a relapse on the day of the only remission."""
    told = course(
        at(ic.Remission, "cr1", "2020-03-01"),
        at(ic.Relapse, "relapse", "2020-03-01", *stated),
        complete=(ic.Remission,),
    )
    assert {tie: verdict(told, "REM-06", Settings(ties={"REM-06": tie})) for tie in expected} == expected
    assert verdict(told, "REM-06", Settings(ties={"REM-05": "before"})) == expected["open"]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2022-06-30", {"either": True, "completed": True, "nearest": True}),  # 2.5 years less a day
        ("2022-12-30", {"either": True, "completed": True, "nearest": False}),  # just below 3 years
        ("2021-07-03", {"either": True, "completed": False, "nearest": True}),  # 1.5 years
        ("2023-01-02", {"either": False, "completed": False, "nearest": False}),
    ],
)
def test_how_lengths_of_time_came_about_is_a_setting(day: str, expected: dict[str, bool]) -> None:
    """ "2 years after dx", beside a date."""
    told = course(at(ic.Diagnosis, "dx", "2020-01-01"), at(ic.Relapse, "r", "2 years after dx", day))
    settings = {word: Settings(rounding=word) for word in expected}
    told_as = {
        word: [finding.rule for finding in ic.check(told, settings=one).failed] for word, one in settings.items()
    }
    assert {word: "REC-03" not in failed for word, failed in told_as.items()} == expected
    assert ic.check(told, settings=settings["nearest"]).settings["rounding"] == "nearest"


def test_no_length_is_negative() -> None:
    """From May, for ten days: by the bounds alone the end might be sooner than the start."""
    block = at(ic.TreatmentBlock, "ib", "2020-05", lasting=parse_duration("10 days"))
    assert verdict(course(block), "ORD-04") == "not applicable"


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([at(ic.LastContact, "lc")], "undecided"),  # day 0, but only because some event has to be
        ([at(ic.LastContact, "lc"), at(Examination, "echo", "5 days after lc")], "undecided"),
        ([at(ic.LastContact, "lc"), at(Examination, "echo", "2021-01-01", "after lc")], "undecided"),
        ([at(ic.LastContact, "lc", "either (unknown) or (2021-01-01)")], "undecided"),
        ([at(ic.LastContact, "lc"), at(Examination, "echo", "2021-01-01", "with lc")], "passed"),
        (
            [at(ic.Diagnosis, "dx"), at(Examination, "e", "2 years after dx", "with lc"), at(ic.LastContact, "lc")],
            "passed",
        ),
    ],
)
def test_what_counts_as_a_last_contact_with_a_time(events: list[Event], expected: str) -> None:
    """Contacts and deaths may have gone unrecorded, so that without a time it cannot be told."""
    assert verdict(course(*events), "FUP-01") == expected
