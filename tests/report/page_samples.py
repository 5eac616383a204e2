"""Courses and reports for the tests of pages."""

from pathlib import Path

from attrs import evolve

import infant_course as ic
from infant_course.cohort import Cohort
from infant_course.course import Course
from infant_course.report.check import Report, check
from infant_course.report.findings import table_of
from report.sample_report import count, finding, report

FAULTY = """\
infant_course: 1
patient: {id: ID, sex: female, site: Leeds}
events:
  - {event: diagnosis, id: dx, when: 2020-01-10, disease: ALL, lineage: B, wbc: 120 10^9/L, cns: CNS1,
     kmt2a: rearranged, kmt2a_partner: AFF1}
  - {event: treatment_block, id: ind, when: 2020-01-12, until: 2020-02-14, protocol: interfant-06, block: induction}
  - {event: mrd, id: eoi, when: 2020-02-13, result: quantified, value: 4e-2 fraction, method: pcr, assesses: ind}
  - {event: remission, id: cr1, when: 2020-02-15, number: 1, kind: complete}
  - {event: treatment_block, id: ib, when: 2020-02-20, until: 2020-02-17, protocol: interfant-06, block: ib}
  - {event: relapse, id: rel, when: 2020-09-01, sites: [marrow]}
  - {event: immunotherapy, id: blina, when: 2020-09-10, until: 2020-10-08, agent: blinatumomab, cycle: 1}
  - {event: remission, id: cr2, when: 2020-10-10, number: 3, kind: complete}
  - {event: transplant, id: hsct, when: 2021-03-05, donor: matched_unrelated, graft: bone_marrow}
  - {event: death, id: death, when: 2021-02-01, cause: disease}
  - {event: last_contact, id: last, when: 2021-06-01, vital_status: alive}
"""
"""A course in which several things cannot be: a block ends before it starts, a transplant follows death."""

HOSTILE = (
    '<script>window.broken = 1</script><img src=x onerror="window.broken=1">'
    "' ]]> --> \u202eRTL\u200f & \x1b[31m \u2028"
)


def course(folder: Path, name: str = "P017", text: str = FAULTY) -> Course:
    """A course read from a case file."""
    path = folder / f"{len(list(folder.iterdir()))}.yaml"
    path.write_text(text.replace("ID", name), encoding="utf-8")
    return ic.load(path)


def faulty(folder: Path) -> tuple[Report, Cohort]:
    """A report on three patients of two centres, and what was judged."""
    first = course(folder)
    second = evolve(course(folder, "P018"), patient=ic.Patient(id="P018", site="Praha"))
    third = course(folder, "P019", "infant_course: 1\npatient: {id: ID}\nevents:\n  - {event: diagnosis, id: dx}\n")
    cohort = Cohort.from_courses([first, second, third])
    return check(cohort), cohort


def many(number: int) -> Report:
    """A report of so many findings, ten to a patient."""
    rules = [f"ORD-{n:02}" for n in range(1, 18)]
    found = [
        finding(
            rule=rules[n % 17],
            severity=("error", "warning", "info")[n % 3],
            patient=f"P{n // 10:05}",
            site=f"Site {n % 13}",
            event=f"event-{n}",
            verdict="failed" if n % 4 else "undecided",
            outcome="ends_before_start",
            message=f"The event ends before it starts. [event-{n} (2019-01-{n % 28 + 1:02}) against ind (2019-02-01)]",
            fingerprint=f"{n:016x}",
        )
        for n in range(number)
    ]
    counts = tuple(count(rule, found[0].severity, number, number // 17, 0) for rule in rules)
    return evolve(report(rules=counts), table=table_of(found), patients=number // 10, events=number)
