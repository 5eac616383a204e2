"""``agents``: the list on the terminal and as JSON."""

import json


def test_agents_lists_all(run):
    said = run("agents")
    assert said.code == 0
    assert said.out.endswith("60 agents\n")
    assert max(map(len, said.out.splitlines())) <= 80


def test_agents_of_a_figure(run):
    said = run("agents", "--figure", "1")
    assert said.code == 0
    assert "blinatumomab" in said.out
    assert "NG2 (CSPG4)-directed antibody (?)" in said.out
    assert "venetoclax" not in said.out
    assert said.out.endswith("6 agents\n")


def test_agents_by_class_and_kind(run):
    told = json.loads(run("agents", "--class", "hdac", "--format", "json").out)
    assert {agent["id"] for agent in told} == {"vorinostat", "panobinostat", "romidepsin"}
    told = json.loads(run("agents", "--modality", "cell_therapy", "--format", "json").out)
    assert {agent["class"][:11] for agent in told} == {"CAR T cells"}
    assert len(told) == 4


def test_recalled_codes_are_marked(run):
    told = {agent["id"]: agent for agent in json.loads(run("agents", "--format", "json").out)}
    assert told["prednisone"]["codes"]["rxnorm"] == {"code": "8640", "confidence": "recalled"}
    assert "(provisional)" in run("agents", "--class", "vinca").out


def test_a_wrong_name_lists_the_nearest(run):
    for words in (("--class", "FLT3 inhibitr"), ("--modality", "cell therapies")):
        said = run("agents", *words)
        assert said.code == 2
        assert "did you mean" in said.err


def test_nothing_found_is_told(run):
    assert "No agent is all of this." in run("agents", "--class", "glucocorticoid", "--figure", "1").out
