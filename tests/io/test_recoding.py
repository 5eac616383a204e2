"""A mapping file is checked in full before any data is read, and says of every row and column what became of it."""

from pathlib import Path

import polars as pl
import pytest

from infant_course import InputError
from infant_course.io.tables.flat import ROW, FlatTable
from infant_course.io.tables.frames import from_frame
from infant_course.io.tables.recode import Recoded, recode
from infant_course.io.tables.recoding import folded
from infant_course.io.tables.recoding_file import checked, read_recodings, shipped


def faults(content: object) -> list[tuple[str, str, str | None]]:
    """Place, what was found and the hint of all that is wrong with a mapping."""
    with pytest.raises(InputError) as caught:
        checked(content, "mine.toml")
    assert all(fault.file == "mine.toml" for fault in caught.value.faults)
    return [(fault.path, fault.found, fault.hint) for fault in caught.value.faults]


EVENT = {"type": "mrd", "from": ["LAB"], "fields": {"value": "RESULT"}}


def test_all_faults_of_a_mapping_are_told_at_once() -> None:
    wrong = {
        "mising": [],
        "told": "Unknown",
        "event": [
            {"type": "mrdd", "from": ["LAB"]},
            {"type": "mrd", "fields": {"valu": "RESULT", "result": {"always": "negativ"}}},
            {"type": "mrd", "from": ["LAB"], "also": "yes", "fields": {"value": {"column": "A", "always": "B"}}},
            {"type": "mrd", "from": ["LAB"], "fields": {"method": {"column": "A", "words": {"x": "PCR"}}}},
            {"type": "mrd", "from": ["LAB"], "fields": {"value": {"column": "A", "only": "digits"}}},
            {"type": "mrd", "from": ["LAB"], "fields": {"marker": {"column": "A", "record": "name"}}},
            {"type": "mrd", "from": ["LAB"], "fields": {"patient": "WHO"}},
            7,
        ],
    }
    assert faults(wrong) == [
        ("", "'mising'", "did you mean 'missing'?"),
        ("event 1, type", "'mrdd'", "did you mean 'mrd'?"),
        ("event 2, from", "none", None),
        ("event 2, fields, valu", "'valu'", "did you mean 'value'?"),
        ("event 2, fields, result", "'negativ'", "did you mean 'negative'?"),
        ("event 3, also", "'yes'", None),
        ("event 3, fields, value", "both", None),
        ("event 4, fields, method", "'PCR'", "did you mean 'pcr'?"),
        ("event 5, fields, value, only", "'digits'", None),
        ("event 6, fields, marker", "'marker'", None),
        ("event 7, fields, patient", "'patient'", "patient_column names it"),
        ("event 8", "7", None),
        ("event 8, type", "nothing", "docs/events.md lists them"),
    ]


@pytest.mark.parametrize("content", [None, [], "x", {"event": {}}, {"event": []}, {"event": [EVENT], "detail": 3}])
def test_what_is_no_mapping_is_refused(content: object) -> None:
    assert faults(content)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.toml", "x = = 1", "a mapping in TOML"),
        ("a.toml", "a" * 6_000_000, "at most 5,000,000 bytes"),
        ("a.toml", "a = " + "[" * 4000, "a mapping in TOML"),
        ("a.yaml", "event: [&a x, *a]", "values written out"),
        ("a.yaml", "event: []", "at least one"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_clear_error(tmp_path: Path, name: str, text: str, expected: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(InputError, match=expected):
        read_recodings(path)
    with pytest.raises(InputError, match="no such file"):
        read_recodings(tmp_path / "none.toml")


def test_yaml_says_what_toml_says(tmp_path: Path) -> None:
    toml, yaml = tmp_path / "m.toml", tmp_path / "m.yaml"
    toml.write_text('missing = ["NA"]\n[[event]]\ntype = "mrd"\nfrom = ["LAB"]\n[event.fields]\nvalue = "RESULT"\n')
    yaml.write_text("missing: [NA]\nevent:\n  - type: mrd\n    from: [LAB]\n    fields: {value: RESULT}\n")
    one, other = read_recodings(toml), read_recodings(yaml)
    assert (one.missing, one.events) == (other.missing, other.events) == (frozenset({"na"}), one.events)


@pytest.mark.parametrize("name", ["cbioportal", "pcdc"])
def test_the_shipped_mappings_are_sound(name: str) -> None:
    mapping = shipped(name)
    assert mapping.events and mapping.patients
    for recoding in mapping.events:
        targets = [source.target for source in recoding.fields]
        assert len(targets) == len(set(targets))


def test_words_are_compared_without_case_and_signs_of_joining() -> None:
    assert {folded(word) for word in ("Sample Acquisition", "SAMPLE_ACQUISITION", " sample-acquisition ")} == {
        "sample acquisition"
    }
    assert folded("CR-1") != folded("CR1")


def run(event: object, **columns: list[str | None]) -> Recoded:
    frame = pl.DataFrame({"PATIENT_ID": ["P"] * len(next(iter(columns.values()))), **columns})
    mapping = checked({"missing": ["NA"], "told": ["Unknown"], "event": event}, "mine.toml")
    return recode(from_frame(frame, "lab"), mapping, origin="lab")


def cells(recoded: Recoded, column: str) -> list[list[str | None]]:
    return [table.frame[column].to_list() if column in table.frame.columns else [] for table in recoded.tables]


def mrd(**fields: object) -> dict[str, object]:
    return {"type": "mrd", "from": ["lab"], "fields": fields}


def test_a_cell_that_no_field_of_its_column_takes_is_passed_on_to_be_told() -> None:
    fields = {
        "value": {"column": "R", "only": "numbers"},
        "result": {"column": "R", "only": "words", "words": {"neg": "negative"}},
    }
    recoded = run([mrd(**fields)], R=["0.1", "NEG", "<0.1", "Unknown", "NA", None])
    assert cells(recoded, "value") == [["0.1", None, "<0.1", None, None, None]]
    assert cells(recoded, "result") == [[None, "negative", None, None, None, None]]
    assert cells(recoded, "note") == [[None, None, None, "R: Unknown", None, None]]
    assert tuple(map(str, recoded.assumed)) == ("lab: 1 cell is taken as not stated (NA): R 1.",)


def test_the_first_column_that_is_filled_counts_and_of_numbers_the_first_number() -> None:
    recoded = run([mrd(timepoint=["A", "B"])], A=["x", None], B=["y", "z"])
    assert cells(recoded, "timepoint") == [["x", "z"]]
    recoded = run([mrd(value={"column": ["A", "B"], "only": "numbers"})], A=["see", "1"], B=["2", "3"])
    assert cells(recoded, "value") == [["2", "1"]]


def test_a_row_goes_to_the_first_event_it_fits_and_to_those_that_come_along() -> None:
    events = [
        {**mrd(marker="A"), "where": {"A": ["x"]}},
        {**mrd(timepoint="B"), "also": True, "where": {"B": ["*"]}},
        {**mrd(marker={"always": "rest"}), "where": {"A": ["x", "y"]}},
    ]
    recoded = run(events, A=["x", "Y", "z", "z"], B=["b", None, "b", None])
    assert [table.frame[ROW].to_list() for table in recoded.tables] == [[2], [2, 4], [3]]
    assert (recoded.kept, dict(recoded.set_aside)) == (3, {"no event of the mapping": 1})
    assert [(cell.value, cell.rows, cell.row) for cell in recoded.cells] == [("A z", 1, 5)]


def test_a_column_that_nothing_is_read_from_is_told_once() -> None:
    recoded = run([mrd(marker="A")], A=["x", "y"], B=["1", "2"], C=[None, None])
    assert [(cell.column, cell.rows) for cell in recoded.cells] == [("B", 2)]


def test_a_record_is_made_of_one_cell() -> None:
    event = {"type": "treatment_block", "from": ["lab"], "fields": {"agents": {"column": "A", "record": "name"}}}
    recoded = run([event], A=['a "b"\\', None])
    assert cells(recoded, "agents") == [['[{"name":"a \\"b\\"\\\\"}]', None]]


def test_notes_gather_columns_with_their_names() -> None:
    recoded = run([mrd(note=["A", "B"], marker="B")], A=["x", None], B=["Unknown", None])
    assert cells(recoded, "note") == [["A: x; B: Unknown", None]]
    assert all(isinstance(table, FlatTable) for table in recoded.tables)


def test_the_sign_of_a_number_is_part_of_a_word() -> None:
    assert (folded("-1"), folded(" -.5 "), folded("CR-1"), folded("- a")) == ("-1", "-.5", "cr 1", "a")
    recoded = run([mrd(marker={"column": "A", "words": {"1": "one", "-1": "minus"}})], A=["1", "-1", " -1"])
    assert cells(recoded, "marker") == [["one", "minus", "minus"]]


def test_faults_of_fields_in_several_columns_are_told() -> None:
    fields = {
        "start": {"month": "M", "day": "D", "words": {"1": "day"}},
        "value": {"date": "D", "precision": "P"},
        "start_day": {"year": "Y"},
        "antigens": {"checkbox": "A"},
        "result": {"checkbox": "A", "words": {"1": "negative"}},
        "marker": {"column": "A", "separator": ";"},
    }
    other = {"start": {"precision": "P", "words": {"1": "week"}}}
    events = [{"type": "mrd", "from": ["x"], "fields": fields}, {"type": "mrd", "from": ["x"], "fields": other}]
    assert faults({"event": events}) == [
        ("event 1, fields, start", "'words'", "known are year, month, day, unknown, statement"),
        ("event 1, fields, start", "none", None),
        ("event 1, fields, value", "'value'", None),
        ("event 1, fields, start_day", "'start_day'", None),
        ("event 1, fields, antigens, words", "none", None),
        ("event 1, fields, result", "'result'", None),
        ("event 1, fields, marker, separator", "none", None),
        ("event 2, fields, start", "none", None),
        ("event 2, fields, start, words, 1", "'week'", "allowed are day, month, year, unknown"),
    ]


def test_a_date_in_parts_says_as_much_as_is_known() -> None:
    source = {"year": "Y", "month": "M", "day": "D", "unknown": ["99", "UK"], "statement": "S"}
    recoded = run(
        [mrd(start=source)],
        Y=["2020", "2020", "2020", "2020", None, "uk", "20", None],
        M=["5", "may", "99", None, None, None, "5", "13"],
        D=["7", "UK", "99", "7", None, None, "7", None],
        S=[None, None, None, None, "after x", None, "age 3 days", None],
    )
    assert cells(recoded, "start") == [
        ["2020-05-07", "2020-05", "2020", "2020", "after x", None, "age 3 days", None],
    ]
    assert [(cell.column, cell.value, cell.row) for cell in recoded.cells] == [
        ("Y", "20", 8),
        ("M", "13", 9),
        ("M", "13", 9),
        ("D", "7", 5),
    ]


def test_a_date_with_its_precision_is_read_as_far_as_it_goes() -> None:
    source = {"date": "D", "precision": "P", "words": {"1": "day", "2": "month", "3": "year", "4": "unknown"}}
    recoded = run(
        [mrd(start=source)],
        D=["2020-05-07", "2020-05-07", "2020-05-07 10:00", "2020-05-07", "7/5/2020", "2020-05-07", None, "2020-05-07"],
        P=["1", "2", "3", None, "2", "5", "4", "Unknown"],
    )
    assert cells(recoded, "start") == [
        ["2020-05-07", "2020-05", "2020", "2020-05-07", "7/5/2020", None, "unknown", "2020-05-07"],
    ]
    assert [(cell.column, cell.value) for cell in recoded.cells] == [("P", "5")]


def test_choices_that_are_ticked_are_words_and_one_without_a_word_is_told() -> None:
    columns = {
        "A___1": ["1", "0", "Checked", "2"],
        "A___cns_2": ["1", None, "Unchecked", "0"],
        "A___9": ["0", "1", "", None],
    }
    event = {"type": "relapse", "from": ["lab"]}
    words = {"1": "marrow", "CNS-2": "cns"}
    recoded = run([{**event, "fields": {"sites": {"checkbox": "A", "words": words}}}], **columns)
    assert cells(recoded, "sites") == [["marrow;cns", None, "marrow", None]]
    assert [(cell.column, cell.value, cell.row) for cell in recoded.cells] == [("A___1", "2", 5), ("A___9", "1", 3)]
    findings = {"checkbox": "A", "words": {"1": 'fever "high"', "CNS-2": "rash"}, "record": "term"}
    recoded = run([{**event, "fields": {"findings": findings}}], **columns)
    assert cells(recoded, "findings")[0][0] == '[{"term": "fever \\"high\\""},{"term": "rash"}]'


def test_records_are_made_of_the_parts_of_a_text_and_a_list_stays_one() -> None:
    fields = {"agents": {"column": "A", "record": "name", "separator": ";"}}
    recoded = run(
        [{"type": "treatment_block", "from": ["lab"], "fields": fields}], A=["a; b ;", '[{"name":"c"}]', " ; "]
    )
    assert cells(recoded, "agents") == [['[{"name":"a"},{"name":"b"}]', '[{"name":"c"}]', None]]
