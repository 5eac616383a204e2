"""The Kaplan-Meier curve of an end point, with its numbers at risk.

Where times are known only between two days, two curves are drawn: all times at their earliest, and all at their
latest. Neither is a bound at every time (an earlier event can raise a later part of the curve), and nothing between
is claimed. Patients without a time that can be used are counted with the reason.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from attrs import frozen

from ..cohort import Cohort, expect_cohort
from ..errors import UsageError
from .cohort_figure import CohortFigure, many, shortened
from .cohort_page import page_width
from .cohort_people import (
    ATTRIBUTE_TYPES,
    GROUPS,
    attribute_name,
    group_key,
    group_name,
    known_attribute,
    people_of,
    word_of,
)
from .curve_estimate import Curve, Step, estimate
from .curve_layout import CurveFigure, Group, lay_out
from .curve_times import ENDPOINTS, Choices, EndPoint, Outcome, outcome_of
from .timeline_figure import MONTH

MOST_GROUPS = 6
HORIZONS = (36, 60)
"""Months at which the estimate is told unless others are asked for."""
FEWEST = 5
"""Below so many at risk the curve is grey."""


@frozen(kw_only=True)
class Estimates:
    """What a curve shows: by group the outcomes used, and why others were not."""

    end_point: EndPoint
    choices: Choices
    groups: Mapping[str, tuple[Outcome, ...]]
    unusable: tuple[tuple[str, str], ...]

    def curves(self, group: str) -> tuple[Curve, Curve]:
        """The curve with all times at their earliest, and with all at their latest."""
        told = self.groups[group]
        return (
            estimate((one.least, one.event) for one in told),
            estimate((one.greatest, one.event) for one in told),
        )


def estimates_of(
    cohort: Cohort,
    endpoint: str = "efs",
    *,
    group_by: str | None = None,
    censor_at_hsct: bool = False,
    failure_at_zero: bool = False,
    ids: bool = True,
) -> Estimates:
    """The times of an end point, as :func:`curve` draws them."""
    if endpoint not in ENDPOINTS:
        raise UsageError(f"endpoint: no end point {endpoint!r}: known are {', '.join(ENDPOINTS)}")
    if group_by is not None:
        known_attribute(group_by, GROUPS, what="group-by")
    end_point = ENDPOINTS[endpoint]
    if failure_at_zero and "refractory" not in end_point.types:
        raise UsageError(f"failure-at-zero: {endpoint} has no such event; it is a choice of efs")
    choices = Choices(censor_at_hsct=censor_at_hsct, failure_at_zero=failure_at_zero)
    types = dict.fromkeys((*ATTRIBUTE_TYPES, *end_point.types, "death", "last_contact", "transplant"))
    groups: dict[str, list[Outcome]] = {}
    unusable = []
    for number, person in enumerate(people_of(cohort, types), start=1):
        name = person.id if ids else f"patient {number}"
        found = outcome_of(person, name, end_point, choices)
        if isinstance(found, str):
            unusable.append((name, found))
        else:
            groups.setdefault(word_of(person, group_by) if group_by else "", []).append(found)
    return Estimates(
        end_point=end_point,
        choices=choices,
        groups={word: tuple(groups[word]) for word in sorted(groups, key=group_key)},
        unusable=tuple(unusable),
    )


def curve(
    cohort: Cohort,
    endpoint: str = "efs",
    *,
    group_by: str | None = None,
    censor_at_hsct: bool = False,
    failure_at_zero: bool = False,
    at: Sequence[int] = HORIZONS,
    until: int | None = None,
    ids: bool = True,
    width: int = 80,
) -> CohortFigure:
    """Draw the Kaplan-Meier curve of "os" or "efs" from diagnosis.

    ``censor_at_hsct`` and ``failure_at_zero``: see :class:`infant_course.render.curve_times.Choices`. ``at``: months
    at which the caption tells the estimate. ``until``: the last month of the axis. Raises UsageError for a word that
    is not known, and where no patient has a time that can be used.
    """
    expect_cohort("curve", cohort)
    points = page_width(width)
    if any(month < 1 for month in at):
        raise UsageError("at: expected numbers of months from 1")
    if until is not None and until < 1:
        raise UsageError(f"until: expected a number of months from 1, found {until}")
    found = estimates_of(
        cohort,
        endpoint,
        group_by=group_by,
        censor_at_hsct=censor_at_hsct,
        failure_at_zero=failure_at_zero,
        ids=ids,
    )
    if not found.groups:
        reasons = "; ".join(sorted({reason for _, reason in found.unusable})) or "there are no patients"
        raise UsageError(f"curve: no patient has a time of {endpoint} that can be used: {reasons}")
    if len(found.groups) > MOST_GROUPS:
        raise UsageError(f"group-by {group_by}: {len(found.groups)} groups; at most {MOST_GROUPS} can be read")
    names = {word: group_name(group_by, word) if group_by else "All patients" for word in found.groups}
    figure = CurveFigure(
        name=found.end_point.name,
        groups=tuple(Group(names[word], *found.curves(word)) for word in found.groups),
        fewest=FEWEST,
        cut=until * MONTH if until else None,
    )
    notes = _notes(found)
    told = [sentence for group in figure.groups for sentence in _horizons(group, at)]
    alt = _alt(figure, found, [sentence for group in figure.groups for sentence in _horizons(group, at[-1:])])
    page = lay_out(figure, points)
    page.title, page.description = f"{found.end_point.name} (Kaplan-Meier)", " ".join([alt, *notes])
    return CohortFigure(
        page=page,
        caption=_caption(found, told, notes),
        alt=alt,
        rows=_rows(figure, found, attribute_name(group_by) if group_by else "group"),
        notes=notes,
    )


# Words.


def _notes(found: Estimates) -> tuple[str, ...]:
    notes = []
    used = [one for outcomes in found.groups.values() for one in outcomes]
    if found.unusable:
        counts = Counter(reason for _, reason in found.unusable)
        why = "; ".join(f"{count}: {reason}" for reason, count in sorted(counts.items()))
        total = len(used) + len(found.unusable)
        notes.append(f"{len(found.unusable)} of {many(total, 'patient')} not used ({why}); listed in the table.")
    partly = sum(not one.exact for one in used)
    if partly:
        notes.append(
            f"{partly} of {many(len(used), 'time')} {'is' if partly == 1 else 'are'} known only between two days: one "
            "curve has all times at their earliest, the other all at their latest; neither is a bound at every time."
        )
    return tuple(notes)


def _horizons(group: Group, at: Sequence[int]) -> list[str]:
    """The estimate at some months, in words."""
    told = []
    for month in at:
        day = month * MONTH
        curves = (group.earliest, group.latest)
        if any(one.last < day and one.survival(day) > 0 for one in curves):
            told.append(f"{group.name}: not followed for {month} months")
            continue
        rates = sorted({f"{100 * one.survival(day):.1f}" for one in curves}, key=float)
        rate = f"{rates[0]} %" if len(rates) == 1 else f"{rates[0]} or {rates[1]} %"
        steps = [step for one in curves if (step := one.at(day))]
        lows, highs = _bounds(steps)
        interval = f" (95 % CI {100 * lows:.1f} to {100 * highs:.1f})" if lows is not None and highs is not None else ""
        least = min(one.at_risk(day) for one in curves)
        few = f", fewer than {FEWEST} at risk" if least < FEWEST else ""
        told.append(f"{group.name}: {rate} at {month} months{interval}{few}")
    return told


def _bounds(steps: Sequence[Step]) -> tuple[float | None, float | None]:
    lows = [step.lower for step in steps if step.lower is not None]
    highs = [step.upper for step in steps if step.upper is not None]
    return min(lows, default=None), max(highs, default=None)


def _caption(found: Estimates, told: Sequence[str], notes: Sequence[str]) -> str:
    used = [one for outcomes in found.groups.values() for one in outcomes]
    end_point, choices = found.end_point, found.choices
    parts = [
        f"{end_point.name} from diagnosis, Kaplan-Meier estimate of {many(len(used), 'patient')}. "
        f"Event: {end_point.events} ({end_point.source}). Without an event, patients are censored at the last contact; "
        "of whom no event is recorded none is taken to have happened until then."
    ]
    parts.append(
        "Follow-up ends at the first HSCT, which is a censoring."
        if choices.censor_at_hsct
        else "HSCT is neither an event nor a censoring."
    )
    if "refractory" in end_point.types:
        where = "on day 0" if choices.failure_at_zero else "on its stated day"
        parts.append(f"Treatment failure as the first event counts {where}.")
    parts.append(
        f"Dotted: pointwise 95 % confidence interval (Greenwood, log-log); ticks: censored; grey: fewer than {FEWEST} "
        "at risk."
    )
    return " ".join([*parts, "; ".join(told) + ".", *notes])


def _alt(figure: CurveFigure, found: Estimates, told: Sequence[str]) -> str:
    used = [one for outcomes in found.groups.values() for one in outcomes]
    events = sum(one.event for one in used)
    return shortened(
        f"Kaplan-Meier curve of {figure.name.lower()}, {many(len(used), 'patient')}, {many(events, 'event')}. "
        + "; ".join(told)
        + "."
    )


def _rows(figure: CurveFigure, found: Estimates, group: str) -> tuple[tuple[str, ...], ...]:
    head = ("curve", "day", "at_risk", "events", "censored", "survival", "ci_lower", "ci_upper", "remark")
    rows: list[tuple[str, ...]] = [(group, *head)]
    for one in figure.groups:
        kinds = (("", one.earliest),) if one.exact else (("earliest", one.earliest), ("latest", one.latest))
        for kind, drawn in kinds:
            for step in drawn.steps:
                numbers = (step.at_risk, step.events, step.censored)
                rates = (step.survival, step.lower, step.upper)
                rows.append(
                    (
                        one.name,
                        kind,
                        f"{step.time:g}",
                        *map(str, numbers),
                        *("" if rate is None else f"{rate:.4f}" for rate in rates),
                        "",
                    )
                )
    rows += [("", "", "", "", "", "", "", "", "", f"{name} not used: {reason}") for name, reason in found.unusable]
    return tuple(rows)
