"""What a registry says once for all runs, in ``infant-course.toml`` or under ``[tool.infant-course]`` of
``pyproject.toml`` in the working directory. The command line wins over the file."""

import tomllib
from pathlib import Path
from typing import Any

from attrs import field, frozen

from ..errors import UsageError, did_you_mean

KINDS: dict[str, type] = {
    "rules": list,
    "select": list,
    "ignore": list,
    "protocol": str,
    "criteria": str,
    "infant-limit": int,
    "end-window": int,
    "rounding": str,
    "ties": dict,
}
"""The keys a file may have and what each holds; lists and tables hold words."""


@frozen(kw_only=True)
class Config:
    """What the file says; ``name`` is None where there is no file."""

    name: str | None = None
    values: dict[str, Any] = field(factory=dict)

    def get(self, key: str, stated: Any) -> Any:
        """What was stated on the command line, or else in the file."""
        return self.values.get(key, stated) if stated in (None, []) else stated


def read_config() -> Config:
    """The file of the working directory. Raises UsageError for one that cannot be understood."""
    own, project = Path("infant-course.toml"), Path("pyproject.toml")
    if own.is_file():
        return _checked(own.name, _parsed(own))
    if project.is_file():
        table = _parsed(project).get("tool", {}).get("infant-course")
        if table is not None:
            return _checked(f"{project.name}, [tool.infant-course]", table)
    return Config()


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path.name} is not TOML: {error}") from error


def _checked(name: str, values: Any) -> Config:
    if not isinstance(values, dict):
        raise UsageError(f"{name}: expected a table, found {type(values).__name__}")
    for key, value in values.items():
        if key not in KINDS:
            hint = did_you_mean(key, KINDS) or f"known are {', '.join(KINDS)}"
            raise UsageError(f"{name}: no setting {key!r}: {hint}")
        kind = KINDS[key]
        words = value if isinstance(value, list) else [*value.values()] if isinstance(value, dict) else []
        if type(value) is not kind or not all(isinstance(word, str) for word in words):
            expected = {list: "a list of words", str: "a word", int: "a whole number", dict: "a table of words"}[kind]
            raise UsageError(f"{name}, {key}: expected {expected}, found {value!r}")
    return Config(name=name, values=values)
