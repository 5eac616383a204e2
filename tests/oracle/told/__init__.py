"""Rules that look at what is told and not at when: once more, as plain Python over the fields.

Written from the rules' texts and the published definitions, not from the engine. What is fixed in a course is the
same in all its worlds, so one reading of the fields stands for all of them; what is not told may be anything.
"""

from oracle.told import conduct, diagnosis, doses, mrd, record, response, transplant
from oracle.told.drawing import Family, Rules

PARTS: tuple[tuple[Rules, dict[str, Family]], ...] = tuple(
    (part.RULES, part.FAMILIES) for part in (record, diagnosis, mrd, response, conduct, doses, transplant)
)
"""Rules, and the courses that are drawn for them."""

RULES: Rules = {name: rule for rules, _ in PARTS for name, rule in rules.items()}
