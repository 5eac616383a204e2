"""Case files of clean courses as text, and errors made while typing them."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
from attrs import define

TEMPLATE = """\
infant_course: 1
about: an invented course
patient: {{id: {name}, sex: male, birth: {birth}}}
complete: [relapse, remission, mrd, transplant, death]
events:
  - {{event: diagnosis, id: dx, when: {dx}, disease: ALL, lineage: B, wbc: {wbc} 10^9/L, haemoglobin: 7.9 g/dL,
     cns: CNS1, csf_blasts: false, csf_wbc: 2 /uL, kmt2a: rearranged, kmt2a_partner: AFF1, kmt2a_tests: [fish],
     immunophenotypes: [{{specimen: marrow, positive: [CD19, CD79a, cCD22], negative: [CD10, CD3, cMPO]}}],
     cytogenetics: [{{karyotype: "t(4;11)(q21;q23)", tests: [g_banding]}}]}}
  - {{event: enrolment, id: enrol, when: {start}, protocol: interfant-06, on_trial: true}}
  - {{event: prednisone_response, id: pred, when: 7 days after enrol, response: good, day8_blasts: {blasts} /uL}}
  - {{event: treatment_block, id: induction, when: {induction}, until: {induction_end}, protocol: interfant-06,
     block: induction}}
  - {{event: mrd, id: mrd-eoi, when: {eoi}, result: quantified, value: {level} fraction, method: pcr,
     marker: KMT2A-AFF1, specimen: marrow, sensitivity: 1e-5 fraction, quantitative_limit: 5e-5 fraction,
     assesses: induction}}
  - {{event: remission, id: cr1, when: {cr1}, kind: complete, number: 1, criteria: ponte_di_legno,
     mrd: {level} fraction, cns: CNS1}}
  - {{event: treatment_block, id: ib, when: {ib}, until: {ib_end}, protocol: interfant-06, block: ib}}
  - {{event: mrd, id: mrd-eoc, when: {eoc}, result: negative, method: pcr, marker: KMT2A-AFF1, specimen: marrow,
     sensitivity: 1e-5 fraction, quantitative_limit: 5e-5 fraction, assesses: ib}}
  - {{event: treatment_block, id: marma, when: {marma}, lasting: 7 weeks, protocol: interfant-06, block: marma}}
  - {{event: adverse_event, id: ae, when: 9 days after marma, term: mucositis, grade: 3, scale: CTCAE_v5,
     attributed_to: [marma]}}
  - {{event: relapse, id: rel, when: {relapse}, number: 1, sites: [marrow], marrow_blasts: {marrow} %,
     timing: very_early, evidence: [marrow_aspirate]}}
  - {{event: immunotherapy, id: blina, when: {blina}, lasting: 28 days, agent: blinatumomab, cycle: 1,
     dose_rate: 15 ug/m2/day}}
  - {{event: remission, id: cr2, when: {cr2}, kind: complete, number: 2, attained_with: [blina], mrd: 2e-4 fraction,
     cns: CNS1}}
  - {{event: conditioning, id: cond, when: {cond}, lasting: 8 days, of: hsct}}
  - {{event: transplant, id: hsct, when: {hsct}, donor: matched_unrelated, graft: bone_marrow, hla_matched: 10,
     hla_compared: 10, status: CR2, consolidates: cr2, indication: relapse}}
  - {{event: engraftment, id: anc, when: {anc}, of: hsct, cells: neutrophils, count: 0.6 10^9/L, consecutive: 3}}
  - {{event: chimerism, id: chimerism, when: {chimerism}, of: hsct, donor: 98 %, specimen: blood}}
  - {{event: gvhd, id: gvhd, when: {gvhd}, until: {gvhd_end}, of: hsct, form: acute, grade: 1, skin: 2, liver: 0,
     lower_gut: 0, upper_gut: 0, scale: MAGIC}}
  - {{event: last_contact, id: last, when: {last}, vital_status: alive, disease_status: CR2}}
"""


def case_text(number: int) -> str:
    """The case file of one clean course; every number gives other dates and values."""
    rng = np.random.default_rng(number)
    born = date(2007, 1, 1) + timedelta(days=int(rng.integers(0, 2000)))
    days = {"birth": 0, "dx": int(rng.integers(200, 340))}
    for name, after, least, most in (
        ("start", "dx", 0, 2),
        ("induction", "start", 7, 8),
        ("induction_end", "induction", 25, 27),
        ("eoi", "induction_end", 1, 3),
        ("cr1", "eoi", 2, 8),
        ("ib", "induction_end", 9, 14),
        ("ib_end", "ib", 34, 38),
        ("eoc", "ib_end", 1, 5),
        ("marma", "ib_end", 9, 20),
        ("relapse", "marma", 90, 250),
        ("blina", "relapse", 35, 45),
        ("cr2", "blina", 31, 38),
        ("cond", "cr2", 24, 38),
        ("hsct", "cond", 8, 8),
        ("anc", "hsct", 14, 24),
        ("gvhd", "anc", 2, 30),
        ("gvhd_end", "gvhd", 10, 40),
        ("chimerism", "hsct", 30, 90),
        ("last", "hsct", 500, 1500),
    ):
        days[name] = days[after] + int(rng.integers(least, most + 1))
    dates = {name: (born + timedelta(days=day)).isoformat() for name, day in days.items()}
    return TEMPLATE.format(
        name=f"case-{number}",
        wbc=round(float(rng.uniform(20, 280)), 1),
        blasts=int(rng.integers(0, 900)),
        level=f"{float(rng.uniform(1e-4, 5e-3)):.1e}",
        marrow=int(rng.integers(30, 95)),
        **dates,
    )


Edit = Callable[[str], str]


def typed(pattern: str, instead: str) -> Edit:
    """Something typed instead of what was there."""

    def edit(text: str) -> str:
        changed, times = re.subn(pattern, instead, text, count=1, flags=re.DOTALL)
        assert times == 1, pattern
        return changed

    return edit


def without(event: str) -> Edit:
    """A whole event left out."""
    return typed(rf"  - \{{event: [a-z_]+, id: {event},.*?\}}\n(?=  - |$)", "")


@define(frozen=True)
class CaseKind:
    """A kind of error made while typing a case file. ``reader`` among the expected: the file is refused."""

    name: str
    about: str
    expected: tuple[str, ...]
    edit: Edit
    reason: str = ""


CASE_KINDS = (
    CaseKind(
        "case-wbc-unit",
        "white cells per microlitre with the unit 10^9/L",
        ("BAS-03", "BAS-02"),
        typed(r"wbc: ([\d.]+) 10\^9/L", r"wbc: \g<1>e3 10^9/L"),
    ),
    CaseKind(
        "case-csf-unit",
        "cells of the fluid with the unit of blood",
        ("BAS-05",),
        typed(r"csf_wbc: 2 /uL", "csf_wbc: 38 10^9/L"),
    ),
    CaseKind("case-mrd-bare", "MRD without a unit", ("reader",), typed(r"value: (\S+) fraction", r"value: \1")),
    CaseKind(
        "case-mrd-percent",
        "a level in percent ending on the word fraction, 30 times all cells",
        ("MRD-01",),
        typed(r"value: \S+ fraction", "value: 30 fraction"),
    ),
    CaseKind("case-cns", "blasts seen, class CNS1", ("BAS-06",), typed("csf_blasts: false", "csf_blasts: true")),
    CaseKind(
        "case-karyotype", "t(9;11) typed beside AFF1", ("BAS-11",), typed(r"t\(4;11\)\(q21;q23\)", "t(9;11)(p22;q23)")
    ),
    CaseKind(
        "case-marker", "marker of another patient", ("MRD-09",), typed("marker: KMT2A-AFF1", "marker: KMT2A-MLLT1")
    ),
    CaseKind(
        "case-germline", "status germline beside a partner", ("BAS-14",), typed("kmt2a: rearranged", "kmt2a: germline")
    ),
    CaseKind(
        "case-sex",
        "testicular relapse of a girl",
        ("BAS-20", "REM-12"),
        lambda t: typed("sites: .marrow.", "sites: [marrow, testis]")(typed("sex: male", "sex: female")(t)),
    ),
    CaseKind(
        "case-day15",
        "remission on day 15",
        ("REM-01",),
        typed(r"id: cr1, when: \S+,", "id: cr1, when: 15 days after dx,"),
    ),
    CaseKind("case-no-remission", "first remission left out", ("REM-06",), without("cr1")),
    CaseKind("case-no-relapse", "relapse left out", ("REM-05", "REM-04"), without("rel")),
    CaseKind(
        "case-number", "second remission numbered 3", ("REM-04",), typed("number: 2, attained", "number: 3, attained")
    ),
    CaseKind(
        "case-order",
        "the order of two events written the wrong way round",
        ("REC-03",),
        typed(r"id: cr1, when: (\S+),", r"id: cr1, when: [\1, before induction],"),
    ),
    CaseKind(
        "case-reference",
        "a reference misspelt",
        ("REC-02",),
        typed("attributed_to: .marma.", "attributed_to: [marmma]"),
    ),
    CaseKind(
        "case-time-reference",
        "a time that hangs on an event that is not there",
        ("REC-02",),
        typed("9 days after marma", "9 days after mamra"),
    ),
    CaseKind("case-id-twice", "an id used twice", ("REC-01",), typed("id: ib,", "id: induction,")),
    CaseKind(
        "case-word", "a word that is not in the list", ("reader",), typed("graft: bone_marrow", "graft: bone marow")
    ),
    CaseKind("case-organ", "an organ entered as HSCT", ("HCT-01",), typed("graft: bone_marrow", "graft: heart")),
    CaseKind(
        "case-age",
        "an age at diagnosis that does not fit the dates",
        ("ORD-08", "REC-03"),
        typed(r"id: dx, when: (\S+),", r"id: dx, when: [\1, age 20 months],"),
    ),
    CaseKind("case-blina-mg", "blinatumomab in mg", ("DOS-03",), typed("15 ug/m2/day", "15 mg/m2/day")),
    CaseKind(
        "case-anc-early",
        "engraftment ten days before day 0",
        ("HCT-07",),
        typed(r"id: anc, when: \S+,", "id: anc, when: 10 days before hsct,"),
    ),
    CaseKind(
        "case-gvhd", "grade II with skin stage 1 only", ("HCT-10",), typed("grade: 1, skin: 2", "grade: 2, skin: 1")
    ),
    CaseKind(
        "case-contact",
        "last contact of the year before",
        ("ORD-05",),
        typed(r"id: last, when: \S+,", "id: last, when: 3 months after rel,"),
    ),
    CaseKind(
        "case-timing",
        "a relapse in the first year called late",
        ("REM-13",),
        typed("timing: very_early", "timing: late"),
        reason="while no end of therapy is recorded REM-13 leaves it open, although no scheme calls it late so soon",
    ),
    CaseKind(
        "case-limits",
        "detection and quantitation limit exchanged",
        ("MRD-07",),
        typed(
            "sensitivity: 1e-5 fraction, quantitative_limit: 5e-5 fraction",
            "sensitivity: 5e-5 fraction, quantitative_limit: 1e-5 fraction",
        ),
    ),
)
