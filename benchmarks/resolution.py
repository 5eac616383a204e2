"""Courses to resolve: of full dates, partly known, and very long."""

from infant_course import Course, Diagnosis, Patient, TreatmentBlock
from infant_course.events import Event
from infant_course.when import parse


def full_dates(count: int) -> Course:
    """A diagnosis and blocks, each with a date for its start and its end."""
    events: list[Event] = [Diagnosis(id="dx", when=(parse("2020-01-05"),))]
    for n in range(1, count):
        start, end = parse(f"2020-{1 + n % 12:02}-10"), parse(f"2020-{1 + n % 12:02}-20")
        events.append(TreatmentBlock(id=f"b{n}", when=(start,), until=(end,)))
    return Course(patient=Patient(id="dated"), events=events)


def partly_known(count: int) -> Course:
    """An age at diagnosis, and blocks placed after, during and then one another, a quarter of them in a month."""
    events: list[Event] = [Diagnosis(id="dx", when=(parse("age 7 months"),))]
    for n in range(1, count):
        form = ("after {}", "during {}", "2020-05", "then {}")[n % 4]
        events.append(TreatmentBlock(id=f"b{n}", when=(parse(form.format(events[-1].id)),)))
    return Course(patient=Patient(id="partly-known"), events=events)


def chain(count: int) -> Course:
    """Blocks of which only the order is told."""
    events = [TreatmentBlock(id="b0", when=(parse("2020-01-01"),))]
    events += [TreatmentBlock(id=f"b{n}", when=(parse(f"after b{n - 1}"),)) for n in range(1, count)]
    return Course(patient=Patient(id="chain"), events=events)
