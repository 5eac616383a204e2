"""An empty export in the own form, with a dictionary that explains every column, unit and allowed value."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from ...errors import UsageError, did_you_mean
from ...events import EVENT_TYPES
from ...spreadsheet import inert
from . import redcap_template
from .flat import PATIENT, FlatColumn, Part, Shape, flat_columns
from .own import TABLES
from .write import write_folder

DICTIONARY_COLUMNS = ("table", "column", "meaning", "form", "allowed", "required")

_FORMS = {
    Shape.TEXT: "text",
    Shape.NAME: "id: letters, digits and . _ + -",
    Shape.WHOLE: "whole number",
    Shape.NUMBER: "number with a decimal point",
    Shape.TRUTH: "true or false",
    Shape.WORD: "one of the allowed words",
    Shape.WORDS: "allowed words, ; between",
    Shape.TEXTS: "texts, ; between",
    Shape.NAMES: "ids, ; between",
    Shape.TIME: "2020-05-17, 2020-05, 2020, or another statement of time (README.md)",
    Shape.DURATION: "3 weeks, 4.5 months, 5 to 6 days",
    Shape.RECORDS: "JSON, a list of records as in a case file",
}

_README = """# An export in the form of infant-course

One file for each type of event, one row for each event; `patient.csv` has a row for each patient. `dictionary.csv`
explains every column.

- Fill in what is known. An empty cell says nothing; it does not say "no".
- **Delete the files of what you do not collect.** A file without rows says that nothing of its kind happened to any
  patient. Of a file that is not there nothing is concluded.
- `patient` is a study number, never a name. `id` names an event within its patient; without it events are numbered.
- Leave out columns you do not need; their order does not matter. Other columns are reported and not read.
- Times: a day (2020-05-17), a month (2020-05), a year (2020), a range (2020-05-01..2020-05-20), `unknown`, `ongoing`,
  `age 7 months`, `after hsct-1`, several with ; between. Instead of a date, `start_day` takes days since day zero (the
  diagnosis, unless you say otherwise), `start_age_days` days since birth, `start_earliest` and `start_latest` the two
  ends of what is known. Write nothing like 3/4/2020: it is reported and not read.
- A number with a unit needs its unit in the column beside it.

Check it with `infant-course check FOLDER`.
"""


def template(folder: str | Path, *, form: str = "csv") -> Path:
    """Write what a registry starts from into a folder that is new or empty.

    ``form``: csv, the empty tables of the own form with a dictionary of their columns; redcap, the data dictionary of
    a project, whose exports need no mapping, with the list of its repeating instruments. Raises UsageError where the
    folder is taken, or for a form that does not exist.
    """
    if form not in TEMPLATES:
        raise UsageError(
            f"no template {form!r}: {did_you_mean(form, TEMPLATES) or 'known are ' + ', '.join(TEMPLATES)}"
        )
    return write_folder(Path(folder), TEMPLATES[form])


def _fill(folder: Path) -> None:
    for name in TABLES:
        text = _csv([[column.name for column in flat_columns(name)]])
        (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    rows = [list(DICTIONARY_COLUMNS), *(_row(name, column) for name in TABLES for column in flat_columns(name))]
    (folder / "dictionary.csv").write_text(_csv(rows), encoding="utf-8", newline="")
    listed = "\n".join(f"| `{name}.csv` | {meaning} |" for name, meaning in _described())
    readme = f"{_README}\n| file | a row is |\n|---|---|\n{listed}\n"
    (folder / "README.md").write_text(readme, encoding="utf-8", newline="")


TEMPLATES = {"csv": _fill, "redcap": redcap_template.fill}
"""What fills the folder of a template."""


def _row(name: str, column: FlatColumn) -> list[str]:
    form = _FORMS[column.shape]
    if column.part in (Part.EARLIEST, Part.LATEST):
        form = "2020-05-17 or 2020-05, or a whole number of days since day zero; earliest and latest go together"
    if column.part is Part.UNIT:
        form = "one of the allowed units; required where there is a number"
    return [name, column.name, column.doc, form, "; ".join(column.words), "yes" if column.required else ""]


def _csv(rows: list[list[str]]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([inert(cell) for cell in row] for row in rows)
    return stream.getvalue()


def _described() -> Iterator[tuple[str, str]]:
    """Name and meaning of every table, in the order of a course."""
    yield PATIENT, "A patient."
    for name, cls in EVENT_TYPES.items():
        yield name, (cls.__doc__ or "").splitlines()[0]
