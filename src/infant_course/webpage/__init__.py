"""One page for a browser that needs nothing else: its policy, and how text, data and drawings stand in it.

A page is text that was escaped, one style sheet, one script and data. Its policy allows that script and that style
sheet, by their digests, and nothing else: no address is ever asked, and no text of an input can become markup.
Whatever the script adds, the page tells the most important without it.
"""

import json
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from html import escape
from importlib.resources import files

from ..files import printable, printable_json

POLICY = (
    "default-src 'none'; script-src '{script}'; style-src '{style}'; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
"""Nothing is fetched or sent; one script and one style sheet, known by their digests; no text becomes markup."""

BASE_STYLE = "base.css"
"""Colours (light, dark, print), tables, buttons, and drawings on white paper."""
DRAWN_SCRIPT = "drawn.js"
"""What scripts of pages share: making elements, and pointing at the events of a drawing."""


def words(value: object) -> str:
    """Text as HTML, without signs that steer."""
    return escape(printable(str(value)))


def as_script(values: object) -> str:
    """JSON that no parser of HTML can take for anything else: no ``<``, ``>``, ``&``, no line or direction signs."""
    text = printable_json(json.dumps(values, ensure_ascii=False, separators=(",", ":")))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def asset(package: str, name: str) -> str:
    """A style sheet or a script that lies beside the modules of a package."""
    return files(package).joinpath(name).read_text(encoding="utf-8")


def document(
    *, title: str, version: str, body: str, styles: Sequence[str], scripts: Sequence[str], data: object = None
) -> str:
    """The whole page; the same parts give the same bytes.

    ``body`` is HTML, ``title`` and ``version`` are text. ``styles`` and ``scripts`` follow those that all pages share.
    ``data`` is found by the scripts in the element ``data``.
    """
    style = "\n".join([asset(__name__, BASE_STYLE), *styles])
    script = "\n".join([asset(__name__, DRAWN_SCRIPT), *scripts])
    policy = POLICY.format(script=_digest(script), style=_digest(style))
    held = "" if data is None else f'<script type="application/json" id="data">{as_script(data)}</script>\n'
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="infant-course {words(version)}">
<title>{words(title)}</title>
<style>{style}</style>
</head>
<body>
{body}
{held}<script>{script}</script>
</body>
</html>
"""


def _digest(text: str) -> str:
    """The text as a policy knows it."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
