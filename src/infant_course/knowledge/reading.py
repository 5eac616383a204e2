"""Reads the package's own YAML files. They are ours, so a fault in one is a bug and may raise as it likes.

Each is read from a copy as JSON, which takes next to no time. ``tools/gen_knowledge.py`` makes the copies.
"""

import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def knowledge(name: str) -> Any:
    """The content of one knowledge file, by its name without suffix (``protocol/interfant-06``: in that folder)."""
    folder = files(__package__)
    source = folder.joinpath(f"{name}.yaml").read_bytes()
    copy = json.loads(folder.joinpath("compiled", f"{name}.json").read_bytes())
    if copy["sha256"] != digest(source):
        raise RuntimeError("a knowledge file has another copy than its own: run tools/gen_knowledge.py")
    return copy["content"]


def digest(source: bytes) -> str:
    """What a copy is known to be made of."""
    return hashlib.sha256(source).hexdigest()
