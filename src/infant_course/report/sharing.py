"""A report as it may leave the house: verdicts without values, ids, dates, files or words of the input."""

from collections.abc import Mapping

from attrs import evolve, frozen

from ..course import BIRTH
from ..intake import CellFinding, Intake, RowCount
from ..privacy.key import Key
from ..privacy.pseudonyms import Pseudonyms
from ..rules import RULES, Settings
from .check import LOCAL, SHARING, Report
from .findings import Finding, in_order, table_of

AUDIENCES = (LOCAL, SHARING)


def for_sharing(report: Report, key: Key) -> Report:
    """The report with keyed pseudonyms of patients, events, sites and fingerprints, and nothing else of the input.

    Messages are those of the rules alone. Of what was met while the export was read the kinds and the counts stay.
    Raises UsageError where two ids get one pseudonym.
    """
    titles = {count.rule: count.title for count in report.rules}
    teller = _Teller(Pseudonyms(key=key), titles, Settings(**report.settings))
    return evolve(
        report,
        table=in_order(table_of(map(teller.finding, report.findings))),
        intake=None if report.intake is None else _intake(report.intake),
        audience=SHARING,
    )


@frozen
class _Teller:
    """Tells findings under pseudonyms."""

    names: Pseudonyms
    titles: Mapping[str, str]
    settings: Settings

    def finding(self, found: Finding) -> Finding:
        return evolve(
            found,
            patient=self.names.patient(found.patient),
            site=None if found.site is None else self.names.site(found.site),
            event=None if found.event is None else self._event(found.patient, found.event),
            conflicts_with=tuple(self._event(found.patient, other) for other in found.conflicts_with),
            message=self._message(found),
            file=None,
            line=None,
            fingerprint=self.names.fingerprint(found.fingerprint),
        )

    def _event(self, patient: str, event: str) -> str:
        return event if event == BIRTH else self.names.event(patient, event)

    def _message(self, found: Finding) -> str:
        """The outcome's own message. What a rule of one's own says may be made of values: its title stands in."""
        title = self.titles.get(found.rule, found.rule)
        if found.verdict != "failed":
            return f"Cannot tell: {title}"
        rule = RULES.get(found.rule)
        if rule is None:
            return title
        outcomes = rule.trace(found.about, self.settings)[1].outcomes
        return next((outcome.message for outcome in outcomes if outcome.name == found.outcome), title)


def _intake(intake: Intake) -> Intake:
    """Counts of what was met; files have numbers, columns and sentences are gone."""
    files = [*(count.file for count in intake.rows), *(cell.file for cell in intake.cells)]
    numbers = {file: f"file {number}" for number, file in enumerate(dict.fromkeys(files), 1)}
    merged: dict[tuple[str, str], CellFinding] = {}
    for cell in intake.cells:
        asked = (numbers[cell.file], cell.problem.value)
        before = merged.get(asked)
        merged[asked] = CellFinding(
            file=asked[0],
            problem=cell.problem,
            expected="what the local report says",
            rows=cell.rows + (before.rows if before else 0),
        )
    return Intake(
        source=intake.source,
        rows=tuple(
            RowCount(file=numbers[count.file], read=count.read, kept=count.kept, set_aside=count.set_aside)
            for count in intake.rows
        ),
        cells=tuple(merged.values()),
    )
