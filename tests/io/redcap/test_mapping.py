"""A mapping is held against the dictionary and the header before any cell is read; all its faults are told at once."""

from pathlib import Path

import pytest

import infant_course as ic
from infant_course import InputError
from infant_course.io.tables.redcap_dictionary import HEADINGS, read_dictionary

PROJECT = Path(__file__).resolve().parents[3] / "cases" / "exports" / "redcap"
RECORDS, DICTIONARY = PROJECT / "records.csv", PROJECT / "dictionary.csv"

WRONG = """
[patient]
from = ["demografics"]
[patient.fields]
sex = { column = "sexx", words = { 1 = "male", Femal = "female" } }

[[event]]
type = "diagnosis"
from = ["leukaemia"]
where = { dx_prec = ["5"] }
[event.fields]
start = { date = "dx_date", precision = "dx_precision" }
cns = "em_sites"
kmt2a = { column = "mll", words = { 2 = "rearranged" } }
extramedullary = { checkbox = "cns_dx", words = { 1 = "cns" } }
kmt2a_partner = "dx_info"
note = ["em_sites___1", "em_sites___4", "leukaemia_complete", "redcap_event_name"]

[[detail]]
of = "diagnosis"
from = ["genetics"]
[detail.fields]
kmt2a_tests = { checkbox = "karyotype", words = { 1 = "fish" } }
"""


def test_all_faults_are_told_at_once_with_place_and_nearest_name(tmp_path: Path) -> None:
    mapping = tmp_path / "mine.toml"
    mapping.write_text(WRONG)
    with pytest.raises(InputError) as caught:  # the export is not there: it is not looked at before
        ic.read(tmp_path / "none.csv", mapping=mapping, dictionary=DICTIONARY, source="redcap")
    faults = [(fault.path, fault.found, fault.hint) for fault in caught.value.faults]
    assert faults == [
        ("patient 1, from", "'demografics'", "did you mean 'demographics'?"),
        ("patient 1, fields, sex", "'sexx'", "did you mean 'sex'?"),
        ("event 1, where, dx_prec", "'5'", "they are 1, To the day | 2, To the month | 3, To the year | 4, Not known"),
        ("event 1, fields, start", "'dx_precision'", "did you mean 'dx_prec'?"),
        ("event 1, fields, cns", "'em_sites', of type checkbox", faults[4][2]),
        ("event 1, fields, kmt2a", "'2'", "they are 1, Yes, rearranged | 0, No | -1, Not tested"),
        ("event 1, fields, extramedullary", "'cns_dx', of type radio", None),
        ("event 1, fields, kmt2a_partner", "'dx_info', of type descriptive", None),
        ("event 1, fields, note", "'em_sites___4'", "did you mean 'em_sites___3'?"),
        ("detail 1, fields, kmt2a_tests", "'karyotype'", "did you mean 'karyo'?"),
    ]
    assert faults[4][2] == 'checkbox = "em_sites", or one of its columns, such as em_sites___1'
    assert all(fault.file == str(mapping) for fault in caught.value.faults)


def test_without_a_dictionary_the_header_is_what_a_mapping_is_held_against(tmp_path: Path) -> None:
    mapping = tmp_path / "mine.toml"
    mapping.write_text(
        '[[event]]\ntype = "relapse"\nfrom = ["relapse"]\nwhere = { rel_dat = ["*"] }\n[event.fields]\n'
        'start = "rel_dte"\nsites = { checkbox = "rel_site", words = { BM = "marrow" } }\ncsf_blasts = "rel_early"\n'
    )
    with pytest.raises(InputError) as caught:
        ic.read(RECORDS, source="redcap", mapping=mapping)
    assert [(fault.path, fault.found, fault.hint) for fault in caught.value.faults] == [
        ("event 1, where, rel_dat", "'rel_dat'", "did you mean 'rel_date'?"),
        ("event 1, fields, start", "'rel_dte'", "did you mean 'rel_date'?"),
        ("event 1, fields, sites", "'rel_site'", "did you mean 'rel_sites'?"),
    ]


def test_with_a_dictionary_a_field_that_was_not_exported_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "part.csv"
    path.write_text("study_id,rel_date,relapse_complete\nA,2022-01-10,2\n")
    cohort = ic.read(path, source="redcap", mapping=PROJECT / "mapping.toml", dictionary=DICTIONARY)
    assert [event.TYPE for event in cohort.course("A")] == ["relapse"]
    assert cohort.complete == {"relapse": True}, "nothing is concluded from instruments that were not exported"
    assert any(said.startswith("part.csv has no column for") for said in cohort.intake.assumptions)


def test_a_type_is_complete_only_where_all_that_is_read_of_it_was_exported(tmp_path: Path) -> None:
    """A death that stands in two instruments, or whose own fields were left out of the export."""
    mapping = tmp_path / "m.toml"
    part = '[[event]]\ntype = "death"\nfrom = ["{}"]\ncomplete = true\n[event.fields]\nstart = "{}"\n'
    contact = '[[event]]\ntype = "last_contact"\nfrom = ["follow_up"]\n[event.fields]\nstart = "fu_date"\n'
    mapping.write_text(contact + part.format("follow_up", "d_date"))
    path = tmp_path / "e.csv"
    path.write_text("study_id,fu_date,follow_up_complete\nA,2022-01-10,2\n")
    read = ic.read(path, source="redcap", mapping=mapping, dictionary=DICTIONARY)
    assert (read.complete, read.n_events) == ({}, 1)
    path.write_text("study_id,fu_date,d_date,follow_up_complete\nA,2022-01-10,,2\n")
    assert ic.read(path, source="redcap", mapping=mapping, dictionary=DICTIONARY).complete == {"death": True}
    mapping.write_text(part.format("follow_up", "d_date") + part.format("relapse", "rel_date"))
    assert ic.read(path, source="redcap", mapping=mapping, dictionary=DICTIONARY).complete == {}


def test_a_label_that_several_fields_share_is_not_guessed(tmp_path: Path) -> None:
    dictionary = tmp_path / "d.csv"
    dictionary.write_text(
        "field_name,form_name,field_type,field_label\nid,a,text,Record\nd1,a,text,Date\nd2,a,text,Date\n"
    )
    mapping = tmp_path / "m.toml"
    mapping.write_text('[[event]]\ntype = "relapse"\nfrom = ["a"]\n[event.fields]\nstart = "d1"\n')
    export = tmp_path / "e.csv"
    export.write_text("Record,Date,Date,Complete?\n1,2020-01-01,2021-01-01,Complete\n")
    with pytest.raises(InputError, match="its label in the header is that of d2 too"):
        ic.read(export, source="redcap", mapping=mapping, dictionary=dictionary)


def test_titles_of_instruments_may_stand_beside_their_names(tmp_path: Path) -> None:
    """An export of labels calls a repeating instrument by its title, which the dictionary does not tell."""
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        '[[event]]\ntype = "mrd"\nfrom = ["mrd_form", "Minimal residual disease"]\n[event.fields]\nstart = "when"\n'
    )
    header = "id,redcap_repeat_instrument,redcap_repeat_instance,when,mrd_form_complete\n"
    for title in ("mrd_form", "MRD Form", "Minimal residual disease"):
        export = tmp_path / "e.csv"
        export.write_text(f"{header}1,{title},1,2020-01-01,Complete\n")
        cohort = ic.read(export, source="redcap", mapping=mapping)
        assert cohort.intake.cells == ()
        assert cohort.origin["instrument"].to_list() == ["mrd_form"]
        export.write_text(f"id,redcap_repeat_instrument,redcap_repeat_instance,when\n1,{title},1,2020-01-01\n")
        assert ic.read(export, source="redcap", mapping=mapping).n_events == 1, "not even the header tells instruments"


def test_both_kinds_of_dictionary_are_read_and_a_damaged_one_is_told_in_full(tmp_path: Path) -> None:
    web = read_dictionary(DICTIONARY)
    text = DICTIONARY.read_text(encoding="utf-8")
    head, _, rest = text.partition("\n")
    api = tmp_path / "api.csv"
    api.write_text(",".join(HEADINGS.values()) + "\n" + rest)
    assert read_dictionary(api).fields == web.fields
    assert web.by_name["mll"].choices == {"1": "Yes, rearranged", "0": "No", "-1": "Not tested"}
    assert head.count('"') > 20  # headings hold commas
    bad = tmp_path / "bad.csv"
    bad.write_text("field_name,form_name,field_type,field_label\na,x,text,A\na,x,texte,B\n,x,text,C\nb,,text,D\n")
    with pytest.raises(InputError) as caught:
        read_dictionary(bad)
    assert [(fault.line, fault.expected.split(" (")[0]) for fault in caught.value.faults] == [
        (3, "a field type"),
        (3, "each field once; a stands in line 2 too"),
        (4, "a field_name"),
        (5, "a form_name"),
    ]
    with pytest.raises(InputError, match="a data dictionary with the headings"):
        read_dictionary(RECORDS)


def test_several_events_of_one_type_in_one_instrument_are_told_apart(tmp_path: Path) -> None:
    """A wide instrument: first and second relapse side by side."""
    mapping = tmp_path / "m.toml"
    part = (
        '[[event]]\ntype = "relapse"\nfrom = ["course"]\n[event.fields]\n'
        'start = "rel{0}"\nnumber = {{ always = "{0}" }}\n'
    )
    mapping.write_text(part.format(1) + part.format(2))
    export = tmp_path / "e.csv"
    export.write_text("id,rel1,rel2,course_complete\nA,2020-01-01,2021-01-01,2\nB,2020-02-01,,2\nC,,,0\n")
    cohort = ic.read(export, source="redcap", mapping=mapping)
    assert [(event.id, str(event.when[0]), event.number) for event in cohort.course("A")] == [
        ("relapse", "2020-01-01", 1),
        ("relapse.2", "2021-01-01", 2),
    ]
    assert [event.id for event in cohort.course("B")] == ["relapse"]
    assert len(cohort.course("C")) == 0
