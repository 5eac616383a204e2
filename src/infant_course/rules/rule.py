"""What a rule is: one self-documenting unit with one meaning.

A rule is named for the fault. Its body gets a :class:`~infant_course.rules.subject.Subject` and answers, over
columns, whether the subject is *broken*: true (failed), false (passed) or null (undecided). Where one rule has
several outcomes, each with its own severity, the body returns them in the order in which they are to be told.
"""

import inspect
import re
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import polars as pl
from attrs import field, frozen

from ..events import EVENT_TYPES, Event
from ..sources import Ground
from ..vocabulary import Kahn, Severity
from .settings import Settings
from .subject import Subject, Trace


@frozen(kw_only=True)
class Outcome:
    """One way in which a rule can fail: when, how bad, and what to tell."""

    name: str
    broken: pl.Expr
    severity: Severity
    message: str


@frozen(kw_only=True)
class Judged:
    """What a rule's body returns: whether it applies at all, and its outcomes.

    Of several conditions all must hold. Those that need the subject's own fields only are better named apart from
    those that ask questions: then the questions are put to few.
    """

    outcomes: tuple[Outcome, ...]
    applies: pl.Expr | tuple[pl.Expr, ...] | None = None

    @property
    def conditions(self) -> tuple[pl.Expr, ...]:
        """All that must hold for the rule to apply."""
        if self.applies is None:
            return ()
        return self.applies if isinstance(self.applies, tuple) else (self.applies,)


def one(broken: pl.Expr, applies: pl.Expr | tuple[pl.Expr, ...], severity: Severity, message: str) -> Judged:
    """A judgement with one outcome that applies only where the fields it needs were stated."""
    only = Outcome(name="broken", broken=broken, severity=severity, message=message)
    return Judged(outcomes=(only,), applies=applies)


Body = Callable[[Subject], "pl.Expr | Judged"]


@frozen(kw_only=True)
class Rule:
    """A rule of the catalogue. The prose comes from the body's docstring."""

    id: str
    name: str
    about: tuple[str, ...]
    severity: Severity
    category: Kahn
    ground: Ground
    also: tuple[Ground, ...] = ()
    summary: str
    why: str
    cause: str
    repair: str
    ties: str | None = None
    body: Body = field(repr=False)

    @property
    def family(self) -> str:
        """The letters of the id."""
        return self.id.partition("-")[0]

    def line_of(self, error: BaseException) -> str:
        """The line of the rule's own module that an error came from, or nothing: no value of a patient."""
        file = inspect.getfile(self.body)
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
        return f" ({Path(file).name}, line {lines[-1]})" if lines else ""

    @property
    def provisional(self) -> bool:
        """Whether its ground was recalled, not read."""
        return self.ground.provisional

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """The ways in which it can fail, each once; none of a rule of one's own whose body breaks down."""
        found: dict[str, Outcome] = {}
        with suppress(*BREAKDOWNS):
            for about in self.about:
                found |= {outcome.name: outcome for outcome in self.trace(about, Settings())[1].outcomes}
        return tuple(found.values())

    def trace(self, about: str, settings: Settings) -> tuple[Trace, Judged]:
        """Run the body once for one type of subject: the questions it asks and the expressions it makes.

        Kept for the next cohort that is judged with equal settings: a small one takes a sixth less time then.
        """
        return _traced(self, about, settings)


@lru_cache(maxsize=4096)
def _traced(rule: Rule, about: str, settings: Settings) -> tuple[Trace, Judged]:
    trace = Trace(about=about, settings=settings, tie=settings.tie(rule.id))
    result = rule.body(Subject(trace))
    if isinstance(result, Judged):
        return trace, result
    only = Outcome(name=rule.name, broken=result, severity=rule.severity, message=rule.summary)
    return trace, Judged(outcomes=(only,))


BREAKDOWNS: tuple[type[BaseException], ...] = (Exception, SystemExit, pl.exceptions.PanicException)
"""What the code of a rule or of its module may end with; a panic of Polars is no ``Exception``."""

HEADINGS = {"why": "Why it matters:", "cause": "Usual cause:", "repair": "Repair:", "ties": "Ties:"}
"""Headings of a rule's prose; ``Ties`` only where the rule asks about time."""


def prose(docstring: str | None) -> dict[str, str]:
    """The parts of a rule's docstring. Raises ValueError where one is missing."""
    text = inspect.cleandoc(docstring or "")
    pattern = "|".join(re.escape(heading) for heading in HEADINGS.values())
    head, *rest = re.split(f"({pattern})", text)
    found = {rest[i]: " ".join(rest[i + 1].split()) for i in range(0, len(rest), 2)}
    parts = {key: found.get(heading, "") for key, heading in HEADINGS.items()}
    parts["summary"] = " ".join(head.split())
    missing = [key for key in ("summary", "why", "cause", "repair") if not parts[key]]
    if missing:
        raise ValueError(f"a rule's docstring needs {', '.join(missing)}")
    return parts


About = type[Event] | str


def rule(
    rule_id: str,
    *,
    about: About | tuple[About, ...],
    severity: Severity,
    category: Kahn,
    source: Ground,
    also: tuple[Ground, ...] = (),
) -> Callable[[Body], Rule]:
    """Make a function a rule. ``about`` is an event type, several, ``"patient"``, ``"birth"`` or ``"event"``."""
    kinds = about if isinstance(about, tuple) else (about,)
    names = tuple(kind if isinstance(kind, str) else kind.TYPE for kind in kinds)
    unknown = set(names) - {*EVENT_TYPES, "patient", "birth", "event"}
    if unknown:
        raise ValueError(f"{rule_id}: no such subject: {', '.join(sorted(unknown))}")

    def make(body: Body) -> Rule:
        parts = prose(body.__doc__)
        return Rule(
            id=rule_id,
            name=body.__name__,
            about=names,
            severity=severity,
            category=category,
            ground=source,
            also=also,
            summary=parts["summary"],
            why=parts["why"],
            cause=parts["cause"],
            repair=parts["repair"],
            ties=parts["ties"] or None,
            body=body,
        )

    return make
