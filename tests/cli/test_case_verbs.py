"""``new``, ``schema`` and ``resolve``."""

import json


def test_new_writes_a_starter_that_can_be_checked(run, tmp_path):
    """It is commented, and sound as it stands."""
    path = tmp_path / "case.yaml"
    said = run("new", path)
    assert (said.code, said.out.strip()) == (0, str(path))
    assert "#" in path.read_text(encoding="utf-8")
    assert run("check", path).code == 0


def test_new_never_overwrites(run, tmp_path):
    """What is there stays as it is."""
    path = tmp_path / "case.yaml"
    path.write_text("mine", encoding="utf-8")
    said = run("new", path)
    assert said.code == 2
    assert "case.yaml" in said.err
    assert path.read_text(encoding="utf-8") == "mine"


def test_new_in_a_folder_that_is_not_there(run, tmp_path):
    """It is named, not made."""
    said = run("new", tmp_path / "no" / "case.yaml")
    assert said.code == 2
    assert str(tmp_path / "no") in said.err


def test_schema_is_a_json_schema(run):
    """For editors: it names its dialect and every event type."""
    told = json.loads(run("schema").out)
    assert told["$schema"].startswith("https://json-schema.org/")
    assert "treatment_block" in json.dumps(told)


def test_resolve_prints_the_explicit_form(run, case):
    """Every event with what is known of its time."""
    said = run("resolve", case(more="  - {event: remission, id: cr, when: after dx}\n"))
    assert said.code == 0
    assert "dx" in said.out and "cr" in said.out


def test_resolve_of_what_cannot_be_read(run, tmp_path):
    """Located message, exit 2."""
    said = run("resolve", tmp_path / "none.yaml")
    assert said.code == 2
    assert "none.yaml" in said.err
