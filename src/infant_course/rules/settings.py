"""What a run of the rules may be told: limits the sources leave open, with their defaults."""

from datetime import date

from attrs import frozen

from ..statements import END_WINDOW_DAYS


@frozen(kw_only=True)
class Settings:
    """Settings of a run; every one is shown in the report.

    ``infant_limit_days``: age at diagnosis must be below this (365 in MLL-10 and Total 16, 366 in Interfant-99
    and AALL0631). ``end_window_days``: how far "at the end of" an event may lie from that end, on either side
    (provisional: chosen here). ``cut_off``: last day of the data; without it nothing is too late, because no rule
    reads the clock. ``debug``: let a rule's own failure through.
    """

    infant_limit_days: int = 365
    end_window_days: int = END_WINDOW_DAYS
    cut_off: date | None = None
    debug: bool = False

    @property
    def cut_off_day(self) -> int | None:
        """The cut-off in days since 1970-01-01."""
        return (self.cut_off - date(1970, 1, 1)).days if self.cut_off else None
