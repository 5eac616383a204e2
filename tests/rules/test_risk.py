"""Risk groups over columns: what one patient's evaluation says, for all protocols at once."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from infant_course.knowledge.risk import folded, group_holds, risk_group, risk_groups
from infant_course.rules.risk import number_of_possible_groups, possible_groups, stated_group_possible
from infant_course.rules.subject import Days

WORDS = ("kmt2a", "prednisone_response", "cns")
NUMBERS = ("age_days", "wbc")
SCHEMA = {
    "protocol": pl.String,
    "group": pl.String,
    **dict.fromkeys(WORDS, pl.String),
    "age_days_least": pl.Int32,
    "age_days_greatest": pl.Int32,
    "wbc": pl.Float64,
    "age_months": pl.Int32,
    "donor": pl.Boolean,
    "insufficient_response": pl.Boolean,
}
INPUTS = {
    **{name: pl.col(name) for name in (*WORDS, "wbc", "age_months", "donor", "insufficient_response")},
    "age_days": Days(pl.col("age_days_least"), pl.col("age_days_greatest")),
}


def answers(rows: list[dict]) -> list[dict]:
    """What the three expressions say of each row."""
    frame = pl.DataFrame(rows, schema=SCHEMA)
    protocol = pl.col("protocol")
    return frame.select(
        stated=stated_group_possible(protocol, pl.col("group"), INPUTS),
        number=number_of_possible_groups(protocol, INPUTS),
        possible=possible_groups(protocol, INPUTS),
    ).to_dicts()


def case(protocol: str | None, group: str | None, **facts: object) -> dict:
    age = facts.pop("age", None)
    return {
        **dict.fromkeys(SCHEMA),
        "protocol": protocol,
        "group": group,
        "age_days_least": age,
        "age_days_greatest": age,
        **facts,
    }


def test_all_protocols_at_once():
    rearranged = {"kmt2a": "rearranged"}
    rows = [
        (case("interfant-06", "HR", age=30, wbc=300.0, **rearranged), True, ["HR"]),
        (case("interfant-06", "medium risk", age=30, wbc=300.0, **rearranged), False, ["HR"]),
        (case("interfant-06", "MR", age=30, wbc=161.0, **rearranged), None, ["MR", "HR"]),
        (case("interfant-06", "LR", age=30, wbc=161.0, **rearranged), False, ["MR", "HR"]),
        (case("interfant-06", "HR", age=183, wbc=300.0, **rearranged), None, ["MR", "HR"]),
        (case("interfant-06", "HR", age=184, wbc=300.0, **rearranged), False, ["MR"]),
        (case("interfant-06", "IR", age=184, wbc=300.0, **rearranged), None, ["MR"]),
        (case("aall0631", "IR", age=90, **rearranged), True, ["IR"]),
        (case("aall0631", "IR", age=89, **rearranged), False, ["HR"]),
        (case("mll-10", "IR", age=300, cns="CNS2", **rearranged), None, ["IR", "HR"]),
        (case("mll03", "KMT2A-r", kmt2a="germline"), False, []),
        (case("tini", "HR", **rearranged), None, None),
        (case("cog-p9407", "HR", **rearranged), None, None),
        (case("elsewhere", "HR", **rearranged), None, None),
        (case(None, "HR", **rearranged), None, None),
        (case("mll96", None, **rearranged), None, ["KMT2A-r"]),
    ]
    told = answers([row for row, _, _ in rows])
    assert [one["stated"] for one in told] == [stated for _, stated, _ in rows]
    assert [one["possible"] for one in told] == [possible for _, _, possible in rows]
    assert [one["number"] for one in told] == [None if p is None else len(p) for _, _, p in rows]


def test_inputs_left_out_are_not_known():
    frame = pl.DataFrame({"protocol": ["interfant-06", "mll-10"], "age": [300, 30]})
    told = frame.select(possible_groups(pl.col("protocol"), {"age_days": pl.col("age")})).to_series()
    assert told.to_list() == [["LR", "MR"], ["LR", "HR"]]


AGES = st.one_of(st.none(), st.sampled_from([0, 30, 89, 90, 91, 179, 180, 181, 182, 183, 184, 185, 300]))
ROWS = st.fixed_dictionaries(
    {
        "protocol": st.sampled_from(sorted(risk_groups())),
        "group": st.sampled_from(
            ["LR", "SR", "MR", "IR", "HR", " high  Risk", "Medium_risk", "KMT2A-r", "donor", None]
        ),
        "kmt2a": st.sampled_from(["rearranged", "germline", "not_tested", None]),
        "prednisone_response": st.sampled_from(["good", "poor", None]),
        "cns": st.sampled_from(["CNS1", "CNS2a", "CNS3", "CNS3c", None]),
        "ages": st.one_of(st.none(), st.tuples(AGES, AGES)),
        "wbc": st.sampled_from([1.0, 299.9, 300.0, 1115.0, None]),
        "age_months": st.sampled_from([2, 5, 6, 11, None]),
        "donor": st.sampled_from([True, False, None]),
        "insufficient_response": st.sampled_from([True, False, None]),
    }
)


@settings(max_examples=80, deadline=None)
@given(st.lists(ROWS, min_size=1, max_size=12))
def test_columns_say_what_one_patient_says(rows: list[dict]):
    columns, plain = [], []
    for row in rows:
        facts = dict(row)
        protocol, group, ages = facts.pop("protocol"), facts.pop("group"), facts.pop("ages")
        both = ages is not None and None not in ages
        low, high = sorted(ages) if both else (None, None)
        columns.append(
            {**facts, "protocol": protocol, "group": group, "age_days_least": low, "age_days_greatest": high}
        )
        facts["age_days"] = (low, high) if both else None
        derived, known = risk_group(protocol, **facts), risk_groups()[protocol]
        holds = [group_holds(g, facts) for g in known.groups if group is not None and folded(group) in g.names]
        plain.append(
            {
                "stated": holds[0] if holds and known.derivable else None,
                "number": len(derived.possible) if known.derivable else None,
                "possible": list(derived.possible) if known.derivable else None,
            }
        )
    assert answers(columns) == plain
