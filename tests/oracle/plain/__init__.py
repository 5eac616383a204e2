"""The time-dependent rules once more, as plain Python over one world.

Written from ``docs`` and the published definitions, not from the engine. A rule gives true where it is broken,
false where it is kept, None where this world leaves it open, and ``SILENT`` where it does not apply.
"""

from oracle.plain import (
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
from oracle.plain.operators import SILENT, Kinds, Rules, Verdict

_FAMILIES = (
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

RULES: Rules = {name: rule for family in _FAMILIES for name, rule in family.RULES.items()}
KINDS: Kinds = {name: kinds for family in _FAMILIES for name, kinds in family.KINDS.items()}

__all__ = ["KINDS", "RULES", "SILENT", "Verdict"]
