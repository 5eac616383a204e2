"""What is known of a REDCap project before its exports are read: its dictionary, and the mapping in its terms."""

from collections.abc import Mapping, Sequence

from attrs import evolve, field, frozen

from .flat import Shape, flat_columns
from .recoding import FieldSource, Recoding, Recodings
from .redcap_checks import changed, in_terms_of
from .redcap_dictionary import Dictionary
from .redcap_template import template_dictionary, template_recodings


@frozen(kw_only=True)
class Project:
    """``mapping``: the name of its file. ``dictionary``: that of the project, if it is there.

    ``visits``: the unique names of its events by their labels, as far as a list tells them.
    """

    mapping: str
    recodings: Recodings = field(repr=False)
    dictionary: Dictionary | None
    is_template: bool
    """Whether its instruments are those of the template, so that there is no mapping of its own."""
    visits: Mapping[str, str] = field(factory=dict)

    @classmethod
    def of(cls, recodings: Recodings | None, dictionary: Dictionary | None, mapping: str) -> "Project":
        """Of a mapping as it was read; None: the template's."""
        is_template = recodings is None or recodings.only_words
        if recodings is None:
            recodings = template_recodings()
        elif recodings.only_words:
            recodings = evolve(template_recodings(), missing=recodings.missing, told=recodings.told)
        if dictionary is not None:
            recodings = in_terms_of(recodings, dictionary)
        codes = recodings.missing | recodings.told
        recodings = changed(_events_apart(recodings), _with_words_for_truth)
        return cls(
            mapping=mapping,
            recodings=changed(recodings, lambda recoding: _with_missing_choices(recoding, codes)),
            dictionary=dictionary,
            is_template=is_template,
        )

    def dictionary_of(self, columns: Sequence[str]) -> Dictionary | None:
        """The dictionary of an export with these columns."""
        if self.dictionary is None and self.is_template:
            return template_dictionary(columns)
        return self.dictionary

    @property
    def silent(self) -> frozenset[str]:
        """Words (folded) that say that nothing is stated."""
        return self.recodings.missing | self.recodings.told


def _events_apart(recodings: Recodings) -> Recodings:
    """Events that share an instrument and have no condition: each is there where some field of it is filled."""

    def apart(recoding: Recoding) -> Recoding:
        sharing = [one for one in recodings.events if one.origins & recoding.origins]
        alone = len(sharing) == 1 or recoding.where
        return recoding if alone else evolve(recoding, also=True, only_filled=True)

    return evolve(recodings, events=tuple(map(apart, recodings.events)))


def _with_missing_choices(recoding: Recoding, codes: frozenset[str]) -> Recoding:
    """A missing-data code may be ticked in a checkbox, as a choice that says nothing."""

    def of(source: FieldSource) -> FieldSource:
        silent = {code: "" for code in codes if code not in source.words}
        return source if source.checkbox is None else evolve(source, words={**source.words, **silent})

    return evolve(recoding, fields=tuple(map(of, recoding.fields)))


def _with_words_for_truth(recoding: Recoding) -> Recoding:
    """Yes and No mean true and false, where a field takes a truth and the mapping has no words for it."""
    truths = {column.name for column in flat_columns(recoding.type) if column.shape is Shape.TRUTH}

    def of(source: FieldSource) -> FieldSource:
        if source.target in truths and source.columns and not source.words:
            return evolve(source, words={"yes": "true", "no": "false"})
        return source

    return evolve(recoding, fields=tuple(map(of, recoding.fields)))
