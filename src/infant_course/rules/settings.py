"""What a run of the rules may be told: limits the sources leave open, with their defaults."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import NoneType
from typing import Any

from attrs import evolve, field, frozen

from ..errors import UsageError, did_you_mean, expect, wrong_kind
from ..statements import END_WINDOW_DAYS, ROUNDING
from ..vocabulary import Criteria
from ..when import Rounding


class Tie(StrEnum):
    """What a rule's questions about order make of two events of one day, of which no order is stated."""

    OPEN = "open"
    """Cannot tell. The default of every rule: chosen here, provisional."""
    BEFORE = "before"
    """The one that is asked for came first, whichever it is."""
    NOT_BEFORE = "not_before"
    """Neither came first."""


def _rounding(told: Any) -> Rounding:
    if told not in tuple(Rounding):
        hint = did_you_mean(str(told), map(str, Rounding)) or f"known are {', '.join(Rounding)}"
        raise UsageError(f"Settings.rounding: no such rounding: {hint}")
    return Rounding(told)


def _ties(told: Any) -> tuple[tuple[str, Tie], ...]:
    pairs = told.items() if isinstance(told, Mapping) else told
    found = []
    for rule, tie in pairs:
        if tie not in tuple(Tie):
            hint = did_you_mean(str(tie), map(str, Tie)) or f"known are {', '.join(Tie)}"
            raise UsageError(f"Settings.ties: no such tie for {rule}: {hint}")
        found.append((rule, Tie(tie)))
    return tuple(sorted(found))


@frozen(kw_only=True)
class Settings:
    """Settings of a run; every one is shown in the report.

    ``infant_limit_days``: age at diagnosis must be below this (365 in MLL-10 and Total 16, 366 in Interfant-99
    and AALL0631). ``end_window_days``: how far "at the end of" an event may lie from that end, on either side
    (provisional: chosen here). ``rounding``: how stated lengths of time came about (provisional: chosen here).
    ``ties``: by rule, what two events of one day are to its questions about order; open where a rule is not named
    (provisional: chosen here). ``cut_off``: last day of the data; without it nothing is too late, because no rule
    reads the clock. ``criteria``: definition by which remissions were declared that state none (None: not known).
    ``protocol``: id of the protocol of patients of whom none is told (None: not known).
    ``debug``: let a rule's own failure through.
    """

    infant_limit_days: int = 365
    end_window_days: int = END_WINDOW_DAYS
    rounding: Rounding = field(default=ROUNDING, converter=_rounding)
    ties: tuple[tuple[str, Tie], ...] = field(default=(), converter=_ties)
    cut_off: date | None = None
    criteria: Criteria | None = None
    protocol: str | None = None
    debug: bool = False

    def __attrs_post_init__(self) -> None:
        for name in ("infant_limit_days", "end_window_days"):
            days = getattr(self, name)
            if type(days) is not int or days < 0:
                raise wrong_kind(f"Settings.{name}", "a number of days from 0", days)
        if type(self.cut_off) not in (date, NoneType):  # a datetime is a date too
            expected = "a date without a time of day, such as datetime.date(2024, 12, 31)"
            raise wrong_kind("Settings.cut_off", expected, self.cut_off)
        expect("Settings.criteria", self.criteria, (Criteria, NoneType), "one of Criteria", _PROFILE)
        expect("Settings.protocol", self.protocol, (str, NoneType), "the id of a protocol, a text")
        if self.protocol is not None:
            from ..knowledge.protocols import the_protocol

            if (known := the_protocol(self.protocol).id) != self.protocol:
                raise UsageError(f"Settings.protocol: expected the id {known!r}; {_PROFILE}")

    def tie(self, rule: str) -> Tie:
        """What a tie is to a rule."""
        return dict(self.ties).get(rule, Tie.OPEN)

    @property
    def cut_off_day(self) -> int | None:
        """The cut-off in days since 1970-01-01."""
        return (self.cut_off - date(1970, 1, 1)).days if self.cut_off else None


_PROFILE = "profile(Settings(), ...) takes names as a user writes them"

INFANT_LIMITS = (365, 366)
"""Limits of the definitions read: below 365 days, or below 366."""


def profile(
    settings: Settings,
    *,
    protocol: str | None = None,
    criteria: str | None = None,
    infant_limit_days: int | None = None,
) -> Settings:
    """Settings for a registry's protocol and definitions, named as a user names them.

    The protocol brings its own age limit along, where that is known in days and no other is asked for. Raises
    UsageError for a name that is not known, with the nearest one.
    """
    if protocol is not None:
        from ..knowledge.protocols import the_protocol

        known = the_protocol(protocol)
        settings = evolve(settings, protocol=known.id)
        if known.eligibility.age_days_max is not None:
            settings = evolve(settings, infant_limit_days=known.eligibility.age_days_max + 1)
    if criteria is not None:
        settings = evolve(settings, criteria=_criteria(criteria))
    if infant_limit_days is not None:
        if infant_limit_days not in INFANT_LIMITS:
            raise UsageError(f"no definition of an infant ends at {infant_limit_days} days: say 365 or 366")
        settings = evolve(settings, infant_limit_days=infant_limit_days)
    return settings


def _criteria(name: str) -> Criteria:
    wanted = name.strip().casefold().replace("-", "_").replace(" ", "_")
    known = [word.value for word in Criteria if word is not Criteria.AS_STATED]
    if wanted not in known:
        hint = did_you_mean(wanted, known) or f"known are {', '.join(known)}"
        raise UsageError(f"no remission criteria {name!r}: {hint}")
    return Criteria(wanted)
