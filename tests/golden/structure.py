"""Compares two drawings by their structure: the tree of elements with classes, texts and numbers, not pixels.

Numbers may differ by a tolerance, wherever they stand: in an attribute, in a path, in a transform. Children are put
beside each other by what they are, so that one lost element is one difference and not as many as come after it.
"""

import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher

TOLERANCE = 0.05
"""How far two numbers may differ, pt: less than a printer shows."""
MOST = 12
"""Most differences that are told one by one."""
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def differences(expected: str, found: str, tolerance: float = TOLERANCE) -> list[str]:
    """What differs between two drawings, each with the element, what was expected and what was found."""
    one, other = ET.fromstring(expected), ET.fromstring(found)
    if (a := _tag(one)) != (b := _tag(other)):
        return [f"{a}: expected this root, found {b}"]
    return list(_differ(one, other, _tag(one), tolerance))


def told(found: list[str]) -> str:
    """Differences as lines; of many the first."""
    rest = [f"... and {len(found) - MOST} more"] if len(found) > MOST else []
    return "\n".join([*found[:MOST], *rest])


def _differ(one: ET.Element, other: ET.Element, place: str, tolerance: float) -> Iterator[str]:
    for name in dict.fromkeys((*one.attrib, *other.attrib)):
        a, b = one.attrib.get(name), other.attrib.get(name)
        if a is None or b is None or not alike(a, b, tolerance):
            yield f"{place}: {name}: expected {_shown(a)}, found {_shown(b)}"
    a, b = (one.text or "").strip(), (other.text or "").strip()
    if a != b:
        yield f"{place}: text: expected {_shown(a)}, found {_shown(b)}"
    yield from _children(list(one), list(other), place, tolerance)


def _children(ones: list[ET.Element], others: list[ET.Element], place: str, tolerance: float) -> Iterator[str]:
    names = _numbered(ones)
    kinds, other_kinds = [_kind(child) for child in ones], [_kind(child) for child in others]
    for what, a, b, c, d in SequenceMatcher(None, kinds, other_kinds, autojunk=False).get_opcodes():
        both = min(b - a, d - c) if what in ("equal", "replace") else 0
        for n in range(both):
            one, other, name = ones[a + n], others[c + n], f"{place}/{names[a + n]}"
            if _tag(one) == _tag(other):
                yield from _differ(one, other, name, tolerance)
            else:
                yield f"{name}: expected {_whole(one)}, found {_whole(other)}"
        for n in range(a + both, b):
            yield f"{place}/{names[n]}: expected {_whole(ones[n])}, found nothing"
        for child in others[c + both : d]:
            yield f"{place}: expected nothing, found {_whole(child)}"


def alike(one: str, other: str, tolerance: float = TOLERANCE) -> bool:
    """Whether two attributes are the same, numbers within the tolerance.

    >>> alike("M1,2 L3,4", "M1.04,2 L3,4"), alike("M1,2", "L1,2"), alike("1 2", "1 2 3"), alike("#112233", "#112234")
    (True, False, False, False)
    """
    if one == other:
        return True
    if one.startswith("#") or other.startswith("#"):
        return False
    numbers = [float(n) for n in _NUMBER.findall(one)], [float(n) for n in _NUMBER.findall(other)]
    return (
        _NUMBER.sub("0", one) == _NUMBER.sub("0", other)
        and len(numbers[0]) == len(numbers[1])
        and all(abs(a - b) <= tolerance + 1e-9 for a, b in zip(*numbers, strict=True))
    )


def _tag(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _kind(element: ET.Element) -> tuple[str, str, str]:
    """By what children are put beside each other: tag, class, and all text inside."""
    return _tag(element), element.attrib.get("class", ""), "".join(element.itertext())


def _numbered(children: list[ET.Element]) -> list[str]:
    """A name of each child: its tag and class, and which of these it is."""
    seen: Counter[str] = Counter()
    names = []
    for child in children:
        name = ".".join([_tag(child), *child.attrib.get("class", "").split()])
        seen[name] += 1
        names.append(f"{name}[{seen[name]}]")
    return names


def _whole(element: ET.Element) -> str:
    """An element in short: tag, class and text."""
    tag, cls, text = _kind(element)
    return " ".join(filter(None, [f"<{tag}>", f'class "{cls}"' if cls else "", f"text {_shown(text)}" if text else ""]))


def _shown(text: str | None) -> str:
    if text is None:
        return "none"
    return repr(text if len(text) <= 80 else f"{text[:60]} ... {text[-16:]}")
