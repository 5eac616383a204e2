"""Reads the package's own YAML files. They are ours, so a fault in one is a bug and may raise as it likes."""

from functools import cache
from importlib.resources import files
from typing import Any


@cache
def knowledge(name: str) -> Any:
    """The content of one knowledge file, by its name without suffix."""
    from ruamel.yaml import YAML

    text = files(__package__).joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    return YAML(typ="safe", pure=True).load(text)
