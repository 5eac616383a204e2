"""The catalogue of rules as a table and as JSON."""

import json
from collections.abc import Iterable
from textwrap import wrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..rules.rule import Rule

WIDTH = 80


def rules_as_text(rules: Iterable["Rule"]) -> str:
    """A line or two for each rule."""
    lines = []
    for rule in rules:
        mark = " (provisional)" if rule.provisional else ""
        head, *more = wrap(f"{rule.summary}{mark}", WIDTH - 17)
        lines += [f"{rule.id:<8}{rule.severity:<9}{head}", *(f"{'':<17}{line}" for line in more)]
    return "\n".join([*lines, "", "`infant-course explain RULE` says why, and what to do.", ""])


def rules_as_json(rules: Iterable["Rule"]) -> str:
    """Everything about each rule."""
    told = [
        {
            "id": rule.id,
            "name": rule.name,
            "about": list(rule.about),
            "severity": rule.severity,
            "outcomes": [{"name": one.name, "severity": one.severity, "message": one.message} for one in rule.outcomes],
            "category": rule.category,
            "source": str(rule.ground),
            "provisional": rule.provisional,
            "summary": rule.summary,
            "why": rule.why,
            "cause": rule.cause,
            "repair": rule.repair,
        }
        for rule in rules
    ]
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"
