"""Many patients as lanes: phases of treatment as bars, events as marks, follow-up as a line.

A time is drawn where it is known within :data:`NARROW_DAYS`; what is drawn of less than a day's precision has a
bracket from the earliest to the latest day. Patients of whom day 0 or the end is not known so well are listed with
the reason, never dropped in silence. Where the kind of a phase hangs on an order that is not known, it is drawn as
undecided.
"""

from collections.abc import Sequence

from attrs import evolve

from ..cohort import Cohort, expect_cohort
from ..errors import UsageError
from .cohort_figure import CohortFigure, day, many, shortened
from .cohort_page import page_width
from .cohort_people import (
    ATTRIBUTE_TYPES,
    GROUPS,
    ORDERS,
    Happening,
    Person,
    Span,
    attribute_name,
    group_key,
    group_name,
    known_attribute,
    order_of,
    people_of,
    word_of,
    zero_name,
    zero_types,
)
from .swimmer_figure import ENDS, EVENTS, Bar, Lane, Phase, Point, SwimmerFigure
from .swimmer_layout import WIDE_ROWS, lay_out
from .timeline_figure import MONTH
from .timeline_times import NARROW_DAYS

LARGEST = 120
"""Most lanes of a figure."""
MOST_GROUPS = 30
"""Most groups of a figure."""
_SORTED = {"follow-up": "length of follow-up", "first-event": "day of the first event", "id": "study number"}
SORTS = ("follow-up", "first-event", "id", *ORDERS)


_GLYPHS = {
    "refractory": "refractory",
    "relapse": "relapse",
    "mrd_reemergence": "molecular_relapse",
    "lineage_switch": "lineage_switch",
    "cell_therapy": "car_t",
    "transplant": "hsct",
    "second_malignancy": "second_malignancy",
    "organ_transplant": "organ_transplant",
}
_BARS = {
    "immunotherapy": Phase.ANTIBODY,
    "targeted_therapy": Phase.ANTIBODY,
    "lymphodepletion": Phase.CELL,
    "radiotherapy": Phase.RADIOTHERAPY,
    "conditioning": Phase.HSCT,
}
_TYPES = (*ATTRIBUTE_TYPES, "treatment_block", "remission", *_GLYPHS, *_BARS, "last_contact", "death")
_FAILURES = ("relapse", "refractory", "second_malignancy", "death")


def swimmer(
    cohort: Cohort,
    *,
    align: str = "diagnosis",
    group_by: str | None = None,
    sort: str = "follow-up",
    ids: bool = True,
    until: int | None = None,
    width: int = 170,
) -> CohortFigure:
    """The swimmer plot of a cohort of at most 120 patients.

    ``align``: day 0: diagnosis, birth, cr1, hsct, relapse, or the first event of a type. ``group_by``: an attribute
    to make panels of. ``sort``: follow-up (longest first), first-event, id or an attribute. ``ids``: write the study
    numbers. ``until``: the last month of the axis; rows that go on say so. ``width``: mm.
    Raises UsageError for a word that is not known, and for a cohort that is too large or of which nobody can be drawn.
    """
    expect_cohort("swimmer", cohort)
    zero = zero_name(align)
    if group_by is not None:
        known_attribute(group_by, GROUPS, what="group-by")
    known_attribute(sort, SORTS, what="sort")
    if until is not None and until < 1:
        raise UsageError(f"until: expected a number of months from 1, found {until}")
    points = page_width(width)
    if cohort.patients.height > LARGEST:
        raise UsageError(
            f"a swimmer plot of {cohort.patients.height:,} patients could not be read; at most {LARGEST} are drawn. "
            "Draw the curve instead: infant-course curve ... --endpoint efs"
        )
    people = people_of(cohort, (*_TYPES, *zero_types(align)))
    drawn: list[tuple[Person, Lane]] = []
    undrawn: list[tuple[str, str]] = []
    words: dict[str, str] = {}
    for number, person in enumerate(people, start=1):
        name = person.id if ids else f"row {number}"
        found = _lane(person, align, name)
        if isinstance(found, str):
            undrawn.append((name, found))
        else:
            drawn.append((person, found))
            if group_by:
                words[person.id] = word_of(person, group_by)
    if not drawn:
        reasons = "; ".join(sorted({reason for _, reason in undrawn})) or "there are no patients"
        raise UsageError(
            f"no patient can be drawn on a scale of time: {reasons}. The flow needs order only: infant-course flow"
        )
    groups = set(words.values())
    if len(groups) > MOST_GROUPS:
        raise UsageError(f"group-by {group_by}: {len(groups)} groups; at most {MOST_GROUPS} can be read")
    drawn.sort(key=lambda pair: (group_key(words.get(pair[0].id, "")), _sort_key(pair[0], pair[1], sort)))
    lanes = tuple(
        evolve(lane, group=group_name(group_by, words[person.id]) if group_by else "") for person, lane in drawn
    )
    figure = SwimmerFigure(
        zero=zero,
        group=attribute_name(group_by) if group_by else "",
        lanes=lanes,
        ids=ids and len(lanes) <= WIDE_ROWS,
        cut=until * MONTH if until else None,
    )
    notes = _notes(figure, undrawn, len(people))
    alt = _alt(figure, len(people))
    page = lay_out(figure, points)
    page.title, page.description = "Swimmer plot", " ".join([alt, *notes])
    return CohortFigure(
        page=page,
        caption=_caption(figure, sort, notes, len(people)),
        alt=alt,
        rows=_rows(lanes, undrawn, figure.group),
        notes=notes,
    )


# Lanes.


def _lane(person: Person, align: str, name: str) -> Lane | str:
    """The lane of a patient, or why there is none."""
    zero = person.zero(align)
    if zero is None:
        return f"no {zero_name(align)}, or which one is not known"

    def at(point: tuple[str, str]) -> Span:
        return person.days(zero.start, point)

    end, until, last = _end(person, zero)
    if until is None:
        return f"no time from {zero_name(align)} to {last} known within {NARROW_DAYS} days"
    points, bars, left_out = [], [], []
    for event in person.events:
        kind = _glyph(event)
        if kind:
            when = at(event.start)
            if when.within(NARROW_DAYS):
                points.append(Point(kind=kind, name=EVENTS[kind], at=when))
            else:
                left_out.append(EVENTS[kind])
        elif event.type == "treatment_block" or event.type in _BARS:
            bar = _bar(person, event, at(event.start), at(event.end), until)
            if bar:
                bars.append(bar)
            else:
                left_out.append(_bar_name(event))
    if end == "none" and not points and not bars:
        return f"nothing but {zero_name(align)} has a time known within {NARROW_DAYS} days"
    if end == "none":
        reach = [p.at for p in points] + [b.end or b.start for b in bars]
        until = max(reach, key=lambda span: span.middle)
    diagnosis = person.zero("diagnosis")
    since = at(diagnosis.start) if diagnosis else Span(0, 0)
    first = min([0.0, *(p.at.middle for p in points), *(b.start.middle for b in bars)])
    return Lane(
        name=name,
        group="",
        bars=tuple(sorted(bars, key=lambda bar: (bar.start.middle, bar.name))),
        points=tuple(sorted(points, key=lambda point: (point.at.middle, point.kind))),
        since=since.middle if since.within(NARROW_DAYS) else first,
        until=until,
        end=end,
        left_out=tuple(left_out),
    )


def _end(person: Person, zero: Happening) -> tuple[str, Span | None, str]:
    """What stands at the end, when that is (None: not known well enough), and what it is called."""
    deaths, contacts = person.of("death"), person.of("last_contact")
    if deaths:
        span = person.days(zero.start, deaths[0].start)
        if span.within(NARROW_DAYS):
            return "death", span, "death"
        return "death", None, "death"
    if not contacts:
        return "none", Span(0, 0), "the end"
    spans = [(person.days(zero.start, one.start), one) for one in contacts]
    known = [(span, one) for span, one in spans if span.within(NARROW_DAYS)]
    if len(known) < len(spans) or not known:
        return "none", None, "the last contact"
    span, last = max(known, key=lambda pair: (pair[0].middle, -pair[1].ordinal))
    ends = {"alive": "alive", "dead": "death", "lost_to_follow_up": "lost"}
    return ends.get(last.fields["vital_status"] or "", "unstated"), span, "the last contact"


def _glyph(event: Happening) -> str | None:
    if event.type == "remission":
        return "mrd_response" if event.fields["kind"] == "mrd" else "remission"
    return _GLYPHS.get(event.type)


def _bar_name(event: Happening) -> str:
    word = event.fields.get("block") or event.fields.get("agent") or event.fields.get("site") or event.type
    return str(word).replace("_", " ")


def _bar(person: Person, event: Happening, start: Span, end: Span, until: Span) -> Bar | None:
    if not start.within(NARROW_DAYS):
        return None
    ends: Span | None = end if end.within(NARROW_DAYS) else None
    if event.ongoing:
        ends = until
    return Bar(
        phase=_BARS.get(event.type) or phase_of(person, event),
        name=_bar_name(event),
        start=start,
        end=ends,
        ongoing=event.ongoing,
    )


_INDUCTION = ("ib", "ia", "prephase")


def phase_of(person: Person, block: Happening) -> Phase:
    """The kind of a block of chemotherapy: second line after the first relapse or failure, else by its name."""
    name = (block.fields["block"] or "").casefold()
    turns = [person.before(turn.start, block.start) for turn in person.of("relapse", "refractory")]
    if True in turns or "salvage" in name:
        return Phase.SECOND_LINE
    if None in turns:
        return Phase.UNDECIDED
    if name in _INDUCTION or "prephase" in name or (name.startswith("induction") and "intens" not in name):
        return Phase.INDUCTION
    return Phase.POST_INDUCTION


# Order.


def _sort_key(person: Person, lane: Lane, sort: str) -> tuple[float | str, ...]:
    longest = (-lane.until.middle, person.id)
    if sort == "follow-up":
        return longest
    if sort == "id":
        return (person.id,)
    if sort == "first-event":
        first = [point.at.middle for point in lane.points if point.kind in _FAILURES]
        first += [lane.until.middle] if lane.end == "death" else []
        return (min(first), *longest) if first else (float("inf"), *longest)
    return (*order_of(person, sort), *longest)


# Words.


def _notes(figure: SwimmerFigure, undrawn: Sequence[tuple[str, str]], total: int) -> tuple[str, ...]:
    notes = []
    lanes = figure.lanes
    if undrawn:
        counts: dict[str, int] = {}
        for _, reason in undrawn:
            counts[reason] = counts.get(reason, 0) + 1
        why = "; ".join(f"{count}: {reason}" for reason, count in sorted(counts.items()))
        notes.append(f"{len(undrawn)} of {many(total, 'patient')} not drawn ({why}); listed in the table.")
    lost = sum(len(lane.left_out) for lane in lanes)
    if lost:
        verb = "has" if lost == 1 else "have"
        notes.append(
            f"{many(lost, 'event')} {verb} no time known within {NARROW_DAYS} days and {'is' if lost == 1 else 'are'} "
            "not drawn; listed in the table."
        )
    cut = sum(figure.beyond(lane) for lane in lanes)
    if cut and figure.cut is not None:
        notes.append(
            f"The axis ends at month {figure.cut / MONTH:.0f}; {many(cut, 'row goes', 'rows go')} on (»), "
            "with the end in the table."
        )
    return tuple(notes)


def _alt(figure: SwimmerFigure, total: int) -> str:
    lanes = figure.lanes
    ends = [f"{count} {word}" for word in ENDS if (count := sum(lane.end == word for lane in lanes))]
    words = {"none": "with no end stated", "unstated": "of unknown vital status", "death": "died", "lost": "lost"}
    ends = [" ".join([end.split()[0], words.get(end.split()[1], end.split()[1])]) for end in ends]
    relapsed = sum(any(point.kind == "relapse" for point in lane.points) for lane in lanes)
    grouped = f", grouped by {figure.group}" if figure.group else ""
    return shortened(
        f"Swimmer plot of {many(len(lanes), 'patient')} of {total}{grouped}, day 0 at {figure.zero}: "
        f"{relapsed} with a relapse; {', '.join(ends)}."
    )


def _caption(figure: SwimmerFigure, sort: str, notes: Sequence[str], total: int) -> str:
    lanes = figure.lanes
    used = {bar.phase for lane in lanes for bar in lane.bars}
    parts = [
        f"Courses of {len(lanes)} of {many(total, 'patient')}. Each row is one patient"
        + (f", in panels by {figure.group}" if figure.group else "")
        + f"; rows are sorted by {_SORTED.get(sort, attribute_name(sort))}. "
        f"Day 0 is the {figure.zero}; the axis is linear."
    ]
    parts.append("Bars are phases of treatment; the thin line is follow-up.")
    if Phase.SECOND_LINE in used:
        parts.append("Second line: chemotherapy after the first relapse or failure of treatment.")
    if Phase.UNDECIDED in used:
        parts.append("White bars: it is not known whether the chemotherapy came before or after the first relapse.")
    if any(not span.exact for lane in lanes for span in _spans(lane)):
        parts.append("Brackets reach from the earliest to the latest possible day; the mark stands in the middle.")
    parts.append("HSCT, haematopoietic stem cell transplant; MRD, minimal residual disease.")
    return " ".join([*parts, *notes])


def _spans(lane: Lane) -> list[Span]:
    ends = [bar.end for bar in lane.bars if bar.end]
    return [*(bar.start for bar in lane.bars), *ends, *(point.at for point in lane.points), lane.until]


def _rows(lanes: Sequence[Lane], undrawn: Sequence[tuple[str, str]], group: str) -> tuple[tuple[str, ...], ...]:
    rows = [
        (
            "patient",
            group or "group",
            "what",
            "name",
            "start_earliest_day",
            "start_latest_day",
            "end_earliest_day",
            "end_latest_day",
            "remark",
        )
    ]
    for lane in lanes:
        for bar in lane.bars:
            end = bar.end or Span(None, None)
            remark = "ongoing" if bar.ongoing else "" if bar.end else "end not known"
            rows.append((lane.name, lane.group, bar.phase.value, bar.name, *_cells(bar.start), *_cells(end), remark))
        for point in lane.points:
            rows.append((lane.name, lane.group, "event", point.name, *_cells(point.at), "", "", ""))
        rows.append((lane.name, lane.group, "end", ENDS[lane.end], *_cells(lane.until), "", "", ""))
        for name in lane.left_out:
            remark = f"not drawn: time not known within {NARROW_DAYS} days"
            rows.append((lane.name, lane.group, "event", name, "", "", "", "", remark))
    rows += [(name, "", "patient", "", "", "", "", "", f"not drawn: {reason}") for name, reason in undrawn]
    return tuple(rows)


def _cells(span: Span) -> tuple[str, str]:
    return day(span.least), day(span.greatest)
