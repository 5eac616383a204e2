"""Declare conformance by pm4py on an export, for comparison: ``PYTHON benchmarks/declare.py FOLDER RESULT``.

pm4py is AGPL and no dependency of the package: this file runs by itself, under any Python that has pm4py, and imports
nothing else of the project. Declare is a set of templates over the order of activities; ``precedence(a, b)`` holds of
a trace in which no b comes before the first a (M. Pesic, H. Schonenberg, W. van der Aalst, EDOC 2007). Every event
type is an activity, a patient a trace, birth an activity too. A trace has a total order, so only events of a full date
can stand in it; on one day birth comes first and the others as the files have them.
"""

import json
import sys
import time
from pathlib import Path

BIRTH = "birth"
CASE, WHAT, WHEN = "case:concept:name", "concept:name", "time:timestamp"
DATE = r"^\d{4}-\d{2}-\d{2}$"


def log_of(folder):
    """The log as pm4py wants it, and by rule the patients of whom a total order does not say all.

    Those are patients with an event that the rule asks about and that has no full date, and for REM-06 also those
    with a remission and a relapse on one day.
    """
    import pandas as pd

    parts = []
    for path in sorted(folder.glob("*.csv")):
        what, when = (BIRTH, "birth") if path.stem == "patient" else (path.stem, "start")
        part = pd.read_csv(path, usecols=["patient", when], dtype=str).rename(columns={when: WHEN})
        parts.append(part.assign(**{WHAT: what}))
    log = pd.concat(parts, ignore_index=True).rename(columns={"patient": CASE})
    full = log[WHEN].str.match(DATE, na=False)
    of_two = log[WHAT].isin(["remission", "relapse"])
    beyond = {"REM-06": set(log.loc[~full & of_two, CASE]), "ORD-01": set(log.loc[~full, CASE])}
    log = log[full]
    log = log.assign(**{WHEN: pd.to_datetime(log[WHEN], utc=True)})
    log = log.assign(first=log[WHAT] != BIRTH)
    log = log.sort_values([CASE, WHEN, "first"], kind="stable").drop(columns="first")
    ties = [set(map(tuple, log.loc[log[WHAT] == name, [CASE, WHEN]].to_numpy())) for name in ("remission", "relapse")]
    beyond["REM-06"] |= {patient for patient, _ in ties[0] & ties[1]}
    return log.reset_index(drop=True), beyond


def main():
    """Read, check, and write who deviates from which constraint."""
    folder, result = Path(sys.argv[1]), Path(sys.argv[2])
    began = time.perf_counter()
    import pm4py

    loaded = time.perf_counter()
    log, beyond = log_of(folder)
    activities = sorted(set(log[WHAT]) - {BIRTH})
    constraints = [("remission", "relapse"), *((BIRTH, name) for name in activities)]
    model = {"precedence": {constraint: {"support": 1, "confidence": 1} for constraint in constraints}}
    read = time.perf_counter()
    cases = list(dict.fromkeys(log[CASE]))
    traces = pm4py.conformance_declare(log, model)
    checked = time.perf_counter()
    if len(cases) != len(traces):
        raise SystemExit("pm4py told of another number of traces than there are")
    broken = {"REM-06": set(), "ORD-01": set()}
    for case, trace in zip(cases, traces, strict=True):
        for _, (first, _) in trace["deviations"]:
            broken["ORD-01" if first == BIRTH else "REM-06"].add(case)
    told = {
        "events": len(log),
        "patients": len(cases),
        "constraints": len(constraints),
        "loading": loaded - began,
        "reading": read - loaded,
        "checking": checked - read,
        "broken": {rule: sorted(whom) for rule, whom in broken.items()},
        "beyond": {rule: sorted(whom) for rule, whom in beyond.items()},
    }
    result.write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main()
