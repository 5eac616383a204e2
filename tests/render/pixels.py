"""Reads a PNG without a picture library: the least channel of each pixel, 255 where it is clear."""

import struct
import zlib


def pixels(png: bytes) -> list[list[int]]:
    """Rows of an eight-bit RGBA picture."""
    width, height, depth, colour = struct.unpack(">IIBB", png[16:26])
    assert (depth, colour) == (8, 6)
    data, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += 12 + length
    raw, stride = zlib.decompress(data), width * 4
    previous, rows = bytes(stride), []
    for row in range(height):
        kind, line = raw[row * (stride + 1)], bytearray(raw[row * (stride + 1) + 1 : (row + 1) * (stride + 1)])
        for i in range(stride) if kind else ():
            a, b = line[i - 4] if i >= 4 else 0, previous[i]
            if kind == 4:
                c = previous[i - 4] if i >= 4 else 0
                guess = a + b - c
                da, db, dc = abs(guess - a), abs(guess - b), abs(guess - c)
                near = a if da <= db and da <= dc else b if db <= dc else c
            else:
                near = a if kind == 1 else b if kind == 2 else (a + b) // 2
            line[i] = (line[i] + near) & 255
        rows.append([min(line[i : i + 3]) if line[i + 3] else 255 for i in range(0, stride, 4)])
        previous = bytes(line)
    return rows
