"""Patients from state to state, or from block to block of first-line treatment, with counts and medians."""

from ..cohort import Cohort, expect_cohort
from ..errors import UsageError
from .cohort_figure import CohortFigure, many, shortened
from .cohort_page import page_width
from .cohort_people import people_of
from .flow_counts import BLOCK_TYPES, END_TYPES, OTHER, STATE_TYPES, UNDECIDED, By, Flow, count, cut, merge, path_of
from .flow_layout import lay_out, months

SMALLEST = 5
"""Least count that is told unless another is asked for: 1 tells all."""
COLUMNS = 6
"""Columns of a flow unless another number is asked for."""
MOST_COLUMNS = {80: 4, 115: 6, 170: 10}
"""Most columns whose labels can be read, by the width in mm."""


def flow_of(
    cohort: Cohort,
    *,
    by: str = "states",
    columns: int = COLUMNS,
    merge_below: int | None = None,
    smallest: int = SMALLEST,
) -> Flow:
    """The counts of a flow, as :func:`flow` draws them."""
    if by not in tuple(By):
        raise UsageError(f"by: expected {' or '.join(By)}, found {by!r}")
    if columns < 2:
        raise UsageError(f"columns: expected a number from 2, found {columns}")
    least = smallest if merge_below is None else merge_below
    for name, number in (("smallest", smallest), ("merge-below", least)):
        if number < 1:
            raise UsageError(f"{name}: expected a number from 1, found {number}")
    people = people_of(cohort, ("diagnosis", *(STATE_TYPES if by == By.STATES else BLOCK_TYPES), *END_TYPES))
    if len(people) < max(smallest, 1):
        raise UsageError(f"a flow of fewer than {max(smallest, 1)} patients is not told; --smallest sets the number")
    paths = [cut(path_of(person, By(by)), columns) for person in people]
    return count(merge(paths, least), smallest=smallest)


def flow(
    cohort: Cohort,
    *,
    by: str = "states",
    columns: int | None = None,
    merge_below: int | None = None,
    smallest: int = SMALLEST,
    width: int = 170,
) -> CohortFigure:
    """Draw the flow of a cohort from its diagnosis.

    ``by``: "states" (remission, relapse, transplant ... to the end) or "blocks" (first-line treatment, until relapse,
    failure or the end). ``columns``: most columns (6, or as many as the width has room for); what comes later is told
    as further steps. ``merge_below``: edges of fewer patients are told as "other" (default: ``smallest``).
    ``smallest``: counts below it are withheld, and so are those from which they could be worked out. Raises UsageError
    for what cannot be drawn so.
    """
    expect_cohort("flow", cohort)
    points = page_width(width)
    most = MOST_COLUMNS[width]
    columns = min(COLUMNS, most) if columns is None else columns
    if columns > most:
        raise UsageError(f"columns: expected 2 to {most} on a width of {width} mm, found {columns}")
    found = flow_of(cohort, by=by, columns=columns, merge_below=merge_below, smallest=smallest)
    least = smallest if merge_below is None else merge_below
    notes = _notes(found, least)
    note = " ".join(["n, patients; mo, median months since diagnosis.", *notes])
    alt = _alt(found, by)
    heads = ["Start", *(f"Step {n}" for n in range(1, found.columns))]
    page = lay_out(found, points, heads, note)
    page.title, page.description = "Flow of patients", " ".join([alt, *notes])
    steps = "states of the disease" if by == By.STATES else "blocks of first-line treatment"
    caption = (
        f"Flow of {found.total} patients through {steps}. The height of bars and ribbons is the number of patients; "
        "whoever leaves stays in the column of leaving. mo: median months since diagnosis of those whose times are "
        "known; where days are not fully known, the least and the greatest possible median."
    )
    return CohortFigure(page=page, caption=" ".join([caption, *notes]), alt=alt, rows=_rows(found), notes=notes)


def _notes(found: Flow, least: int) -> tuple[str, ...]:
    notes = []
    if any(node.name.startswith(OTHER) for node in found.nodes):
        notes.append(f"Steps taken by fewer than {least} patients from one node are told together as other.")
    if found.withheld:
        notes.append(
            f"Counts below {found.smallest} are withheld, and so are counts from which they could be worked out."
        )
    if any(node.name == UNDECIDED for node in found.nodes):
        number = "Some patients" if found.undecided is None else many(found.undecided, "patient")
        stop = f"{number} {'stops' if found.undecided == 1 else 'stop'}"
        notes.append(f'{stop} at "{UNDECIDED}": it is not known which of their events came first.')
    return tuple(notes)


def _alt(found: Flow, by: str) -> str:
    ends: dict[str, int | None] = {}
    for node in found.nodes:
        if node.leaves:
            before = ends.get(node.name, 0)
            ends[node.name] = None if before is None or node.count is None else before + node.count
    told = ", ".join(f"{name.lower()} {'withheld' if number is None else number}" for name, number in ends.items())
    return shortened(f"Flow of {found.total} patients by {by} in {found.columns} columns. Ends: {told}.")


def _rows(found: Flow) -> tuple[tuple[str, ...], ...]:
    rows = [("what", "column", "from", "to", "patients", "median_months", "patients_timed")]
    for node in found.nodes:
        rows.append(("node", str(node.column), node.name, "", *_numbers(node.count, node.median, node.timed)))
    for edge in found.edges:
        rows.append(
            ("edge", str(edge.column), edge.source, edge.target, *_numbers(edge.count, edge.median, edge.timed))
        )
    return tuple(rows)


def _numbers(number: int | None, median: tuple[float, float] | None, timed: int) -> tuple[str, str, str]:
    if number is None:
        return "withheld", "", ""
    return str(number), months(median) if median else "", str(timed) if median else ""
