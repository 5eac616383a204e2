"""Where everything in a timeline stands, in numbers only.

From the top: event labels on levels, event glyphs with their brackets, the status band, one lane for each kind of
treatment, the MRD track, the axis, the key and the notes. No label meets another label, a bar or a glyph, by
construction: bars are packed together with their labels, event labels rise until they are free.
"""

from .style import Style
from .timeline_axis import lay_axis
from .timeline_band import lay_band
from .timeline_events import lay_events, relapse_lines
from .timeline_figure import Lane, TimelineFigure
from .timeline_key import ask_for_keys, lay_key
from .timeline_lanes import lay_lane, name_lines
from .timeline_mrd import has_level, lay_mrd
from .timeline_places import Layout, Sheet, Type, measure
from .timeline_scale import scale_of

PLAIN = Style()

_MARGIN = 5.0
_NARROW = 330.0  # pt: a page of one column, or of one and a half


def lay_out(figure: TimelineFigure, style: Style = PLAIN) -> Layout:
    """Lay out a timeline on a page as wide as the style says; the height follows from what it holds."""
    width, kind = style.page_width, Type(style.text)
    narrow = width < _NARROW
    lanes = [lane for lane in Lane if any(item.lane is lane for item in figure.items)]
    names = [*(str(lane) for lane in lanes), *(["Disease status"] if figure.status else [])]
    column = max((measure(line, kind.names) for name in names for line in name_lines(name, narrow=narrow)), default=0.0)
    column = max(column, 4.9 * kind.names if figure.mrd else 0.0)
    left = _MARGIN + column + 9
    right = width - _MARGIN - (4.0 * kind.names if any(has_level(point) for point in figure.mrd) else 9.0)
    scale = scale_of(figure, left, right)
    sheet = Sheet(kind, narrow)
    y = lay_events(sheet, figure, scale, _MARGIN)
    relapse_from = y
    y = lay_band(sheet, figure.status, scale, y + 1.5) if figure.status else y
    for lane in lanes:
        if lane is not Lane.EVENTS:
            y = lay_lane(sheet, lane, [item for item in figure.items if item.lane is lane], scale, y)
    y = lay_mrd(sheet, figure, scale, y + 8) if figure.mrd else y + 4
    axis = y
    y = lay_axis(sheet, figure, scale, y)
    ask_for_keys(sheet, figure)
    y = lay_key(sheet, figure, _MARGIN if narrow else left, width - _MARGIN, y + 1)
    relapse_lines(sheet, figure, scale, relapse_from, axis)
    return Layout(
        width=width,
        height=round(y + _MARGIN, 2),
        title=figure.title,
        description=figure.description,
        strokes=tuple(sheet.strokes),
        regions=tuple(sheet.regions),
        bars=tuple(sheet.bars),
        brackets=tuple(sheet.brackets),
        marks=tuple(sheet.marks),
        mrd=tuple(sheet.mrd),
        labels=tuple(sheet.labels),
        swatches=tuple(sheet.swatches),
        turned=tuple(sheet.turned),
    )
