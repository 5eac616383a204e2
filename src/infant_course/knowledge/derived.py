"""What can be worked out from facts of which some may be missing: every answer that remains possible, and why."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from typing import Any, Generic, TypeVar

from attrs import field, frozen

from ..sources import Cite, Confidence

T = TypeVar("T")


@frozen(kw_only=True)
class Derived(Generic[T]):
    """An answer worked out from stated facts.

    ``possible``: all answers the facts allow; one where they settle it, none where nothing can be said.
    ``inputs``: the facts as given (None: not known). ``missing``: the facts that would narrow the answer.
    ``reason``: what else has to be known of the answer, in words; may be empty.
    """

    possible: tuple[T, ...]
    inputs: Mapping[str, object] = field(factory=dict)
    missing: tuple[str, ...] = ()
    source: Cite
    reason: str = ""

    @property
    def settled(self) -> bool:
        """Whether exactly one answer remains."""
        return len(self.possible) == 1

    @property
    def value(self) -> T | None:
        """The answer where it is settled, else None."""
        return self.possible[0] if self.settled else None

    def __str__(self) -> str:
        if self.settled:
            text = str(self.possible[0])
        elif self.possible:
            text = f"cannot tell, one of {{{', '.join(map(str, self.possible))}}}"
        else:
            text = "cannot tell"
        if self.missing:
            text += f"; not known: {', '.join(self.missing)}"
        if self.reason:
            text += f"; {self.reason}"
        return text + (" (provisional)" if self.source.provisional else "")


def over_all(
    given: Mapping[str, object], unknown: Mapping[str, Sequence[Any]], judge: Callable[..., Iterable[T]]
) -> tuple[tuple[T, ...], tuple[str, ...]]:
    """Every answer of ``judge`` over all values that the facts not known may have, and the facts that matter.

    ``unknown``: values to try for each fact, one from every range that ``judge`` tells apart. ``judge`` takes all
    facts by name. A fact matters if knowing it could leave fewer answers.
    """

    def answers(fixed: Mapping[str, object]) -> tuple[T, ...]:
        free = [name for name in unknown if name not in fixed]
        found: dict[T, None] = {}
        for values in product(*(unknown[name] for name in free)):
            found |= dict.fromkeys(judge(**given, **fixed, **dict(zip(free, values, strict=True))))
        return tuple(found)

    possible = answers({})
    if len(possible) < 2:
        return possible, ()
    fewer = len(possible)
    missing = [name for name, values in unknown.items() if any(len(answers({name: v})) < fewer for v in values)]
    return possible, tuple(missing)


def cite(raw: Mapping[str, str]) -> Cite:
    """A cite as the knowledge files write it: key, place, confidence."""
    return Cite(raw["key"], raw["at"], Confidence(raw["confidence"]))


def recalled(source: Cite) -> Cite:
    """The same place, with what is said of it recalled instead of read."""
    return Cite(source.key, source.at, Confidence.RECALLED)
