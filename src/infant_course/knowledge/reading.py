"""Reads the package's own YAML files. They are ours, so a fault in one is a bug and may raise as it likes.

Reading YAML takes a tenth of a second for the longer files, JSON next to nothing. So each file has a copy as JSON,
made by ``tools/gen_knowledge.py``, which is used as long as it was made of exactly this file.
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
    copy = folder.joinpath("compiled", f"{name}.json")
    if copy.is_file():
        made = json.loads(copy.read_bytes())
        if made["sha256"] == digest(source):
            return made["content"]
    return parsed(source)


def parsed(source: bytes) -> Any:
    """The content of a knowledge file, from its own text."""
    from ruamel.yaml import YAML

    return YAML(typ="safe", pure=True).load(source.decode("utf-8"))


def digest(source: bytes) -> str:
    """What a copy is known to be made of."""
    return hashlib.sha256(source).hexdigest()
