"""The catalogue: every rule, once, by id; which of them to run; and a registry's own rules beside them.

Adding a rule means writing it in its family module and adding its cases; nothing else names it.
"""

import importlib
import importlib.util
import re
import sys
import textwrap
import traceback
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType

from ..errors import UsageError, did_you_mean, expect
from ..taking import each
from ..vocabulary import Severity
from . import (
    chronology,
    conduct,
    diagnosis,
    doses,
    follow_up,
    immunotherapy,
    mrd,
    record,
    response,
    toxicity,
    transplant,
)
from .rule import BREAKDOWNS, Rule

CATALOGUE_VERSION = "2026.11"
"""Version of the catalogue: changes when a rule is added or a verdict may change."""

RETIRED: dict[str, str] = {}
"""Ids that were used once and why they went; an id is never used again."""

FAMILIES = (
    record,
    chronology,
    diagnosis,
    mrd,
    response,
    conduct,
    doses,
    immunotherapy,
    transplant,
    toxicity,
    follow_up,
)
"""The modules that hold the rules, in catalogue order."""


def rules_of(module: ModuleType) -> tuple[Rule, ...]:
    """The rules a module defines, in the order in which they stand there."""
    return tuple(value for value in vars(module).values() if isinstance(value, Rule))


RULES: dict[str, Rule] = {found.id: found for module in FAMILIES for found in rules_of(module)}


def load_rules(names: Iterable[str], *, debug: bool = False) -> dict[str, Rule]:
    """The catalogue and the rules of other modules, each named as ``package.module`` or by its file.

    Raises UsageError, with file and line, for a module that cannot be imported, that defines no rule, or whose
    rule has an id that is taken. ``debug`` lets the module's own error through.
    """
    rules = dict(RULES)
    for name in each(names):
        found = rules_of(_imported(name, debug=debug))
        if not found:
            raise UsageError(f"{name} defines no rule: decorate a function with infant_course.rules.rule")
        for own in found:
            if own.id in rules or own.id in RETIRED:
                raise UsageError(f"{name}: the rule id {own.id} is taken; give your rule an id of its own")
            rules[own.id] = own
    return rules


def _imported(name: str, *, debug: bool) -> ModuleType:
    path = Path(name)
    try:
        if path.suffix == ".py":
            return _from_file(path)
        if str(Path.cwd()) not in sys.path:
            sys.path.insert(0, str(Path.cwd()))  # as `python -m` does
        return importlib.import_module(name)
    except BREAKDOWNS as error:  # whatever a module of the user's own does wrong
        if debug:
            raise
        raise UsageError(f"the rules {name!r} cannot be imported: {_where(error)}{_what(error)}") from error


def _from_file(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise FileNotFoundError("no such file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _where(error: BaseException) -> str:
    """File and line in the user's own code; nothing where the module itself was not found."""
    if isinstance(error, SyntaxError):
        return f"{error.filename}, line {error.lineno}: "
    here = (str(Path(__file__).parent), str(Path(importlib.__file__).parent), "<frozen")
    frames = [f for f in traceback.extract_tb(error.__traceback__) if not f.filename.startswith(here)]
    return f"{frames[-1].filename}, line {frames[-1].lineno}: " if frames else ""


def _what(error: BaseException) -> str:
    return error.msg if isinstance(error, SyntaxError) else f"{type(error).__name__}: {error}"


def meant_rule(word: str, known: Iterable[str]) -> str:
    """The rule that was meant: REM-06 for "rem6" too."""
    if family := [key for key in known if key.startswith(f"{word.upper()}-")]:
        return f"{word.upper()} is a family: name one of {', '.join(family)}"
    parts = re.fullmatch(r"([A-Za-z]+)[- _]?0*([0-9]+)", word)
    meant = f"{parts[1].upper()}-{parts[2]:0>2}" if parts else word
    return did_you_mean(meant, known) or "`infant-course rules` lists them all"


def _matching(words: Iterable[str], rules: Mapping[str, Rule]) -> set[str]:
    """Rule ids named by ids, families or severities. Raises UsageError for a word that names none."""
    found: set[str] = set()
    for word in each(words):
        expect("select", word, str, "ids, families or severities, as texts")
        hits = {r.id for r in rules.values() if word.upper() in (r.id, r.family) or word.lower() == r.severity}
        if not hits:
            known = [*rules, *sorted({r.family for r in rules.values()}), *Severity]
            raise UsageError(f"no rule, family or severity {word!r}: {meant_rule(word, known)}")
        found |= hits
    return found


def select(
    select: Iterable[str] = (), ignore: Iterable[str] = (), *, rules: Mapping[str, Rule] = RULES
) -> tuple[Rule, ...]:
    """The rules to run, in catalogue order: all, or those selected, less those ignored."""
    chosen, left_out = _matching(select, rules), _matching(ignore, rules)
    return tuple(r for r in rules.values() if (not chosen or r.id in chosen) and r.id not in left_out)


def explain(rule_id: str, *, rules: Mapping[str, Rule] = RULES) -> str:
    """A rule as a page of text. Raises UsageError for an id that does not exist, naming the nearest."""
    expect("explain", rule_id, str, "the id of a rule, such as 'REM-06'")
    key = rule_id.upper()
    if key not in rules:
        raise UsageError(f"no rule {rule_id!r}: {meant_rule(rule_id, rules)}")
    found = rules[key]
    grounds = "\n".join(
        textwrap.fill(str(ground), 80, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)
        for ground in (found.ground, *found.also)
    )
    parts = [
        f"{found.id}  {found.name.replace('_', ' ')}",
        f"{found.severity}, {found.category}; about: {about_words(found)}",
        found.summary,
        f"Why it matters: {found.why}",
        f"Usual cause: {found.cause}",
        f"Repair: {found.repair}",
    ]
    if found.ties:
        parts.append(f"Ties: {found.ties}")
    if len(found.outcomes) > 1:
        parts += [f"{one.name.replace('_', ' ')} ({one.severity}): {one.message}" for one in found.outcomes]
    text = "\n\n".join(textwrap.fill(part, 80) for part in parts)
    return f"{text}\n\nSource:\n{grounds}\n"


def about_words(found: Rule) -> str:
    """What a rule is about, in a few words."""
    return ", ".join(found.about) if len(found.about) <= 4 else "every type of event it concerns"
