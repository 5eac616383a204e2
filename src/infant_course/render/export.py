"""A drawing in the formats that journals take, and in each of them a word on what made it.

SVG is what we draw; PDF and PNG are converted from it, TIFF from the PNG. The word holds names and versions only: no
date, no path, nothing of the patient.
"""

import io
import re
import struct
import zlib
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from attrs import evolve

from ..errors import UsageError
from ..files import write_whole
from .ink import Drawing

RESOLUTIONS = (300, 600)
"""Dots per inch of a PNG or TIFF: what publishers ask for, for mixed figures and for line art."""
PNG_RESOLUTION = 600
VECTOR, PICTURES, TIFF = (".svg", ".pdf"), (".png",), (".tif", ".tiff")
CONVERTER = "vl-convert-python"


def made_by(engine: str = "own layout") -> str:
    """What made a figure: this package and the engine that laid it out, with their versions."""
    from .. import __version__

    return f"infant-course {__version__}, {engine}"


def write(svg: str, path: str | Path) -> Path:
    """Write an SVG text in the format of the file's suffix, to the side and then renamed.

    Raises UsageError for another suffix than .svg, .pdf and .png, and for a folder that is not there.
    """
    path = Path(path)
    if not path.parent.is_dir():
        raise UsageError(f"{path}: the folder does not exist; make it first")
    suffix = path.suffix.lower()
    if suffix not in (*VECTOR, *PICTURES):
        raise UsageError(f"{path}: a figure is written as .svg, .pdf or .png")
    return write_whole(path, encoded(svg, suffix, made=made_by(), dpi=PNG_RESOLUTION))


def encoded(svg: str, suffix: str, *, made: str, dpi: int = PNG_RESOLUTION) -> str | bytes:
    """An SVG text (which already says what made it) in the format of a suffix; ``dpi`` for pictures of dots.

    Raises UsageError for a TIFF where Pillow is not installed.
    """
    if suffix == ".svg":
        return svg
    if suffix in TIFF:
        without_pillow()
    import vl_convert  # a converter only, and slow to load

    made = f"{made}, converted by {CONVERTER} {version(CONVERTER)}"
    if suffix == ".pdf":
        return pdf_saying(vl_convert.svg_to_pdf(svg), made)
    png = vl_convert.svg_to_png(svg, ppi=dpi)
    return _tiff(png, made, dpi) if suffix in TIFF else png_saying(png, made)


def without_pillow() -> None:
    """Raises UsageError where Pillow, which writes TIFF, is not installed."""
    if find_spec("PIL") is None:
        raise UsageError(
            "a TIFF needs Pillow, which is not installed: `pip install 'infant-course[tiff]'`; or write .png or .pdf"
        )


def saying(drawing: Drawing, made: str) -> Drawing:
    """The drawing with a word on what made it, as SVG metadata."""
    return evolve(drawing, made=made)


def png_saying(png: bytes, made: str) -> bytes:
    """A PNG with the word as a text chunk, after its header."""
    words = b"Software\0" + made.encode("latin-1", "replace")
    chunk = struct.pack(">I", len(words)) + b"tEXt" + words + struct.pack(">I", zlib.crc32(b"tEXt" + words))
    header = 8 + 25  # the signature, and the first chunk
    return png[:header] + chunk + png[header:]


def pdf_saying(pdf: bytes, made: str) -> bytes:
    """A PDF with the word in its information dictionary, as an update at its end; the pages stay as they are.

    A PDF without a plain trailer is returned as it is (the converter writes one; a test holds it to that).
    """
    trailer = re.search(rb"trailer\s*<<(.*?)>>\s*startxref\s*([0-9]+)\s*%%EOF\s*$", pdf, re.DOTALL)
    if trailer is None:
        return pdf
    entries = trailer[1]
    size = re.search(rb"/Size ([0-9]+)", entries)
    root = re.search(rb"/Root ([0-9]+ [0-9]+ R)", entries)
    if size is None or root is None:
        return pdf
    number = int(size[1])
    text = re.sub(r"([\\()])", r"\\\1", made).encode("latin-1", "replace")
    body = pdf if pdf.endswith(b"\n") else pdf + b"\n"
    made_object = b"%d 0 obj\n<< /Creator (%s) /Producer (%s) >>\nendobj\n" % (number, text, text)
    table = b"xref\n%d 1\n%010d 00000 n\r\n" % (number, len(body))
    told = b"trailer\n<< /Size %d /Root %s /Info %d 0 R /Prev %s >>\n" % (number + 1, root[1], number, trailer[2])
    return body + made_object + table + told + b"startxref\n%d\n%%%%EOF\n" % (len(body) + len(made_object))


def _tiff(png: bytes, made: str, dpi: int) -> bytes:
    """The picture on white, without transparency, packed without loss."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # the picture is our own, and a long course at 600 dpi is large
    software = 305  # the tag for the program that made a TIFF
    with Image.open(io.BytesIO(png)) as picture:
        flat = Image.new("RGB", picture.size, "white")
        flat.paste(picture, mask=picture.getchannel("A") if "A" in picture.getbands() else None)
    stream = io.BytesIO()
    flat.save(stream, format="TIFF", compression="tiff_lzw", dpi=(dpi, dpi), tiffinfo={software: made})
    return stream.getvalue()
