"""Hand-made timeline figures and the one judge of a layout that all timeline tests share."""

from itertools import combinations

from infant_course.render.timeline_figure import (
    Assay,
    Certainty,
    Item,
    Lane,
    MrdPoint,
    MrdState,
    Placed,
    Span,
    Threshold,
    TimelineFigure,
)
from infant_course.render.timeline_places import Box, Layout, Stroke

on = Placed.on
THRESHOLDS = (Threshold(1e-4, "0.01 %", (5, 2)), Threshold(1e-2, "1 %", (0.8, 1.6)))


def order(day: float, step: float) -> Placed:
    """A time of which only the order is known."""
    return Placed(day, day - step, day + step, Certainty.ORDER_ONLY)


def event(kind: str, label: str, start: Placed, **more: bool) -> Item:
    return Item(lane=Lane.EVENTS, kind=kind, label=label, start=start, **more)


def block(label: str, start: Placed, end: Placed, kind: str = "chemotherapy") -> Item:
    return Item(lane=Lane.CHEMOTHERAPY, kind=kind, label=label, start=start, end=end)


def figure(*items: Item, mrd: tuple[MrdPoint, ...] = (), status: tuple[Span, ...] = ()) -> TimelineFigure:
    return TimelineFigure(
        title="A", description="B", items=items, mrd=mrd, status=status, thresholds=THRESHOLDS if mrd else ()
    )


def dated() -> TimelineFigure:
    """A synthetic course in which every time is reported: relapse with lineage switch on one day, all lanes."""
    rounded = Placed(361, 346, 376, Certainty.ROUNDED)
    return figure(
        event("diagnosis", "Diagnosis", on(0)),
        event("remission", "CR1", on(33)),
        event("relapse", "Relapse 1: marrow + CNS", on(300)),
        event("lineage_switch", "Lineage switch to monocytic", on(300)),
        event("remission", "CR2", rounded),
        event("alive", "Alive, CR2", on(1825), follow_up=True),
        block("Ind", on(0), on(33)),
        block("IB", on(36), on(78)),
        block("MARMA", on(90), on(150)),
        block("Maintenance", on(240), on(300), "maintenance"),
        block("FLA-Ida", on(306), Placed(340, 330, 350, Certainty.INTERVAL), "myeloid"),
        Item(
            lane=Lane.TARGETED,
            kind="antibody",
            label="Menin inhibitor",
            start=on(500),
            end=Placed(1825, 1825, 1825, Certainty.ONGOING),
        ),
        Item(lane=Lane.HSCT, kind="hsct", label="HSCT: cord blood", start=on(450)),
        mrd=(
            MrdPoint(at=on(0), state=MrdState.QUANTIFIED, assay=Assay.FLOW, value=0.93, label="93 %"),
            MrdPoint(at=on(33), state=MrdState.QUANTIFIED, assay=Assay.PCR, value=4e-4, label="4 × 10^-4"),
            MrdPoint(at=on(78), state=MrdState.POSITIVE, assay=Assay.PCR, value=1e-5, above=1e-4),
            MrdPoint(at=on(150), state=MrdState.NOT_DETECTED_AT, assay=Assay.PCR, value=1e-5),
            MrdPoint(at=on(230), state=MrdState.NOT_DETECTED, assay=Assay.FLOW),
        ),
        status=(
            Span(kind="active", label="Active", start=on(0), end=on(33)),
            Span(kind="remission", label="CR1", start=on(33), end=on(300)),
            Span(kind="active", label="Relapse", start=on(300), end=rounded),
            Span(kind="remission", label="CR2", start=rounded, end=on(1825)),
        ),
    )


def by_order() -> TimelineFigure:
    """A course of which only the order is known, like the published ones."""
    return figure(
        event("diagnosis", "Diagnosis", on(0)),
        event("molecular_relapse", "MRD re-emergence", order(600, 200)),
        event("mrd_response", "MRD remission 2", order(800, 200)),
        event("alive", "Alive, CR", on(1600), follow_up=True),
        block("Ind", Placed(7, 0, 7, Certainty.NOMINAL), Placed(35, 35, 120, Certainty.NOMINAL)),
        block("OCTADAD", order(400, 200), order(560, 200)),
        Item(lane=Lane.CELL_THERAPY, kind="car_t", label="CAR T cells, CD19 + CD22", start=order(1000, 200)),
        mrd=(
            MrdPoint(at=order(600, 200), state=MrdState.QUANTIFIED, assay=Assay.PCR, value=5e-3, label="5 × 10^-3"),
            MrdPoint(at=order(700, 200), state=MrdState.QUANTIFIED, assay=Assay.FLOW, value=0.01257, label="1.257 %"),
            MrdPoint(at=order(900, 200), state=MrdState.NOT_DETECTED, assay=Assay.PCR),
            MrdPoint(at=order(1100, 200), state=MrdState.NOT_DETECTED, assay=Assay.UNKNOWN),
        ),
    )


def _enters(line: Stroke, box: Box) -> bool:
    """Whether a line passes through the inside of a box."""
    if max(line.x1, line.x2) < box.x or min(line.x1, line.x2) > box.right:
        return False
    if max(line.y1, line.y2) < box.y or min(line.y1, line.y2) > box.bottom:
        return False
    for n in range(101):
        x, y = line.x1 + (line.x2 - line.x1) * n / 100, line.y1 + (line.y2 - line.y1) * n / 100
        if box.x + 0.2 < x < box.right - 0.2 and box.y + 0.2 < y < box.bottom - 0.2:
            return True
    return False


def faults(layout: Layout) -> list[str]:
    """Everything that overlaps what it must not, or leaves the page."""
    found = []
    labels = [(label, label.box) for label in layout.labels]
    for (a, a_box), (b, b_box) in combinations(labels, 2):
        if a_box.touches(b_box):
            found.append(f"label {a.text!r} on label {b.text!r}")
    bars = [(bar, piece) for bar in layout.bars for piece in bar.pieces]
    marks = [(mark.kind, mark.box) for mark in layout.marks] + [("a result", mark.box) for mark in layout.mrd]
    brackets = [bracket.box for bracket in layout.brackets]
    lines = [line for line in layout.strokes if line.cls in ("relapse-line", "value-leader")]
    leaders = [line for line in layout.strokes if line.cls == "leader"]
    for label, box in labels:
        for bar, piece in bars:
            inside = piece.x <= box.x and box.right <= piece.right and label.anchor == "middle"
            if box.touches(piece) and not inside:
                found.append(f"label {label.text!r} on bar {bar.title!r}")
        found += [f"label {label.text!r} on {kind}" for kind, mark in marks if box.touches(mark)]
        found += [f"label {label.text!r} on a bracket" for bracket in brackets if box.touches(bracket, -0.3)]
        found += [f"{line.cls} through {label.text!r}" for line in lines if _enters(line, box)]
        for line in leaders:
            low, high = sorted((line.y1, line.y2))
            if box.x < line.x1 < box.right and box.y < high - 0.01 and low + 0.01 < box.bottom:
                found.append(f"leader through {label.text!r}")
    found += [f"{a.kind} on {b.kind}" for a, b in combinations(layout.marks, 2) if a.box.touches(b.box)]
    found += ["bar on bar" for (_, a), (_, b) in combinations(bars, 2) if a.touches(b, -0.01)]
    found += ["bracket on bracket" for a, b in combinations(brackets, 2) if a.touches(b, -0.01)]
    found += [f"{label.text!r} is too small to read" for label in layout.labels if label.size < 6]
    for box in layout.boxes:
        if box.x < 0 or box.y < 0 or box.right > layout.width or box.bottom > layout.height:
            found.append(f"off the page: {box}")
    return found
