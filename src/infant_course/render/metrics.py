"""Widths of text, without a font at hand.

The advances are those of Liberation Sans Regular (units of 1/2048 em), which has the metrics of Arial and
Helvetica, so that a label takes the room that was measured for it in any of the three.
"""

from collections.abc import Sequence

from .ink import RAISED_SIZE, Run

UNITS_PER_EM = 2048

ADVANCES = {
    391: "'",
    455: "ijl\u012f\u0135\u013a\u013c\u0142\u017f\u03af\u03b9\u2018\u2019",
    532: "|\xa6",
    569: (
        " !,./:;I[\\]ft\xa0\xcc\xcd\xce\xcf\xec\xed\xee\xef\u0128\u0129\u012a\u012b\u012c\u012d\u012e\u0130"
        "\u0131\u0163\u0167\u0399\u03aa"
    ),
    597: "\u013e",
    682: "()-`r\xa1\xa8\xad\xb2\xb3\xb4\xb7\xb8\xb9\u0155\u0157\u0159\u201c\u201d\u201e",
    684: "{}\u0140",
    717: "\u2022",
    727: '"',
    748: "\xba",
    758: "\xaa",
    768: "\u0165",
    797: "*",
    809: "\u03c4",
    819: "\xb0",
    903: "\u03b6",
    909: "\u0133",
    913: "\u03ad\u03b5",
    917: "\u03be",
    961: "^",
    987: "\u03c2",
    1024: (
        "Jcksvxyz\xe7\xfd\xff\u0107\u0109\u010b\u010d\u0134\u0137\u0138\u015b\u015d\u015f\u0161\u0177\u017a"
        "\u017c\u017e\u03b3\u03ba\u03bb\u03bd\u2191\u2193"
    ),
    1075: "\u03c7",
    1100: "\xb6",
    1120: "\u03b0\u03c5",
    1124: "\xb1\xf7\u2264\u2265\u2248\u2260",
    1128: "\u0393",
    1131: "\xaf",
    1139: (
        "#$0123456789?L_abdeghnopqu\xa2\xa3\xa4\xa5\xa7\xab\xbb\xe0\xe1\xe2\xe3\xe4\xe5\xe8\xe9\xea\xeb\xf0"
        "\xf1\xf2\xf3\xf4\xf5\xf6\xf9\xfa\xfb\xfc\xfe\u0101\u0103\u0105\u0111\u0113\u0115\u0117\u0119\u011b"
        "\u011d\u011f\u0121\u0123\u0125\u0127\u0139\u013b\u013d\u013f\u0141\u0144\u0146\u0148\u014b\u014d"
        "\u014f\u0151\u0169\u016b\u016d\u016f\u0171\u0173\u03ae\u03b7\u03b8\u03bf\u2013\u2020\u2021\u20ac"
    ),
    1140: "\u03b4",
    1165: "\u03c1",
    1178: "\u03b2",
    1180: "\xb5\u03bc",
    1184: "\u03ac\u03b1",
    1196: "+<=>~\xac\xd7\u2212",
    1237: "\u0149",
    1251: "FTZ\xbf\xdf\xf8\u0162\u0164\u0166\u0179\u017b\u017d\u0396\u03a4",
    1259: "\u010f",
    1264: "\u03c3",
    1266: "\u03a3",
    1328: "\u03c6",
    1331: "\u039e",
    1366: (
        "&ABEKPSVXY\xc0\xc1\xc2\xc3\xc4\xc5\xc8\xc9\xca\xcb\xdd\xde\u0100\u0102\u0104\u0112\u0114\u0116"
        "\u0118\u011a\u0136\u015a\u015c\u015e\u0160\u0176\u0178\u0391\u0392\u0395\u039a\u03a1\u03a5\u03a7"
        "\u03ab"
    ),
    1368: "\u0394\u039b",
    1413: "\u03c0",
    1460: "\u03c8\u221e",
    1479: (
        "CDHNRUw\xc7\xd0\xd1\xd9\xda\xdb\xdc\u0106\u0108\u010a\u010c\u010e\u0110\u0124\u0126\u0143\u0145"
        "\u0147\u0154\u0156\u0158\u0168\u016a\u016c\u016e\u0170\u0172\u0175\u0397\u039d\u03a0"
    ),
    1481: "\u014a",
    1505: "\u0132",
    1509: "\xa9\xae",
    1531: "\u03a9",
    1593: "GOQ\xd2\xd3\xd4\xd5\xd6\xd8\u011c\u011e\u0120\u0122\u014c\u014e\u0150\u0398\u039f",
    1599: "\u03c9",
    1634: "\u03a6",
    1706: "Mm\u039c",
    1708: "\xbc\xbd\xbe",
    1711: "\u03a8",
    1821: "%\xe6",
    1933: "W\u0153\u0174",
    2048: "\xc6\u0152\u2014\u2026\u2030\u2122\u2192\u2190",
    2079: "@",
}
"""Characters by advance."""

_BY_CHARACTER = {character: advance for advance, characters in ADVANCES.items() for character in characters}
_WIDEST = max(ADVANCES)


_FACE = range(0x530), range(0x1E00, 0x2300)
"""Latin, Greek, Cyrillic, and the signs between words and numbers: what the face draws."""


def beyond_face(text: str) -> str:
    """The characters of a text that Liberation Sans, the face of PDF and PNG, lacks; each once, in order.

    >>> beyond_face("リ Ä ж リ 病 4 × 10⁻⁴")
    'リ病'
    """
    return "".join(dict.fromkeys(c for c in text if not any(ord(c) in known for known in _FACE)))


def width(runs: str | Sequence[Run], size: float) -> float:
    """Width of a text in points, at a size in points. A character not in the table counts as the widest one."""
    if isinstance(runs, str):
        return sum(_BY_CHARACTER.get(c, _WIDEST) for c in runs) * size / UNITS_PER_EM
    return sum(width(run.text, size * (RAISED_SIZE if run.raised else 1)) for run in runs)


def shorten(text: str, size: float, room: float) -> str:
    """A text cut so that it fits, with an ellipsis where something was cut."""
    if width(text, size) <= room:
        return text
    kept = text
    while kept and width(kept.rstrip() + "…", size) > room:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def wrap(text: str, size: float, max_width: float, max_lines: int) -> list[str]:
    """A text on several lines, broken at spaces and after "+", "-" and "/"; what does not fit ends in an ellipsis."""
    words = _pieces(text)
    lines: list[str] = []
    current = ""
    while words:
        word = words.pop(0)
        if width((current + word).strip(), size) <= max_width or not current.strip():
            current += word
            continue
        lines.append(current.strip())
        current = word
        if len(lines) == max_lines:
            break
    if len(lines) < max_lines:
        lines.append(current.strip())
        current = ""
    rest = (current + "".join(words)).strip()
    if rest:
        lines[-1] = shorten(f"{lines[-1]} {rest}", size, max_width)
    return [shorten(line, size, max_width) for line in lines]


def _pieces(text: str) -> list[str]:
    """The parts between which a line may be broken, each with what separates it from the next."""
    pieces, current = [], ""
    for character in text:
        current += character
        if character in " +-/":
            pieces.append(current)
            current = ""
    return [*pieces, current] if current else pieces
