"""What a draft recognises, counted against mappings made by hand; and that it is a mapping that can be used."""

import tomllib
from pathlib import Path

import pytest

import infant_course as ic
from infant_course.io.tables.recoding_file import checked, read_recodings
from infant_course.io.tables.redcap_against import HitRate, held_against
from infant_course.io.tables.redcap_checks import check_against_dictionary
from infant_course.io.tables.redcap_dictionary import Dictionary, DictionaryField, read_dictionary
from infant_course.io.tables.redcap_draft import draft

EXPORTS = Path(__file__).resolve().parents[3] / "cases" / "exports"
FIGURES = {
    "redcap": (25, 25, 32, 32),
    "dictionaries/renamed": (70, 70, 64, 66),
    "dictionaries/sentences": (32, 37, 35, 38),
    "dictionaries/fresh": (15, 24, 12, 23),
}
"""Fields as in the mapping, of so many; choices with the same word, of so many: the figures of docs/redcap.md."""


@pytest.mark.parametrize("name", FIGURES)
def test_the_hit_rates_are_as_the_page_says(name: str) -> None:
    dictionary = read_dictionary(EXPORTS / name / "dictionary.csv")
    drafted = checked(tomllib.loads(draft(dictionary)), "draft.toml")
    check_against_dictionary(drafted, dictionary, "draft.toml")
    mapping = read_recodings(EXPORTS / name / "mapping.toml")
    check_against_dictionary(mapping, dictionary, "mapping.toml")
    rate = held_against(drafted, mapping)
    assert (len(rate.alike), rate.fields, rate.words_alike, rate.words) == FIGURES[name]
    page = (EXPORTS.parents[1] / "docs" / "redcap.md").read_text(encoding="utf-8")
    assert f"{len(rate.alike)} of {rate.fields}" in page
    assert f"{rate.words_alike} of {rate.words}" in page


def test_the_count_notices_what_is_wrong() -> None:
    mapping = {"type": "mrd", "from": ["a"], "fields": {"start": "x", "value": "y", "marker": "z"}}
    other = {"type": "mrd", "from": ["a"], "fields": {"start": "x", "marker": "y", "note": "w"}}
    rate = held_against(checked({"event": [other]}, "draft"), checked({"event": [mapping]}, "mapping"))
    assert (rate.alike, rate.otherwise, rate.missed, rate.beyond) == (("x",), ("y",), ("z",), ("w",))
    assert str(rate).startswith("fields: 1 of 3 as in the mapping (33 %), 1 otherwise, 1 not at all, 1 beyond it")
    assert str(HitRate(alike=(), otherwise=(), missed=(), beyond=(), words=0, words_alike=0)).startswith(
        "fields: 0 of 0"
    )


def test_a_draft_reads_the_export_as_far_as_it_goes(tmp_path: Path) -> None:
    project = EXPORTS / "redcap"
    mapping = tmp_path / "draft.toml"
    mapping.write_text(
        draft(read_dictionary(project / "dictionary.csv")).replace("missing = []", 'missing = ["NA", "UNK"]')
    )
    cohort = ic.read(project / "records.csv", source="redcap", mapping=mapping, dictionary=project / "dictionary.csv")
    by_hand = ic.read(
        project / "records.csv",
        source="redcap",
        mapping=project / "mapping.toml",
        dictionary=project / "dictionary.csv",
    )
    for name in ("001-A", "002-B"):
        assert [(e.id, e.when) for e in cohort.course(name)] == [(e.id, e.when) for e in by_hand.course(name)]
    assert cohort.complete == {}, "a draft does not say that anything is recorded in full"


def test_what_stands_in_a_dictionary_stays_text_in_the_draft() -> None:
    """Labels with quotes, line ends, hashes and brackets: the draft is still a mapping."""
    nasty = 'Relapse "date"\n[[event]] # \\ \u2028 <b>x</b> = 1'
    fields = (
        DictionaryField(name="id", form="a", type="text"),
        DictionaryField(name="relapse_date", form='re"lap\\se', type="text", label=nasty, validation="date_ymd"),
        DictionaryField(
            name="relapse_sites", form='re"lap\\se', type="checkbox", label=nasty, choices={'"': "Marrow", "2": nasty}
        ),
        DictionaryField(name="other", form="b", type="text", label=nasty.replace("Relapse", "Shoe")),
    )
    text = draft(Dictionary(file="d.csv", fields=fields))
    content = tomllib.loads(text)
    assert [event["from"] for event in content["event"]] == [['re"lap\\se']]
    assert content["event"][0]["fields"]["sites"] == {"checkbox": "relapse_sites", "words": {'"': "marrow"}}


def test_a_number_whose_unit_is_not_plain_is_left_to_the_reader() -> None:
    fields = (
        DictionaryField(name="id", form="a", type="text"),
        DictionaryField(name="wbc", form="diagnosis", type="text", label="WBC", validation="number"),
        DictionaryField(name="dx", form="diagnosis", type="text", label="Date of diagnosis", validation="date_ymd"),
    )
    text = draft(Dictionary(file="d.csv", fields=fields))
    assert "# wbc_unit = { always = ... }    # which of 10^9/L, /uL?" in text
    assert "wbc_unit" not in tomllib.loads(text)["event"][0]["fields"]
