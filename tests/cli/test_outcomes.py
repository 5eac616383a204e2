"""``outcomes``: Table 1 first, as printed."""

import json


def test_table_1_comes_first_and_as_printed(run):
    said = run("outcomes")
    assert said.code == 0
    rows = [" ".join(line.split()) for line in said.out.splitlines()]
    assert "Interfant-99 1999-2005 311a 35.9a,b 43.2a,b 79 74.5b 83.4b 5,41" in rows
    assert "JILSG MLL98 1998-2001" in rows
    assert "JPLSG MLL03 2004-2009 62 43.2c 67.2c — — — 43" in rows
    assert said.out.startswith("Table 1")
    assert said.out.index("Primary papers") < said.out.index("In the text of the review") < said.out.index("Trials")
    assert max(map(len, said.out.splitlines())) <= 80


def test_the_text_names_horizon_and_source(run):
    text = " ".join(run("outcomes").out.split())
    assert "KMT2A-rearranged: 3-year EFS 66.2, SE 5.6, n 75 [tomizawa2020, abstract]" in text
    assert "1-year EFS over 90" in text
    assert "venetoclax in infants: planned, phase 2, COG" in text


def test_json_keeps_print_value_and_horizon_apart(run):
    told = json.loads(run("outcomes", "--format", "json").out)
    rows = {row["study"]: row for row in told["table1"]["rows"]}
    efs = rows["Interfant-06"]["rearranged"]["efs"]
    assert efs == {"printed": "36.4", "footnotes": ["b"], "value": 36.4, "horizon_years": 6}
    assert rows["CCG-1953"]["rearranged"]["os"]["value"] is None
    assert rows["JILSG MLL98"]["rearranged"] is None
    assert rows["JILSG MLL98"]["shares_cells_with"] == "JILSG MLL96"
    assert rows["JPLSG MLL-10"]["rearranged"]["efs"]["horizon_years"] == 5
    assert rows["JPLSG MLL-10"]["doubts"]["rearranged"]["years"] == 3
    assert {"primary", "text", "trials"} <= set(told)
