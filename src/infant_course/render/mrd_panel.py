"""MRD of many patients over the time points of a protocol: one line for each patient, one panel for each group.

Four states are kept apart: quantified; positive without a level; not detected by an assay of known sensitivity, at
that sensitivity; and not detected by one of unknown sensitivity, which has no level and stands in a strip of its own.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ..cohort import Cohort, expect_cohort
from ..errors import UsageError
from ..events import Quantity
from ..knowledge.protocols import the_protocol
from ..knowledge.thresholds import threshold
from .cohort_figure import CohortFigure, many, shortened
from .cohort_page import page_width
from .cohort_people import (
    ATTRIBUTE_TYPES,
    GROUPS,
    Happening,
    Person,
    attribute_name,
    group_key,
    group_name,
    known_attribute,
    people_of,
    word_of,
)
from .mrd_panel_layout import MrdPanelFigure, Panel, Result, Track, lay_out
from .timeline_figure import Assay, MrdState, Threshold, clean
from .timeline_mrd import LOWEST

MOST_PANELS = 12
MOST_POINTS = 12
MOST_PATIENTS = 150
"""Most patients of a panel."""
_ASSAYS = {"pcr": Assay.PCR, "flow": Assay.FLOW, "ngs": Assay.NGS, "morphology": Assay.MORPHOLOGY, None: Assay.UNKNOWN}
_LATE = 10**7
_DASHES = ((4.0, 1.5), (0.8, 1.6), (4.0, 1.5, 0.8, 1.5))


def mrd_panel(
    cohort: Cohort,
    *,
    protocol: str | None = None,
    group_by: str | None = None,
    ids: bool = True,
    width: int = 170,
) -> CohortFigure:
    """Draw the MRD of a cohort.

    ``protocol``: its time points in its order, and its thresholds; without one, the names that the data hold, in the
    order of their days. ``group_by``: an attribute to make panels of. ``ids``: write study numbers into the table and
    the titles. Raises UsageError for a word that is not known, and where no result can be drawn.
    """
    expect_cohort("mrd_panel", cohort)
    if group_by is not None:
        known_attribute(group_by, GROUPS, what="group-by")
    points = page_width(width)
    planned = the_protocol(protocol) if protocol else None
    people = people_of(cohort, (*ATTRIBUTE_TYPES, "mrd"))
    names = {point.id: point.name for point in planned.mrd_timepoints} if planned else _named(people)
    if planned and not names:
        raise UsageError(f"mrd-panel: no MRD time points are known of {planned.id}; leave --protocol out")
    left_out: Counter[str] = Counter()
    rows: list[tuple[str, ...]] = []
    tracks: dict[str, list[Track]] = {}
    for number, person in enumerate(people, start=1):
        shown = person.id if ids else f"patient {number}"
        group = word_of(person, group_by) if group_by else ""
        results: dict[tuple[str, Assay, str], Result] = {}
        for event in person.of("mrd"):
            found = _result(event, names)
            if isinstance(found, str):
                left_out[found] += 1
                rows.append(
                    (shown, group, clean(event.fields["timepoint"] or ""), "", "", "", "", "", f"not drawn: {found}")
                )
                continue
            key = (found.point, found.assay, found.specimen)
            if key in results:
                found_twice = "a second result of one assay and specimen at a time point"
                left_out[found_twice] += 1
                rows.append((shown, group, names[found.point], *_cells(found), f"not drawn: {found_twice}"))
                continue
            results[key] = found
            rows.append((shown, group, names[found.point], *_cells(found), ""))
        if results:
            tracks.setdefault(group, []).append(Track(name=shown, results=tuple(results.values())))
    if not tracks:
        reasons = "; ".join(f"{count}: {reason}" for reason, count in sorted(left_out.items())) or "there is none"
        raise UsageError(f"mrd-panel: no MRD result can be drawn ({reasons})")
    used = [point for point in names if any(r.point == point for g in tracks.values() for t in g for r in t.results)]
    order = list(names) if planned else used
    if len(order) > MOST_POINTS:
        raise UsageError(f"mrd-panel: {len(order)} time points; at most {MOST_POINTS} can be read: name a --protocol")
    if len(tracks) > MOST_PANELS:
        raise UsageError(f"group-by {group_by}: {len(tracks)} groups; at most {MOST_PANELS} can be read")
    fullest = max(len(group) for group in tracks.values())
    if fullest > MOST_PATIENTS:
        raise UsageError(
            f"mrd-panel: {fullest:,} patients in one panel; at most {MOST_PATIENTS} can be read: "
            "ask for a --group-by of smaller groups, or draw a part of the cohort"
        )
    figure = MrdPanelFigure(
        points=tuple((point, names[point]) for point in order),
        panels=tuple(
            Panel(
                name=group_name(group_by, word) if group_by else "",
                tracks=tuple(tracks[word]),
            )
            for word in sorted(tracks, key=group_key)
        ),
        thresholds=_thresholds(planned),
    )
    notes = _notes(left_out)
    drawn = sum(len(group) for group in tracks.values())
    alt = _alt(figure, drawn, len(people))
    page = lay_out(figure, points)
    page.title, page.description = "MRD by time point", " ".join([alt, *notes])
    head = ("patient", attribute_name(group_by) if group_by else "group", "time_point", "state", "fraction")
    return CohortFigure(
        page=page,
        caption=_caption(figure, drawn, len(people), planned.name if planned else "", notes),
        alt=alt,
        rows=((*head, "sensitivity", "assay", "specimen", "remark"), *rows),
        notes=notes,
    )


def _named(people: Sequence[Person]) -> dict[str, str]:
    """The time points that the data name, by their median day since diagnosis, as far as it is known."""
    days: dict[str, list[float]] = {}
    for person in people:
        zero = person.zero("diagnosis")
        for event in person.of("mrd"):
            name = event.fields["timepoint"]
            if name:
                found = days.setdefault(name, [])
                span = person.days(zero.start, event.start) if zero else None
                if span and span.known:
                    found.append(span.middle)
    middle = {name: sorted(found)[len(found) // 2] if found else _LATE for name, found in days.items()}
    return {name: clean(name) for name in sorted(middle, key=lambda name: (middle[name], name))}


def _result(event: Happening, names: Mapping[str, str]) -> Result | str:
    """A result as it is drawn, or why it is not."""
    stated = event.fields["timepoint"]
    if stated is None:
        return "no time point stated"
    folded = {_folded(word): point for point, name in names.items() for word in (point, name)}
    point = stated if stated in names else folded.get(_folded(stated))
    if point is None:
        return "a time point that the protocol does not name"
    result = event.fields["result"]
    told = {name: _fraction(event.fields[name]) for name in ("value", "sensitivity", "quantitative_limit")}
    if any(level is not None and not 0 < level <= 1 for level in told.values()):
        return "a level or limit without a usable unit, not above 0, or above 1"
    value, sensitivity, limit = told.values()
    if result == "not_evaluable" or (result is None and value is None):
        return "not evaluable, or no result"
    if result == "negative":
        state = MrdState.NOT_DETECTED if sensitivity is None else MrdState.NOT_DETECTED_AT
        level = sensitivity
    elif result == "positive_below_range":
        state, level = MrdState.POSITIVE, sensitivity or limit
    elif value is not None:
        state, level = MrdState.QUANTIFIED, value
    else:
        state, level = MrdState.POSITIVE, None
    return Result(
        point=point,
        state=state,
        level=level,
        upto=limit if state is MrdState.POSITIVE and level != limit else None,
        sensitivity=sensitivity,
        assay=_ASSAYS[event.fields["method"]],
        specimen=event.fields["specimen"] or "",
    )


def _folded(text: str) -> str:
    return text.casefold().replace("-", " ").replace("_", " ")


def _fraction(value: Any) -> float | None:
    """A quantity as a fraction; -1 where its unit cannot be used."""
    if value is None:
        return None
    try:
        return Quantity(value["value"], value["unit"]).to("fraction")
    except KeyError:
        return -1.0


def _thresholds(planned: Any) -> tuple[Threshold, ...]:
    """The limit of MRD response, and those that the protocol acts on."""
    negative = threshold("mrd_negative_sensitivity").value
    found = {negative: f"limit of MRD response, {100 * negative:g} %"}
    for point in planned.mrd_timepoints if planned else ():
        if point.threshold is not None and point.threshold not in found:
            found[point.threshold] = f"{100 * point.threshold:g} %, {point.name}"
    dashes = {value: _DASHES[min(n, len(_DASHES) - 1)] for n, value in enumerate(found)}
    return tuple(Threshold(value, label, dashes[value]) for value, label in sorted(found.items()))


# Words.


def _cells(result: Result) -> tuple[str, str, str, str, str]:
    level = "" if result.state is MrdState.NOT_DETECTED_AT or result.level is None else f"{result.level:g}"
    sensitivity = "" if result.sensitivity is None else f"{result.sensitivity:g}"
    if result.state is MrdState.POSITIVE:
        level = ""
    return result.state.value, level, sensitivity, result.assay.value, result.specimen


def _notes(left_out: Mapping[str, int]) -> tuple[str, ...]:
    if not left_out:
        return ()
    why = "; ".join(f"{count}: {reason}" for reason, count in sorted(left_out.items()))
    return (f"{many(sum(left_out.values()), 'MRD result')} not drawn ({why}); listed in the table.",)


def _alt(figure: MrdPanelFigure, drawn: int, total: int) -> str:
    results = [result for panel in figure.panels for track in panel.tracks for result in track.results]
    negative = sum(result.state in (MrdState.NOT_DETECTED, MrdState.NOT_DETECTED_AT) for result in results)
    return shortened(
        f"MRD of {drawn} of {many(total, 'patient')} on a log scale at {many(len(figure.points), 'time point')}"
        + (f" in {len(figure.panels)} panels" if len(figure.panels) > 1 else "")
        + f": {many(len(results), 'result')}, {negative} not detected."
    )


def _caption(figure: MrdPanelFigure, drawn: int, total: int, protocol: str, notes: Sequence[str]) -> str:
    results = [result for panel in figure.panels for track in panel.tracks for result in track.results]
    states = {result.state for result in results}
    whose = f"the time points of {protocol}" if protocol else "time points as named in the data, in the order of days"
    parts = [
        f"Minimal residual disease (MRD) of {drawn} of {many(total, 'patient')} at {whose}. "
        "Each line joins consecutive time points of one patient by one assay in one specimen; it is dashed where "
        "either end has no measured level. Points that would cover each other are moved sideways."
    ]
    if any(result.level is not None and result.level < 10.0**LOWEST for result in results):
        parts.append(f"What lies below 10^{LOWEST} stands at 10^{LOWEST}.")
    if MrdState.NOT_DETECTED_AT in states:
        parts.append("Hollow with an arrow: not detected, drawn at the sensitivity of the assay.")
    if MrdState.NOT_DETECTED in states:
        parts.append("ND: not detected by an assay whose sensitivity was not reported.")
    if MrdState.POSITIVE in states:
        parts.append("Half filled: positive, not quantifiable; +: positive, level not reported.")
    parts.append(
        "Under the axis: patients tested, and of them those in whom MRD was not detected with a sensitivity of "
        "0.01 % or better."
    )
    return " ".join([*parts, *notes])
