"""What stands under a timeline: the key of what occurs, the findings, the note and the remarks."""

from .metrics import wrap
from .timeline_figure import Certainty, Lane, TimelineFigure
from .timeline_places import Label, Sheet, Swatch, flag_width, measure, shorten

_CHEMOTHERAPY = {
    "chemotherapy": "chemotherapy, lymphoid",
    "maintenance": "maintenance",
    "myeloid": "myeloid-directed or second line",
}
_MOST_LINES = 3
"""Lines of a finding or a remark; the whole is in the description of the file."""
MOST_FLAGS = 40
"""More findings than this are counted in the key, not told."""


def ask_for_keys(sheet: Sheet, figure: TimelineFigure) -> None:
    """Key entries for the styles of uncertainty that occur; brackets and tints only where they were drawn."""
    bars = [item for item in figure.items if item.end is not None]
    tones = [kind for kind in _CHEMOTHERAPY if any(b.lane is Lane.CHEMOTHERAPY and b.kind == kind for b in bars)]
    for kind in tones if len(tones) > 1 else []:
        sheet.key(f"bar {kind}", _CHEMOTHERAPY[kind])
    outlines = {bar.outline for bar in sheet.bars}
    if "planned" in outlines:
        sheet.key("planned", "planned; open at a side whose day is not told")
    if "dashed" in outlines or any(mark.nominal for mark in sheet.mrd):
        sheet.key("dashed", "nominal time, from the protocol")
    if (
        "dotted" in outlines
        or any(item.start.certainty is Certainty.ORDER_ONLY for item in figure.items)
        or any(point.at.certainty is Certainty.ORDER_ONLY for point in figure.mrd)
    ):
        sheet.key("dotted", "?, dotted: in order only, known or told; at equal steps")
    unknown = any(bar.open_left or (bar.open_right and not bar.arrow) for bar in sheet.bars if bar.outline != "planned")
    nominal = any(bar.tints for bar in sheet.bars if bar.outline == "dashed")
    if unknown or nominal:
        words = ["plausible range"] if nominal else []
        sheet.key("fading", " or ".join([*words, *(["start or end not known"] if unknown else [])]))
    kinds_drawn = {one.cls.rpartition(" ")[2] for one in sheet.brackets}
    if "rounded" in kinds_drawn:
        sheet.key("bracket rounded", "rounded or partly given: any of these days")
    if kinds_drawn - {"rounded", "nominal"}:
        words = ["earliest to latest"] if Certainty.INTERVAL in figure.certainties else []
        if Certainty.ORDER_ONLY in figure.certainties:
            words.append("neighbour to neighbour where marked ?")
        sheet.key("bracket", "; ".join(words) or "earliest to latest")
    if "nominal" in kinds_drawn:
        sheet.key("bracket nominal", "nominal range of a result, from the protocol")
    if any(bar.end is not None and bar.end.certainty is Certainty.ONGOING for bar in bars):
        sheet.key("ongoing", "ongoing when last seen")


def lay_key(sheet: Sheet, figure: TimelineFigure, left: float, right: float, y: float) -> float:
    """The key in as many lines as it takes, then findings, note and remarks; returns the lower edge."""
    size, step = sheet.type.labels, sheet.type.line
    x, baseline = left, y
    last = ("number", "sign")  # what explains a sign of this figure alone
    for n, (kind, text) in enumerate(sorted(sheet.keyed, key=lambda entry: entry[0].startswith(last))):
        text = shorten(text, size, right - left - 14)
        wide = 13 + measure(text, size)
        if n == 0 or x + wide > right:
            x, baseline = left, baseline + step
        sheet.swatches.append(Swatch(kind, x + 5, baseline - 0.36 * size))
        sheet.labels.append(Label(text, x + 13, baseline, size, cls="key"))
        x += wide + 9
    baseline = _findings(sheet, figure, left, right, baseline)
    lines = [figure.note] if figure.note else []
    lines += [line for remark in figure.remarks for line in wrap(remark, size, right - left, _MOST_LINES)]
    if lines and sheet.keyed:
        baseline += 2
    for line in lines:
        baseline += step
        sheet.labels.append(Label(line, left, baseline, size, cls="note"))
    return baseline + (2 if lines or sheet.keyed or figure.flags else -4)


def _findings(sheet: Sheet, figure: TimelineFigure, left: float, right: float, baseline: float) -> float:
    """What each flag says, after a flag of its own; returns the last baseline."""
    size, step = sheet.type.labels, sheet.type.line
    told = figure.flags[:MOST_FLAGS]
    if told:
        kinds = {one.flag.failed for one in figure.flags if one.flag}
        words = [("black square: failed", True), ("white: undecided", False)]
        shapes = "; ".join(text for text, failed in words if failed in kinds)
        heading = f"Findings ({shapes})" if shapes else "Findings"
        baseline += step + 2
        sheet.labels.append(Label(heading, left, baseline, size, cls="key finding"))
    for one in told:
        wide = flag_width(one.flag) if one.flag else -3.5
        lines = wrap(one.text, size, right - left - wide - 5, _MOST_LINES)
        for n, line in enumerate(lines):
            baseline += step
            if n == 0 and one.flag:
                sheet.labels.append(Label("", left - 1.4, baseline, size, cls="key", flags=(one.flag,)))
            sheet.labels.append(Label(line, left + wide + 3.5, baseline, size, cls="key finding"))
    if len(figure.flags) > len(told):
        baseline += step
        more = f"and {len(figure.flags) - len(told)} more, told in the description of this file"
        sheet.labels.append(Label(more, left, baseline, size, cls="key finding"))
    return baseline
