"""Statuses over random runs, acceptances and erasures, beside a model in plain Python; and that the model can fail."""

import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from infant_course.ledger import Ledger, LedgerError, Status
from infant_course.ledger import ledger as ledger_module
from ledger.sights import day, seen, sight, statuses

PATIENTS, RULES = ("p", "q"), ("R-1", "R-2")
NOTHING, UNDECIDED = "nothing", "undecided"
OUTCOMES = (NOTHING, "data-1", "data-2", UNDECIDED)
"""What a rule makes of a patient: nothing, a failure on the one or the other data, or no telling."""

Key = tuple[str, str]


class Model:
    """What a ledger has to say, written down from the documentation and not from the code."""

    def __init__(self) -> None:
        self.status: dict[Key, str] = {}
        self.since: dict[Key, int] = {}
        self.found_as: dict[Key, tuple[str, str]] = {}
        self.profile: dict[Key, int] = {}
        self.accepted: dict[Key, tuple[tuple[str, str], int | None]] = {}

    def run(
        self, today: int, patients: set[str], rules: set[str], made: dict[Key, str], profile: int, new: bool
    ) -> None:
        for key in ((p, r) for p in patients for r in rules):
            came = made.get(key, NOTHING)
            if came == NOTHING:
                if key in self.status and (self.profile[key] == profile or new):
                    self.put(key, "resolved", today)
                continue
            what = ("undecided", "data-1") if came == UNDECIDED else ("broken", came)
            if key not in self.status and came == UNDECIDED:
                continue
            before = self.status.get(key)
            self.found_as[key], self.profile[key] = what, profile
            if before == "resolved" and came == UNDECIDED:
                continue
            if self.holds(key, what, today):
                self.put(key, "accepted", today)
            elif before is None:
                self.put(key, "new", today)
            elif before in ("resolved", "accepted"):
                self.put(key, "reopened", today)
            elif self.since[key] != today:
                self.put(key, "open", today)

    def holds(self, key: Key, what: tuple[str, str], today: int) -> bool:
        if key not in self.accepted:
            return False
        accepted, until = self.accepted[key]
        return accepted == what and (until is None or today <= until)

    def put(self, key: Key, status: str, today: int) -> None:
        if self.status.get(key) != status:
            self.since[key] = today
        self.status[key] = status

    def told(self, today: int) -> dict[Key, str]:
        told = {}
        for key, status in self.status.items():
            lapsed = status == "accepted" and (self.accepted[key][1] or today) < today
            told[key] = "reopened" if lapsed else status
        return told


OFTEN = ("p", "R-1")
"""Found at the start and picked most, so that what is done to a finding comes together."""
KEYS = st.sampled_from([OFTEN, OFTEN, OFTEN, ("p", "R-2"), ("q", "R-1")])
SEEN = st.sampled_from([{"p"}, {"p"}, {"p", "q"}, {"q"}])
RAN = st.sampled_from([{"R-1"}, {"R-1", "R-2"}, {"R-1", "R-2"}, {"R-2"}])
MADE = st.fixed_dictionaries({(p, r): st.sampled_from(OUTCOMES) for p in PATIENTS for r in RULES})


def knows(number: int) -> Callable[["Machine"], bool]:
    """Whether there are so many findings: most of what can go wrong needs some."""
    return lambda machine: len(machine.model.status) >= number


class Machine(RuleBasedStateMachine):
    """Does the same to a ledger and to the model."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.ledger = Ledger(Path(self.folder.name) / "l.sqlite", create=True)
        self.ledger._db.execute("PRAGMA synchronous=OFF")  # nothing is killed here
        self.model = Model()
        self.today = 1

    def teardown(self) -> None:
        self.ledger.close()
        self.folder.cleanup()

    @initialize(made=MADE)
    def begin(self, made: dict[Key, str]) -> None:
        self.look_again(made | {OFTEN: "data-1"})

    @rule(made=MADE)
    def look_again(self, made: dict[Key, str]) -> None:
        """At all patients by all rules, on the same day."""
        self.run(later=0, patients=set(PATIENTS), rules=set(RULES), made=made, profile=365, new=False)

    @rule(
        later=st.integers(0, 2),
        patients=SEEN,
        rules=RAN,
        made=MADE,
        profile=st.sampled_from((365, 365, 366)),
        new=st.booleans(),
    )
    def run(
        self, later: int, patients: set[str], rules: set[str], made: dict[Key, str], profile: int, new: bool
    ) -> None:
        self.today += later
        findings = [
            seen(p, r, data="data-1", verdict="undecided", outcome="undecided")
            if made[p, r] == UNDECIDED
            else seen(p, r, data=made[p, r])
            for p, r in made
            if p in patients and r in rules and made[p, r] != NOTHING
        ]
        run = sight(
            *findings,
            sites=dict.fromkeys(patients),
            rules=frozenset(rules),
            profile={"infant_limit_days": profile, "cut_off": False},
        )
        self.ledger.record(run, as_of=day(self.today), new_settings=new)
        self.model.run(self.today, patients, rules, made, profile, new)
        self.agree()

    @precondition(knows(1))
    @rule(key=KEYS, more=st.one_of(st.none(), st.integers(0, 3)))
    def accept(self, key: Key, more: int | None) -> None:
        until = None if more is None else self.today + more
        allowed = self.model.told(self.today).get(key) not in (None, "resolved")

        def act() -> None:
            self.ledger.accept(
                seen(*key).fingerprint,
                by="Ann",
                why="seen",
                as_of=day(self.today),
                until=None if until is None else day(until),
            )

        self.same(act, allowed)
        if allowed:
            self.model.accepted[key] = (self.model.found_as[key], until)
            self.model.put(key, "accepted", self.today)
        self.agree()

    @precondition(knows(1))
    @rule(key=KEYS)
    def withdraw(self, key: Key) -> None:
        allowed = key in self.model.accepted
        self.same(
            lambda: self.ledger.withdraw(seen(*key).fingerprint, by="Ann", why="no", as_of=day(self.today)), allowed
        )
        if allowed:
            del self.model.accepted[key]
            if self.model.status[key] != "resolved":
                self.model.put(key, "reopened", self.today)
        self.agree()

    @precondition(knows(2))
    @rule(patient=st.sampled_from(PATIENTS))
    def forget(self, patient: str) -> None:
        allowed = any(key[0] == patient for key in self.model.status)
        self.same(lambda: self.ledger.forget(patient), allowed)
        for store in (self.model.status, self.model.since, self.model.accepted):
            for key in [key for key in store if key[0] == patient]:
                del store[key]
        self.agree()

    @rule(later=st.integers(1, 3))
    def wait(self, later: int) -> None:
        self.today += later
        self.agree()

    def same(self, act: Callable[[], Any], allowed: bool) -> None:
        """Both do it, or both refuse."""
        try:
            act()
        except LedgerError:
            assert not allowed
        else:
            assert allowed

    def agree(self) -> None:
        assert statuses(self.ledger, day(self.today)) == self.model.told(self.today)


HOW = settings(
    max_examples=40, stateful_step_count=25, suppress_health_check=list(HealthCheck), deadline=None, derandomize=True
)


def test_a_ledger_does_as_the_model_says():
    run_state_machine_as_test(Machine, settings=HOW)


def sabotaged(change: Callable[..., Status | None]) -> Callable[..., Status | None]:
    """The transition with one thing wrong."""
    sound = ledger_module.next_status

    def wrong(was: Status | None, **how: Any) -> Status | None:
        return change(sound, was, **how)

    return wrong


WRONG: dict[str, Callable[..., Status | None]] = {
    "resolved findings are new again": lambda sound, was, **how: (
        Status.NEW if was is Status.RESOLVED and sound(was, **how) is Status.REOPENED else sound(was, **how)
    ),
    "an acceptance always holds": lambda sound, was, **how: sound(
        was, **how | {"accepted": was is Status.ACCEPTED or how["accepted"]}
    ),
    "what cannot be told is resolved": lambda sound, was, **how: sound(
        was, **how | {"verdict": None if how["verdict"] == "undecided" else how["verdict"]}
    ),
    "a second look on the same day makes it open": lambda sound, was, **how: sound(was, **how | {"same_day": False}),
}


@pytest.mark.parametrize("what", WRONG)
def test_the_model_would_notice(what: str, monkeypatch: pytest.MonkeyPatch):
    """Each with one slip in the ledger's own transition."""
    monkeypatch.setattr(ledger_module, "next_status", sabotaged(WRONG[what]))
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Machine, settings=settings(HOW, phases=[Phase.generate], print_blob=False))


def test_the_day_of_a_status_is_kept(tmp_path: Path):
    """Seen on the first, again on the third: open since the third, asked since the first."""
    with Ledger(tmp_path / "l.sqlite", create=True) as ledger:
        for number in (1, 3, 5):
            ledger.record(sight(seen("p")), as_of=day(number))
        entry = ledger.entry("Q1", as_of=day(10))
    assert (entry.status, entry.since, entry.opened, entry.age(day(10))) == ("open", "2024-01-04", "2024-01-02", 9)
    assert (entry.first_seen, entry.last_seen) == ("2024-01-02", "2024-01-06")
    assert [(step.as_of, step.status) for step in entry.steps] == [("2024-01-02", "new"), ("2024-01-04", "open")]
    assert date.fromisoformat(entry.opened) == day(1)
