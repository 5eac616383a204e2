"""Rules: the catalogue, the words to write a rule in, and the engine that judges by them."""

from .catalogue import (
    CATALOGUE_VERSION,
    FAMILIES,
    RETIRED,
    RULES,
    about_words,
    explain,
    load_rules,
    rules_of,
    select,
)
from .engine import Engine, Judgement, Tally, judge
from .rule import Judged, Outcome, Rule, one, rule
from .settings import Settings, profile
from .subject import Subject, Those, first, last

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
    "first",
    "judge",
    "last",
    "load_rules",
    "one",
    "profile",
    "rule",
    "rules_of",
    "select",
]
