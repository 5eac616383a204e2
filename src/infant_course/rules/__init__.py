"""The catalogue: every rule, once, by id. A family module holds the rules of a few letters.

Adding a rule means writing it in its family module and adding its cases; nothing else names it.
"""

import textwrap
from collections.abc import Iterable
from types import ModuleType

from ..errors import UsageError, did_you_mean
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
from .engine import Engine, Judgement, Tally, judge
from .rule import Judged, Outcome, Rule, rule
from .settings import Settings
from .subject import Subject, Those

CATALOGUE_VERSION = "2026.11"
"""Version of the catalogue: changes when a rule is added or a verdict may change."""

RETIRED: dict[str, str] = {}
"""Ids that were used once and why they went; an id is never used again."""


def rules_of(module: ModuleType) -> tuple[Rule, ...]:
    """The rules a module defines, in the order in which they stand there."""
    return tuple(value for value in vars(module).values() if isinstance(value, Rule))


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

RULES: dict[str, Rule] = {found.id: found for module in FAMILIES for found in rules_of(module)}


def _matching(words: Iterable[str]) -> set[str]:
    """Rule ids named by ids, families or severities. Raises UsageError for a word that names none."""
    found: set[str] = set()
    for word in words:
        hits = {r.id for r in RULES.values() if word.upper() in (r.id, r.family) or word.lower() == r.severity}
        if not hits:
            known = [*RULES, *sorted({r.family for r in RULES.values()}), *Severity]
            hint = did_you_mean(word, known) or "`infant-course rules` lists them all"
            raise UsageError(f"no rule, family or severity {word!r}: {hint}")
        found |= hits
    return found


def select(select: Iterable[str] = (), ignore: Iterable[str] = ()) -> tuple[Rule, ...]:
    """The rules to run, in catalogue order: all, or those selected, less those ignored."""
    chosen, left_out = _matching(select), _matching(ignore)
    return tuple(r for r in RULES.values() if (not chosen or r.id in chosen) and r.id not in left_out)


def explain(rule_id: str) -> str:
    """A rule as a page of text. Raises UsageError for an id that does not exist, naming the nearest."""
    key = rule_id.upper()
    if key not in RULES:
        hint = did_you_mean(key, RULES) or "`infant-course rules` lists them all"
        raise UsageError(f"no rule {rule_id!r}: {hint}")
    found = RULES[key]
    grounds = "\n".join(f"  {ground}" for ground in (found.ground, *found.also))
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
    text = "\n\n".join(textwrap.fill(part, 80) for part in parts)
    return f"{text}\n\nSource:\n{grounds}\n"


def about_words(found: Rule) -> str:
    """What a rule is about, in a few words."""
    return ", ".join(found.about) if len(found.about) <= 4 else "every type of event it concerns"


__all__ = [
    "CATALOGUE_VERSION",
    "FAMILIES",
    "RETIRED",
    "RULES",
    "Engine",
    "Judged",
    "Judgement",
    "Outcome",
    "Rule",
    "Settings",
    "Subject",
    "Tally",
    "Those",
    "about_words",
    "explain",
    "judge",
    "rule",
    "rules_of",
    "select",
]
