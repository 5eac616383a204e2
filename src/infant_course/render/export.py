"""Writes a figure as SVG, PDF or PNG."""

from pathlib import Path

from ..errors import UsageError
from ..files import write_whole

PNG_RESOLUTION = 600
"""Dots per inch of a PNG: what the strictest of the publishers asks for."""


def write(svg: str, path: str | Path) -> Path:
    """Write an SVG text in the format of the file's suffix, to the side and then renamed.

    Raises UsageError for another suffix than .svg, .pdf and .png, and for a folder that is not there.
    """
    path = Path(path)
    if not path.parent.is_dir():
        raise UsageError(f"{path}: the folder does not exist; make it first")
    suffix = path.suffix.lower()
    if suffix == ".svg":
        return write_whole(path, svg)
    if suffix not in (".pdf", ".png"):
        raise UsageError(f"{path}: a figure is written as .svg, .pdf or .png")
    import vl_convert  # a converter only, and slow to load

    if suffix == ".pdf":
        return write_whole(path, vl_convert.svg_to_pdf(svg))
    return write_whole(path, vl_convert.svg_to_png(svg, ppi=PNG_RESOLUTION))
