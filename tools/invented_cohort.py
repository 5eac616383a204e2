"""An invented cohort as an export.

Forty infants of three centres; nobody's history, only plausible. ``tools/gen_docs.py`` writes it.
"""

import csv
import io
import random

FOLDER = "cases/exports/invented"
PATIENTS = 40
SEED = 2022

Row = dict[str, object]

COLUMNS = {
    "patient": ("patient", "sex", "site"),
    "diagnosis": ("patient", "id", "start_age_days", "disease", "lineage", "wbc", "wbc_unit", "kmt2a", "kmt2a_partner"),
    "treatment_block": ("patient", "id", "start_day", "end_day", "end", "protocol", "block"),
    "immunotherapy": ("patient", "id", "start_day", "end_day", "agent"),
    "mrd": (
        "patient",
        "id",
        "start_day",
        "timepoint",
        "result",
        "value",
        "value_unit",
        "method",
        "specimen",
        "sensitivity",
        "sensitivity_unit",
        "quantitative_limit",
        "quantitative_limit_unit",
    ),
    "remission": ("patient", "id", "start_day", "kind", "number"),
    "refractory": ("patient", "id", "start_day", "after"),
    "relapse": ("patient", "id", "start", "start_day", "start_earliest", "start_latest", "number", "sites"),
    "transplant": ("patient", "id", "start_day"),
    "cell_therapy": ("patient", "id", "start_day", "targets"),
    "last_contact": ("patient", "id", "start_day", "vital_status"),
    "death": ("patient", "id", "start_day", "cause"),
}


class Invented:
    """Draws the rows of all tables, patient by patient, always the same."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {name: [] for name in COLUMNS}
        self.random = random.Random(SEED)
        for number in range(1, PATIENTS + 1):
            self.patient(f"P{number:02d}")

    def chance(self, share: float) -> bool:
        """Whether something of this share happens."""
        return self.random.random() < share

    def between(self, low: float, high: float) -> int:
        """A whole number between two."""
        return int(low + (high - low) * self.random.random())

    def one_of(self, *words: str) -> str:
        """One of some words."""
        return words[self.between(0, len(words))]

    def add(self, table: str, patient: str, **cells: object) -> None:
        """Add a row."""
        self.rows[table].append({"patient": patient, **cells})

    def patient(self, name: str) -> None:
        """One infant's course."""
        germline = self.chance(0.25)
        self.add(
            "patient", name, sex=self.one_of("female", "male"), site=self.one_of("East", "North", "North", "South")
        )
        self.add(
            "diagnosis",
            name,
            id="dx",
            start_age_days=self.between(20, 360),
            disease="ALL",
            lineage="B",
            wbc=self.between(4, 90 if germline else 700),
            wbc_unit="10^9/L",
            kmt2a="germline" if germline else "rearranged",
            kmt2a_partner="" if germline else self.one_of("AFF1", "AFF1", "MLLT1", "MLLT3"),
        )
        end = self.between(700, 3300)
        induction = self.between(33, 38)
        self.block(name, "induction", 1, induction)
        if self.chance(0.06):
            self.add("refractory", name, id="failure", start_day=induction + 1, after="induction")
            self.salvage(name, induction + 6, end, "")
            return
        self.add("remission", name, id="cr1", start_day=induction + self.between(0, 4), kind="complete", number=1)
        level = -(self.between(18, 52) / 10) - (0.6 if germline else 0.0)
        self.mrd(name, "EOI", induction + 1, level)
        relapse = self.between(90, 900) if self.chance(0.12 if germline else 0.48) else None
        self.first_line(name, induction, relapse, level, end)

    def first_line(self, name: str, day: int, relapse: int | None, level: float, end: int) -> None:
        """Treatment from the end of induction until it ends, a relapse or the last contact."""
        stop = min(end, relapse or end)
        died = False
        if level > -3.5 and self.chance(0.6):
            self.add("immunotherapy", name, id="blina", start_day=day + 8, end_day=day + 36, agent="blinatumomab")
            day, level = day + 38, level - 2
        grafted = level > -3.2 and self.chance(0.5)
        for block, point in (("ib", "EOC"), ("marma", "before OCTADAD"), ("octadad", "")):
            if grafted and block == "octadad":
                break
            day += self.between(8, 20)
            if day >= stop:
                break
            last = min(stop, day + self.between(28, 50))
            self.block(name, block, day, last)
            day, level = last, level - self.between(4, 12) / 10
            if point and day < stop:
                self.mrd(name, point, day + 2, level)
        if grafted and day + 30 < stop:
            self.add("transplant", name, id="hsct", start_day=day + 30)
            died = self.chance(0.12)
            if died:
                end, relapse = day + 30 + self.between(30, 200), None
        elif day + 14 < stop:
            last = min(stop, 735)
            ongoing = last == end and end < 735
            self.block(name, "maintenance", day + 14, None if ongoing else last)
        if relapse is None or relapse >= end:
            self.end(name, end, died, "treatment")
            return
        vague = self.chance(0.15)
        when: Row = {"start_earliest": relapse, "start_latest": relapse + 30} if vague else {"start_day": relapse}
        self.add("relapse", name, id="relapse", number=1, sites=self.one_of("marrow", "marrow", "marrow;cns"), **when)
        self.salvage(name, relapse + 38, end, "2")

    def salvage(self, name: str, day: int, end: int, number: str) -> None:
        """Second-line treatment, and what comes of it."""
        if day + 40 > end:
            self.end(name, max(end, day), True, "disease")
            return
        self.block(name, "salvage", day, day + 30)
        if self.chance(0.35):
            self.add("cell_therapy", name, id="car", start_day=day + 70, targets="CD19")
        elif self.chance(0.6):
            self.add("immunotherapy", name, id="blina-2", start_day=day + 40, end_day=day + 68, agent="blinatumomab")
        if self.chance(0.6):
            self.add("remission", name, id=f"cr{number or 1}", start_day=day + 98, kind="complete", number=number or 1)
            if self.chance(0.6):
                self.add("transplant", name, id="hsct-2", start_day=day + 140)
            if self.chance(0.65):
                self.end(name, max(end, day + 400), False, "")
                return
        self.end(name, day + self.between(150, 400), True, "disease")

    def block(self, name: str, block: str, start: int, end: int | None) -> None:
        """A block of chemotherapy; without an end it is ongoing when last seen."""
        cells: Row = {"end_day": end} if end is not None else {"end": "ongoing"}
        protocol = "" if block == "salvage" else "interfant-06"
        self.add("treatment_block", name, id=block, start_day=start, protocol=protocol, block=block, **cells)

    def mrd(self, name: str, point: str, day: int, level: float) -> None:
        """A result of PCR or flow cytometry: quantified, positive below the range, or negative."""
        flow = self.chance(0.25)
        least, limit = (1e-4, 1e-4) if flow else (1e-5, 5e-5)
        told: Row = {"sensitivity": f"{least:g}", "sensitivity_unit": "fraction"}
        if self.chance(0.08):
            told = {}
        value = 10.0**level
        if value >= limit:
            told |= {"result": "quantified", "value": f"{value:.2g}", "value_unit": "fraction"}
        elif value >= least:
            told |= {"result": "positive_below_range", "quantitative_limit": f"{limit:g}"}
            told |= {"quantitative_limit_unit": "fraction"}
        else:
            told |= {"result": "negative"}
        name_of = point.lower().replace(" ", "-")
        method = "flow" if flow else "pcr"
        self.add(
            "mrd", name, id=f"mrd-{name_of}", start_day=day, timepoint=point, method=method, specimen="marrow", **told
        )

    def end(self, name: str, day: int, died: bool, cause: str) -> None:
        """Death or the last contact."""
        if died:
            self.add("death", name, id="death", start_day=day, cause=cause)
        else:
            lost = self.chance(0.05)
            status = "lost_to_follow_up" if lost else "alive"
            self.add("last_contact", name, id="last", start_day=day, vital_status=status)


def export() -> dict[str, str]:
    """The files of the export, by their path in the repository."""
    rows = Invented().rows
    made = {}
    for name, columns in COLUMNS.items():
        text = io.StringIO()
        writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows[name])
        made[f"{FOLDER}/{name}.csv"] = text.getvalue()
    return made
