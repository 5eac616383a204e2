"""``protocols`` and ``protocol``: what is told of the treatment protocols, and how wrong names are answered."""

import json
from pathlib import Path

import pytest

from infant_course.knowledge.protocols import protocols

IDS = [p.id for p in protocols()]


def flat(text: str) -> str:
    """A text without its line breaks."""
    return " ".join(text.split())


def test_the_list(run):
    said = run("protocols")
    assert said.code == 0
    rows = [" ".join(line.split()) for line in said.out.splitlines()]
    assert rows[0] == "id name accrual groups blocks"
    assert "interfant-06 Interfant-06 2006–2016 LR, HR, MR 9" in rows
    assert "interfant-21 Interfant-21 2022– HR, MR 8" in rows
    assert "cog-p9407 COG P9407 1996–2006 — 5" in rows
    assert max(map(len, said.out.splitlines())) <= 80


def test_the_list_as_json(run):
    told = {row["id"]: row for row in json.loads(run("protocols", "--format", "json").out)}
    assert len(told) == 14
    assert told["cassiopeia"]["accrual"] == {"start": 2019, "end": None}
    assert told["interfant-06"]["groups"] == ["LR", "HR", "MR"]


@pytest.mark.parametrize("name", IDS)
def test_every_protocol_fits_a_terminal_and_is_told_with_sources(run, name: str):
    said = run("protocol", name)
    assert (said.code, said.err) == (0, "")
    assert max(map(len, said.out.splitlines())) <= 80
    for head in ("Accrual: ", "Age: ", "Blocks", "MRD time points", "Published outcomes"):
        assert f"\n{head}" in said.out
    assert "None" not in said.out


def test_interfant_06_in_full(run):
    text = flat(run("protocol", "interfant-06").out)
    for words in (
        "Accrual: 2006–2016 [kotecha2022, Table 1]",
        "<=365 days [interfant06_cancervic, eligibility (provisional)]",
        "LR: KMT2A-germline [pieters2018, risk groups]",
        "asparaginase ecoli, IV: 10000 U/m2; days 15, 18, 22, 25, 29, 33 ",
        "dexamethasone, PO/IV: 6 mg/m2/day (provisional); days 8–28 (provisional)",
        "etoposide, IV: dose not found; days not found",
        "after MARMA; DNA PCR of KMT2A, Ig and/or TR; threshold >= 0.0001 (0.01 %)",
        "after ib or mae",
        "at the start of OCTADAD; after MARMA (provisional) [pieters2018, transplant]",
        "end of induction: after Induction; day 33 (provisional); ",
        "2009-06: medium risk",
        "KMT2A-germline: 6-year OS 87.2, SE 2.7, n 167 [stutterheim2022, abstract]",
        "Length of treatment: 104 weeks [pieters2018, length of treatment (provisional)]",
    ):
        assert words in text


def test_what_was_not_found_is_said(run):
    text = run("protocol", "mll96").out
    assert "MRD time points: not found" in text
    assert "Length of treatment: not found" in text
    assert "JILSG MLL96 and MLL98, KMT2A-rearranged" in flat(text)


def test_a_group_and_an_arm_narrow_what_is_told(run):
    low = run("protocol", "interfant-06", "--risk", "lr").out
    assert "Blocks (group LR)" in low
    assert "(ade)" not in low
    assert "(hsct)" not in low
    assert "myeloid:" not in low
    myeloid = run("protocol", "interfant-06", "--risk", "HR", "--arm", "myeloid").out
    assert "(ib)" not in myeloid
    assert "(mae)" in myeloid


def test_json_tells_the_same_and_links_the_blocks(run):
    told = json.loads(run("protocol", "aall15p1", "--format", "json").out)
    blocks = {block["id"]: block for block in told["blocks"]}
    assert blocks["azacitidine_1"]["after"] == ["induction"]
    assert (blocks["azacitidine_1"]["start"], blocks["azacitidine_1"]["start_derived"]) == ([36, None], True)
    assert (blocks["induction"]["start"], blocks["induction"]["end"]) == ([1, 1], [35, 35])
    assert blocks["maintenance"]["start"] is None
    [pegaspargase] = [d for d in blocks["induction"]["drugs"] if d["name"] == "pegaspargase"]
    assert (pegaspargase["days"], pegaspargase["dose"], pegaspargase["dose_confidence"]) == ([12], None, "unknown")
    assert told["eligibility"]["source"] == {"key": "nct02828358", "at": "eligibility", "confidence": "quoted"}
    assert told["outcomes"][0]["endpoint"] == "DLT"
    low = json.loads(run("protocol", "interfant-06", "--risk", "LR", "--format", "json").out)
    assert low["chosen"] == {"group": "LR", "arm": None}
    assert [block["id"] for block in low["blocks"]] == [
        "prednisone_prephase", "induction", "ib", "marma", "octadad", "maintenance",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["interfant-6"], "did you mean 'interfant-06'?"),
        (["zzz"], "known are aall0631, "),
        (["interfant-06", "--risk", "IR"], "LR, HR, MR"),
        (["interfant-06", "--arm", "myelod"], "did you mean 'myeloid'?"),
        (["interfant-06", "--risk", "LR", "--arm", "myeloid"], "it is open to MR, HR"),
        (["interfant-06", "--plot", "plan.bmp"], ".svg, .pdf, .png"),
    ],
)
def test_wrong_names_get_one_line_and_exit_2(run, words: list[str], answer: str):
    said = run("protocol", *words)
    assert (said.code, said.out) == (2, "")
    assert answer in said.err
    assert said.err.count("\n") == 1


def test_the_plan_is_drawn(run, tmp_path: Path):
    path = tmp_path / "plan.svg"
    said = run("protocol", "interfant-06", "--risk", "HR", "--arm", "lymphoid", "--plot", path)
    assert (said.code, said.out.strip()) == (0, str(path))
    drawn = path.read_text(encoding="utf-8")
    assert "MARMA" in drawn
    assert ">ADE<" not in drawn
