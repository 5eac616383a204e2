"""Errors of a registry, kind by kind, with the rules that ought to notice each.

What is expected was written by hand from what each rule is for, before it was run; ``reason`` says why a kind
cannot be noticed in every patient. The errors are what people do to dates, units, rows and boxes, never a rule
turned round.
"""

import polars as pl

from infant_course.shortest_paths import UNBOUNDED

from .planting import (
    ALL,
    EXACT,
    SWAPPABLE,
    Kind,
    Step,
    agents,
    change,
    copy,
    day_and_month_swapped,
    drop,
    enter,
    event,
    have,
    later,
    listed,
    number,
    quantity,
    value,
)

DOSES_BELOW_SIX_MONTHS = (
    pl.col("agents")
    .list.eval(pl.element().struct.field("dose").struct.field("value").is_between(6000, 7000))
    .list.any()
)
NEVER_SEEN = "both dates stay possible when the order of events does not change"

KINDS: tuple[Kind, ...] = (
    # --- dates and order ---------------------------------------------------------------------------------------
    Kind(
        "relapse-day-month",
        "day and month of a relapse exchanged",
        ("ORD-01", "ORD-02", "ORD-05", "REM-06", "REM-04", "REM-05", "REM-13", "REM-19", "HCT-03", "ORD-06"),
        (change("relapse", event("rel") & SWAPPABLE, **day_and_month_swapped()),),
        reason=NEVER_SEEN,
    ),
    Kind(
        "block-day-month",
        "day and month of the start of a block exchanged",
        ("ORD-01", "ORD-02", "ORD-04", "ORD-05", "ORD-06", "PRO-04"),
        (change("treatment_block", event("ib", "marma") & SWAPPABLE, **day_and_month_swapped("start_lo", "start_hi")),),
        reason="a start moved by less than the time to the block before it changes no order",
    ),
    Kind(
        "diagnosis-year",
        "year of diagnosis typed one too late",
        ("BAS-01", "ORD-06", "ORD-07", "REM-01", "ORD-15"),
        (change("diagnosis", event("dx"), **later(365)),),
    ),
    Kind(
        "transplant-year",
        "year of the HSCT typed ten years too late",
        ("ORD-02", "ORD-03", "ORD-05"),
        (change("transplant", event("hsct", "hsct-2"), **later(3652)),),
    ),
    Kind(
        "contact-in-future",
        "last contact typed in the year 2051",
        ("ORD-03",),
        (change("last_contact", ALL, **later(30 * 365)),),
    ),
    Kind(
        "event-after-death",
        "date of death typed a year too early",
        ("ORD-02",),
        (change("death", pl.col("event") == "death", **later(-365)),),
        unless=Step("adverse_event", event("fatal")),
    ),
    Kind(
        "contact-too-early",
        "last contact left at the first follow-up form",
        ("ORD-05",),
        (change("last_contact", ALL, **later(-1200)),),
        reason="a patient without any event in those years cannot be noticed",
    ),
    Kind(
        "block-ends-before-start",
        "end of a block typed a year too early",
        ("ORD-04",),
        (change("treatment_block", event("ib", "marma", "octadad"), **later(-365, "end_lo", "end_hi")),),
    ),
    Kind(
        "other-patients-birth",
        "date of birth of another patient (two years older)",
        ("BAS-01",),
        (change("birth", ALL, **later(-730)),),
    ),
    Kind(
        "born-later",
        "date of birth of another patient (two years younger)",
        ("ORD-01",),
        (change("birth", ALL, **later(730)),),
    ),
    Kind(
        "birth-year",
        "year of birth typed one too early",
        ("BAS-01",),
        (change("birth", ALL, **later(-365)),),
    ),
    Kind(
        "symptoms-after-diagnosis",
        "year of the first symptoms typed one too late",
        ("ORD-07",),
        (change("symptom_onset", ALL, **later(365)),),
    ),
    Kind(
        "induction-before-diagnosis",
        "year of the start of induction typed one too early",
        ("ORD-06", "ORD-01"),
        (change("treatment_block", event("induction"), **later(-365, "start_lo", "start_hi")),),
    ),
    # --- diagnosis ---------------------------------------------------------------------------------------------
    Kind(
        "wbc-per-ul",
        "white cells per microlitre entered as 10^9/L",
        ("BAS-02", "BAS-03"),
        (change("diagnosis", ALL, wbc=quantity(value("wbc") * 1000, "10^9/L")),),
    ),
    Kind(
        "hb-g-per-l",
        "haemoglobin in g/L entered as g/dL",
        ("BAS-04",),
        (
            change(
                "diagnosis", value("haemoglobin").is_not_null(), haemoglobin=quantity(value("haemoglobin") * 10, "g/dL")
            ),
        ),
    ),
    Kind(
        "csf-unit",
        "cells of the cerebrospinal fluid entered as 10^9/L",
        ("BAS-05",),
        (change("diagnosis", value("csf_wbc") >= 8, csf_wbc=quantity(value("csf_wbc"), "10^9/L")),),
    ),
    Kind(
        "cns1-with-blasts",
        "blasts ticked although the class is CNS1",
        ("BAS-06",),
        (change("diagnosis", pl.col("cns") == "CNS1", csf_blasts=pl.lit(True)),),
    ),
    Kind(
        "cns3-two-cells",
        "cells of another sample: CNS3a with 2 per microlitre",
        ("BAS-06",),
        (change("diagnosis", pl.col("cns") == "CNS3a", csf_wbc=quantity(2, "/uL")),),
    ),
    Kind(
        "boy-entered-as-girl",
        "sex mistyped in a boy with testicular disease",
        ("BAS-20", "REM-12"),
        (
            change("patient", pl.col("sex") == "male", sex=pl.lit("female")),
            change("diagnosis", ALL, extramedullary=listed("testis")),
        ),
    ),
    Kind(
        "testis-in-girl",
        "testis ticked in the relapse of a girl",
        ("BAS-20", "REM-12"),
        (
            have("patient", pl.col("sex") == "female"),
            change("relapse", event("rel"), sites=listed("marrow", "testis")),
        ),
    ),
    Kind(
        "germline",
        "KMT2A left at germline although fused",
        ("BAS-14",),
        (change("diagnosis", pl.col("kmt2a") == "rearranged", kmt2a=pl.lit("germline")),),
    ),
    Kind(
        "germline-with-marker",
        "fusion marker of another patient in a germline leukaemia",
        ("BAS-14", "MRD-09"),
        (
            have("diagnosis", pl.col("kmt2a") == "germline"),
            change("mrd", event("mrd-induction") & (pl.col("method") == "pcr"), marker=pl.lit("KMT2A-AFF1")),
        ),
    ),
    Kind(
        "fusion-against-karyotype",
        "MLLT3 entered as partner in a t(4;11)",
        ("BAS-11", "MRD-09"),
        (change("diagnosis", pl.col("kmt2a_partner") == "AFF1", kmt2a_partner=pl.lit("MLLT3")),),
    ),
    Kind(
        "pgr-1500",
        "good response with 1500 blasts per microlitre on day 8",
        ("BAS-22",),
        (change("prednisone_response", pl.col("response") == "good", day8_blasts=quantity(1500, "/uL")),),
    ),
    Kind(
        "ppr-800",
        "poor response with 800 blasts per microlitre on day 8",
        ("BAS-22",),
        (change("prednisone_response", pl.col("response") == "poor", day8_blasts=quantity(800, "/uL")),),
    ),
    Kind(
        "day8-unit",
        "blasts per microlitre on day 8 entered as 10^9/L",
        ("BAS-22",),
        (
            change(
                "prednisone_response",
                (pl.col("response") == "good") & (value("day8_blasts") >= 10),
                day8_blasts=quantity(value("day8_blasts"), "10^9/L"),
            ),
        ),
    ),
    Kind(
        "marrow-over-100",
        "marrow blasts of 120 %",
        ("BAS-09",),
        (change("diagnosis", value("marrow_blasts").is_not_null(), marrow_blasts=quantity(120, "%")),),
    ),
    Kind(
        "weight-in-grams",
        "weight in grams entered as kilograms",
        ("BAS-24",),
        (change("measurement", ALL, weight=quantity(value("weight") * 1000, "kg")),),
    ),
    Kind(
        "lineage-typed-T",
        "lineage typed T in a leukaemia with B markers",
        ("BAS-16",),
        (change("diagnosis", pl.col("lineage") == "B", lineage=pl.lit("T")),),
    ),
    Kind(
        "response-after-steroids",
        "response entered although steroids were given before",
        ("BAS-23",),
        (
            change("diagnosis", pl.col("prior_steroids").eq_missing(False), prior_steroids=pl.lit(True)),
            have("prednisone_response"),
        ),
    ),
    Kind(
        "relapse-as-diagnosis",
        "the relapse entered as a second diagnosis",
        ("REC-04",),
        (copy("diagnosis", event("dx"), event=pl.lit("dx-2"), **later(400)),),
    ),
    # --- MRD ---------------------------------------------------------------------------------------------------
    Kind(
        "mrd-percent-as-fraction",
        "MRD in percent entered as fraction",
        ("MRD-01", "MRD-10", "MRD-11", "MRD-13", "MRD-14", "REM-02"),
        (
            change(
                "mrd",
                event("mrd-induction", "mrd-ib") & (pl.col("result") == "quantified"),
                value=quantity(value("value") * 100, "fraction"),
            ),
        ),
        reason="a level 100 times too high is still a possible level; only a second assay or a series shows it",
    ),
    Kind(
        "mrd-no-unit",
        "unit of an MRD level left out",
        ("MRD-02",),
        (
            change(
                "mrd", event("mrd-induction") & (pl.col("result") == "quantified"), value=quantity(value("value"), None)
            ),
        ),
    ),
    Kind(
        "mrd-other-fusion",
        "MRD of another patient: other fusion marker",
        ("MRD-09",),
        (
            change(
                "mrd",
                event("mrd-induction") & pl.col("marker").str.starts_with("KMT2A-AFF1"),
                marker=pl.lit("KMT2A-MLLT10"),
            ),
        ),
    ),
    Kind(
        "negative-no-sensitivity",
        "negative MRD without sensitivity",
        ("MRD-03",),
        (
            change(
                "mrd",
                event("mrd-marma", "mrd-octadad")
                & (pl.col("result") == "negative")
                & value("sensitivity").is_not_null(),
                sensitivity=pl.lit(None),
            ),
        ),
    ),
    Kind(
        "lod-loq-exchanged",
        "detection and quantitation limit exchanged",
        ("MRD-07",),
        (
            change(
                "mrd",
                event("mrd-induction") & (value("sensitivity") < value("quantitative_limit")),
                sensitivity=pl.col("quantitative_limit"),
                quantitative_limit=pl.col("sensitivity"),
            ),
        ),
    ),
    Kind(
        "value-below-range",
        "a level below the quantitative range entered as quantified",
        ("MRD-05",),
        (
            change(
                "mrd",
                event("mrd-ib", "mrd-marma", "mrd-octadad") & (pl.col("result") == "positive_below_range"),
                result=pl.lit("quantified"),
                value=quantity(value("quantitative_limit") / 3, "fraction"),
            ),
        ),
    ),
    Kind(
        "below-range-with-value",
        "a number entered for a result below the quantitative range",
        ("MRD-06",),
        (
            change(
                "mrd",
                event("mrd-ib", "mrd-marma", "mrd-octadad") & (pl.col("result") == "positive_below_range"),
                value=quantity(value("quantitative_limit") / 3, "fraction"),
            ),
        ),
    ),
    Kind(
        "flow-1e-7",
        "sensitivity of flow typed 1e-7",
        ("MRD-08",),
        (
            change(
                "mrd",
                event("mrd-induction") & (pl.col("method") == "flow") & value("sensitivity").is_not_null(),
                sensitivity=quantity(1e-7, "fraction"),
            ),
        ),
    ),
    Kind(
        "csf-in-marrow-series",
        "a sample of cerebrospinal fluid compared with marrow",
        ("MRD-17", "MRD-10"),
        (change("mrd", pl.col("since").is_not_null(), specimen=pl.lit("csf")),),
    ),
    Kind(
        "reduction-wrong",
        "a fall of one log entered as ten",
        ("MRD-10",),
        (change("mrd", pl.col("since").is_not_null(), reduction=pl.col("reduction") * 10),),
        reason="a stated fall of 0 stays 0",
    ),
    Kind(
        "two-assays-disagree",
        "level of the second assay of one sample in the wrong unit",
        ("MRD-11",),
        (change("mrd", event("mrd-flow"), value=quantity(value("value") * 100, "fraction")),),
        reason="samples of which one is known to the month only are not surely of one time",
    ),
    Kind(
        "reemergence-missing",
        "MRD that came back entered without the event",
        ("MRD-13",),
        (drop("mrd_reemergence", ALL), drop("remission", event("mrd-cr2"))),
        reason="a rise is noticed only where a negative result before it is recorded",
    ),
    # --- remission and relapse ---------------------------------------------------------------------------------
    Kind(
        "relapse-row-missing",
        "row of the relapse lost, second remission kept",
        ("REM-05", "REM-04"),
        (have("remission", event("cr2")), drop("relapse", event("rel"))),
    ),
    Kind(
        "cr-number",
        "number of the remission one too high",
        ("REM-04", "REM-05"),
        (change("remission", event("cr1"), number=number(2)),),
    ),
    Kind(
        "cr2-number",
        "second remission numbered first",
        ("REM-04",),
        (change("remission", event("cr2"), number=number(1)),),
    ),
    Kind(
        "remission-day-15",
        "date of the day-15 marrow entered as remission",
        ("REM-01",),
        (change("remission", event("cr1") & EXACT, **later(-25)),),
        reason="an end of induction known to the month only leaves it undecided",
    ),
    Kind(
        "remission-missing",
        "row of the first remission lost, relapse kept",
        ("REM-06",),
        (have("relapse", event("rel")), drop("remission", event("cr1"))),
    ),
    Kind(
        "combined-told-twice",
        "one row per site of a combined relapse",
        ("REM-10",),
        (
            copy(
                "relapse",
                event("rel") & EXACT & (pl.col("sites").list.len() == 2),
                event=pl.lit("rel-cns"),
                sites=listed("cns"),
            ),
        ),
    ),
    Kind(
        "timing-class",
        "relapse in the first 18 months called late",
        ("REM-13",),
        (change("relapse", event("rel") & (pl.col("timing") == "very_early"), timing=pl.lit("late")),),
        reason="while no end of therapy is recorded REM-13 leaves it open, although no scheme calls it late so soon",
    ),
    Kind(
        "status-copied",
        "first remission copied to the last form of a patient who relapsed",
        ("REM-19",),
        (
            have("relapse", event("rel")),
            change("last_contact", ALL, disease_status=pl.lit("CR1")),
        ),
        reason="a relapse on the day, or in the month, of the last contact is left undecided",
    ),
    Kind(
        "switch-other-fusion",
        "another fusion entered at the lineage switch",
        ("REM-15",),
        (change("lineage_switch", pl.col("kmt2a_partner") == "AFF1", kmt2a_partner=pl.lit("MLLT3")),),
    ),
    Kind(
        "switch-untested",
        "a lineage switch called confirmed without a test of the clone",
        ("REM-14",),
        (change("lineage_switch", pl.col("certainty") == "confirmed", same_clone=pl.lit(False)),),
    ),
    Kind(
        "failure-with-remission",
        "a first remission entered as treatment failure too",
        ("REM-18", "REM-07"),
        (enter("refractory", "remission", event("cr1") & EXACT, event=pl.lit("failure"), **later(20)),),
    ),
    Kind(
        "remission-with-3-percent",
        "remission by the consensus declared with MRD of 3 %",
        ("REM-02",),
        (change("remission", event("cr1") & (pl.col("criteria") == "ponte_di_legno"), mrd=quantity(3, "%")),),
    ),
    Kind(
        "isolated-with-marrow",
        "an isolated CNS relapse with 40 % blasts in the marrow",
        ("REM-09",),
        (change("relapse", pl.col("sites").list.join("+") == "cns", marrow_blasts=quantity(40, "%")),),
    ),
    Kind(
        "testis-no-biopsy",
        "a testicular relapse shown by imaging only",
        ("REM-12",),
        (change("relapse", pl.col("sites").list.contains("testis"), evidence=listed("imaging")),),
    ),
    Kind(
        "marrow-3-percent",
        "a marrow relapse on 3 % blasts alone",
        ("REM-08",),
        (
            change(
                "relapse",
                event("rel") & (pl.col("sites").list.join("+") == "marrow"),
                marrow_blasts=quantity(3, "%"),
                confirming_tests=number(0),
                second_marrow=pl.lit(False),
            ),
        ),
    ),
    Kind(
        "cns-relapse-no-blasts",
        "a CNS relapse on 2 cells without blasts or signs",
        ("REM-11",),
        (
            change(
                "relapse",
                event("rel") & pl.col("sites").list.contains("cns"),
                csf_wbc=quantity(2, "/uL"),
                csf_blasts=pl.lit(False),
                cns_signs=pl.lit(False),
            ),
        ),
    ),
    Kind(
        "switch-then-blinatumomab",
        "the myeloid block after a switch to AML entered as blinatumomab",
        ("REM-16",),
        (
            enter(
                "immunotherapy", "treatment_block", event("aml"), event=pl.lit("blina-3"), agent=pl.lit("blinatumomab")
            ),
            drop("treatment_block", event("aml")),
        ),
        reason="a switch known to the month only leaves open which treatment followed it",
    ),
    # --- protocol ----------------------------------------------------------------------------------------------
    Kind(
        "blocks-exchanged",
        "names of MARMA and OCTADAD exchanged",
        ("PRO-04",),
        (
            change("treatment_block", event("octadad") & (pl.col("protocol") == "interfant-06"), block=pl.lit("marma")),
            change("treatment_block", event("marma"), block=pl.lit("octadad")),
        ),
    ),
    Kind(
        "both-arms",
        "ADE entered in a patient who had IB",
        ("PRO-06",),
        (
            copy(
                "treatment_block",
                event("ib") & (pl.col("protocol") == "interfant-06"),
                event=pl.lit("ade-2"),
                block=pl.lit("ade"),
            ),
        ),
    ),
    Kind(
        "block-of-other-protocol",
        "a block named as in another protocol",
        ("PRO-03",),
        (
            change(
                "treatment_block",
                event("octadad") & (pl.col("protocol") == "interfant-06"),
                block=pl.lit("induction_intensification"),
            ),
        ),
    ),
    Kind(
        "block-not-entered",
        "MARMA was given and its row is missing",
        ("PRO-12",),
        (have("treatment_block", event("octadad")), drop("treatment_block", event("marma"))),
        reason="immunotherapy between the blocks fills the gap, and so may what is known to the month only",
    ),
    Kind(
        "risk-group-low",
        "low risk entered for a rearranged leukaemia",
        ("PRO-07",),
        (
            have("diagnosis", pl.col("kmt2a") == "rearranged"),
            change(
                "risk_assignment",
                (pl.col("protocol") == "interfant-06") & (pl.col("group") != "LR"),
                group=pl.lit("LR"),
            ),
        ),
    ),
    Kind(
        "protocol-not-open",
        "Interfant-21 entered for a patient of Interfant-06",
        ("PRO-01",),
        (change("enrolment", pl.col("protocol") == "interfant-06", protocol=pl.lit("interfant-21")),),
        reason="outside the trial a patient may be treated according to a protocol at any time",
    ),
    Kind(
        "germline-in-interfant-21",
        "a germline leukaemia entered in Interfant-21",
        ("PRO-02",),
        (
            have("enrolment", pl.col("protocol") == "interfant-21"),
            change("diagnosis", pl.col("kmt2a") == "rearranged", kmt2a=pl.lit("germline"), kmt2a_partner=pl.lit(None)),
        ),
    ),
    Kind(
        "maintenance-too-long",
        "year of the end of maintenance typed one too late",
        ("PRO-13",),
        (
            change(
                "treatment_block",
                event("maintenance") & (pl.col("protocol") == "interfant-06") & pl.col("completed"),
                **later(365, "end_lo", "end_hi"),
            ),
        ),
        reason="a relapse or HSCT within the year too many explains an end off plan",
    ),
    # --- doses and immunotherapy -------------------------------------------------------------------------------
    Kind(
        "blinatumomab-mg",
        "blinatumomab of 15 mg/m2 per day",
        ("DOS-03",),
        (
            change(
                "immunotherapy",
                (pl.col("agent") == "blinatumomab") & value("dose_rate").is_not_null(),
                dose_rate=quantity(value("dose_rate"), "mg/m2/day"),
            ),
        ),
    ),
    Kind(
        "asparaginase-not-reduced",
        "asparaginase entered in full below six months",
        ("DOS-01",),
        (
            change(
                "treatment_block",
                event("induction") & pl.col("protocol").str.starts_with("interfant") & DOSES_BELOW_SIX_MONTHS,
                agents=agents("treatment_block", ("asparaginase_ecoli", 10_000, "IU/m2", "intravenous", "actual")),
            ),
        ),
    ),
    Kind(
        "vincristine-intrathecal",
        "route of vincristine typed intrathecal",
        ("DOS-09",),
        (
            change(
                "treatment_block",
                event("induction"),
                agents=agents("treatment_block", ("vincristine", 1.5, "mg/m2", "intrathecal", "actual")),
            ),
        ),
    ),
    Kind(
        "peg-10000",
        "the dose of native asparaginase entered for pegaspargase",
        ("DOS-05",),
        (
            change(
                "treatment_block",
                event("induction"),
                agents=agents("treatment_block", ("pegaspargase", 10_000, "IU/m2", "intravenous", "actual")),
            ),
        ),
    ),
    Kind(
        "car-dose-times-ten",
        "CAR T cells of 30 x 10^6/kg",
        ("IMM-09",),
        (change("cell_therapy", pl.col("product") == "tisagenlecleucel", dose=quantity(30, "10^6/kg")),),
    ),
    Kind(
        "apheresis-after-infusion",
        "year of the apheresis typed one too late",
        ("IMM-05",),
        (change("apheresis", pl.col("of").is_not_null(), **later(365)),),
    ),
    Kind(
        "ice-in-infant",
        "an ICE score entered in a small child",
        ("IMM-07", "REC-09"),
        (change("adverse_event", event("icans"), ice=number(8)),),
    ),
    Kind(
        "crs-day-60",
        "cytokine release two months after the infusion",
        ("IMM-08",),
        (change("adverse_event", event("crs"), **later(60)),),
    ),
    Kind(
        "two-infusions-lumped",
        "two infusions of CAR T cells in one row",
        ("IMM-12",),
        (change("cell_therapy", ALL, infusions=number(2)),),
    ),
    Kind(
        "cycle-of-60-days",
        "end of the next cycle entered as end of blinatumomab",
        ("IMM-01",),
        (change("immunotherapy", event("blina-1") & EXACT, **later(33, "end_lo", "end_hi")),),
    ),
    # --- transplant --------------------------------------------------------------------------------------------
    Kind(
        "heart-as-hsct",
        "a heart transplant entered as HSCT",
        ("HCT-01",),
        (change("transplant", event("hsct", "hsct-2"), graft=pl.lit("heart")),),
    ),
    Kind(
        "conditioning-after-day-0",
        "conditioning entered after the infusion",
        ("HCT-02",),
        (change("conditioning", EXACT, **later(30)),),
    ),
    Kind(
        "engraftment-before-day-0",
        "year of engraftment typed one too early",
        ("HCT-07",),
        (change("engraftment", pl.col("cells") == "neutrophils", **later(-365)),),
    ),
    Kind(
        "platelets-transfused",
        "platelet engraftment two days after a transfusion",
        ("HCT-08",),
        (change("engraftment", pl.col("cells") == "platelets", days_untransfused=number(2)),),
    ),
    Kind(
        "primary-failure-engrafted",
        "a secondary graft failure called primary",
        ("HCT-09",),
        (change("graft_failure", pl.col("kind") == "secondary", kind=pl.lit("primary")),),
    ),
    Kind(
        "gvhd-grade",
        "grade II of acute GVHD with skin stage 1 only",
        ("HCT-10",),
        (
            change(
                "gvhd",
                (pl.col("form") == "acute") & (pl.col("grade") == 1) & (pl.col("skin") == 1),
                grade=number(2),
                liver=number(0),
                lower_gut=number(0),
                upper_gut=number(0),
            ),
        ),
    ),
    Kind(
        "gvhd-before-day-0",
        "year of GVHD typed one too early",
        ("HCT-12",),
        (change("gvhd", pl.col("form") == "acute", **later(-365)),),
    ),
    Kind(
        "acute-gvhd-day-200",
        "acute GVHD first seen on day 200 or later",
        ("HCT-11",),
        (change("gvhd", (pl.col("form") == "acute") & EXACT, **later(190)),),
    ),
    Kind(
        "donor-150",
        "donor chimerism of 150 %",
        ("HCT-13",),
        (change("chimerism", value("donor").is_not_null(), donor=quantity(150, "%")),),
    ),
    Kind(
        "hla-numbers-exchanged",
        "HLA match written with the numbers exchanged (10 of 8)",
        ("HCT-05",),
        (change("transplant", pl.col("hla_matched") == 8, hla_matched=number(10), hla_compared=number(8)),),
    ),
    Kind(
        "status-at-transplant",
        "state at listing entered: CR1 after a relapse",
        ("HCT-03",),
        (change("transplant", event("hsct-2"), status=pl.lit("CR1")),),
    ),
    Kind(
        "second-without-first",
        "row of the first HSCT lost, the second kept",
        ("HCT-15", "REC-02"),
        (
            have("transplant", pl.col("indication") == "graft_failure"),
            drop("transplant", event("hsct", "hsct-2", "hsct-pif")),
        ),
    ),
    # --- toxicity, follow-up, record ---------------------------------------------------------------------------
    Kind(
        "toxicity-before-drug",
        "year of a toxicity typed one too early",
        ("TOX-04",),
        (change("adverse_event", event("ae") & (pl.col("attributed_to").list.len() > 0), **later(-365)),),
    ),
    Kind(
        "grade-5-alive",
        "grade 5 entered in a patient who lived on",
        ("TOX-01",),
        (change("adverse_event", event("ae") & (pl.col("grade") < 5), grade=number(5)),),
        reason="a patient who died later may have died of it, unless its end is recorded before the death",
    ),
    Kind(
        "grade-7",
        "grade typed 7",
        ("TOX-01",),
        (change("adverse_event", event("ae"), grade=number(7)),),
    ),
    Kind(
        "cgy-as-gy",
        "dose in cGy entered as Gy",
        ("DOS-10",),
        (change("radiotherapy", value("dose").is_not_null(), dose=quantity(value("dose") * 100, "Gy")),),
    ),
    Kind(
        "disease-death-in-remission",
        "death of leukaemia entered in a patient in first remission",
        ("FUP-03",),
        (change("death", pl.col("cause") == "treatment", cause=pl.lit("disease")),),
        unless=Step("relapse", event("rel")),
        reason="a death during induction may be of leukaemia",
    ),
    Kind(
        "two-deaths",
        "the death entered by two sites",
        ("REC-05",),
        (copy("death", ALL, event=pl.lit("death-2"), **later(1)),),
    ),
    Kind(
        "reference-misspelt",
        "a reference misspelt",
        ("REC-02",),
        (change("adverse_event", event("ae"), attributed_to=listed("inducton")),),
    ),
    Kind(
        "row-twice",
        "a row entered twice under another id",
        ("REC-08",),
        (copy("mrd", event("mrd-ib", "mrd-marma") & EXACT, event=pl.col("event") + "-copy"),),
    ),
    Kind(
        "id-twice",
        "a row copied with its id and moved",
        ("REC-01",),
        (copy("treatment_block", event("ib"), **later(20)),),
    ),
    Kind(
        "no-follow-up",
        "follow-up form not exported",
        ("FUP-01",),
        (drop("last_contact", pl.col("vital_status") == "alive"),),
    ),
    # --- what is left out or ticked wrongly -------------------------------------------------------------------
    Kind(
        "contact-undated",
        "date of the last contact left out",
        ("FUP-02", "FUP-01"),
        (
            change(
                "last_contact",
                pl.col("vital_status") == "alive",
                start_stated=pl.lit(False),
                start_lo=pl.lit(-UNBOUNDED),
                start_hi=pl.lit(UNBOUNDED),
                end_lo=pl.lit(-UNBOUNDED),
                end_hi=pl.lit(UNBOUNDED),
            ),
        ),
    ),
    Kind(
        "code-not-in-list",
        "a word of another form: donor MUD",
        ("REC-06",),
        (change("transplant", pl.col("donor") == "matched_unrelated", donor=pl.lit("MUD")),),
    ),
    Kind(
        "cd19-not-told",
        "immunophenotype not exported, CD19-directed therapy given",
        ("BAS-19",),
        (
            have("immunotherapy", event("blina-1")),
            change("diagnosis", ALL, immunophenotypes=pl.lit([])),
            change("relapse", event("rel"), immunophenotypes=pl.lit([])),
        ),
    ),
    Kind(
        "methotrexate-5-mg",
        "high-dose methotrexate of 5 g/m2 entered as 5 mg/m2",
        ("DOS-04",),
        (
            change(
                "treatment_block",
                event("marma") & (pl.col("agents").list.len() > 0),
                agents=agents("treatment_block", ("methotrexate", 5, "mg/m2", "intravenous", "nominal")),
            ),
        ),
    ),
    Kind(
        "scheme-lost",
        "converted anthracycline dose without the scheme",
        ("DOS-06",),
        (
            change(
                "treatment_block",
                event("maintenance") & (pl.col("agents").list.first().struct.field("name") == "anthracyclines"),
                agents=agents(
                    "treatment_block", ("anthracyclines", 108, "mg/m2", "intravenous", "nominal"), cumulative=True
                ),
            ),
        ),
    ),
    Kind(
        "sum-mistyped",
        "cumulative dose typed 810 instead of 180",
        ("DOS-08",),
        (
            change(
                "treatment_block",
                event("maintenance") & (pl.col("agents").list.first().struct.field("name") == "daunorubicin"),
                agents=agents(
                    "treatment_block", ("daunorubicin", 810, "mg/m2", "intravenous", "nominal"), cumulative=True
                ),
            ),
        ),
        reason="DOS-08 leaves a nominal sum open where a course tells the dose given, and asks nothing where none "
        "tells a dose",
    ),
    Kind(
        "intensity-ticked",
        "myeloablative busulfan called reduced",
        ("HCT-06",),
        (
            change(
                "conditioning",
                (pl.col("agents").list.len() == 3) & (pl.col("intensity") == "myeloablative"),
                intensity=pl.lit("reduced"),
            ),
        ),
    ),
    Kind(
        "blinatumomab-at-60-percent",
        "blinatumomab with 60 % blasts in the marrow before it",
        ("IMM-03",),
        (have("immunotherapy", event("blina-1")), change("marrow", event("bm-salvage"), blasts=quantity(60, "%"))),
        reason="IMM-03 passes where any marrow before the cycle had fewer than 25 %, as that of the first remission",
    ),
    Kind(
        "blinatumomab-cns2",
        "CNS2 before blinatumomab in Interfant-21",
        ("IMM-04",),
        (
            have("immunotherapy", event("blina-first-1")),
            change("csf", event("lp-eoi"), cns=pl.lit("CNS2"), blasts=pl.lit(True)),
        ),
        reason="IMM-04 passes where any fluid before the cycle was clear, as that of the diagnosis",
    ),
    Kind(
        "cd22-not-told",
        "inotuzumab without any CD22 status",
        ("IMM-11",),
        (
            have("immunotherapy", event("ino")),
            change("diagnosis", ALL, immunophenotypes=pl.lit([])),
            change("relapse", ALL, immunophenotypes=pl.lit([])),
        ),
    ),
    Kind(
        "clone-not-tested",
        "a second malignancy with the clone of the leukaemia",
        ("TOX-08",),
        (change("second_malignancy", ALL, same_clone=pl.lit(True)),),
    ),
    Kind(
        "decision-before-sample",
        "a decision dated before the sample it rests on",
        ("ORD-15",),
        (change("decision", EXACT, **later(-60)),),
        reason="a sample known to the month only may be the earlier one",
    ),
    Kind(
        "cibmtr-counts",
        "remission by CIBMTR criteria with neutrophils of 0.4",
        ("REM-03",),
        (change("remission", pl.col("criteria") == "cibmtr", neutrophils=quantity(0.4, "10^9/L")),),
    ),
    Kind(
        "negative-at-1e-3",
        "a decision on a negative result of an assay that sees 1e-3",
        ("MRD-04",),
        (
            change(
                "mrd",
                pl.col("decides").is_not_null() & (pl.col("result") == "negative"),
                sensitivity=quantity(1e-3, "fraction"),
                quantitative_limit=quantity(1e-3, "fraction"),
            ),
        ),
    ),
    Kind(
        "mll03-late-transplant",
        "month of the HSCT typed too late in MLL03",
        ("PRO-10",),
        (
            have("enrolment", pl.col("protocol") == "jplsg-mll03"),
            change("conditioning", event("cond-hsct"), **later(70)),
            change("transplant", event("hsct"), **later(70)),
        ),
    ),
)
