"""Whatever happens to a study's files: an error of this package or a cohort, never a traceback; and no row is lost."""

from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import infant_course as ic
from depth import depth
from infant_course import InfantCourseError
from infant_course.io.tables import cbioportal

read = partial(ic.read, source="cbioportal")

STUDY = Path(__file__).parent / "study"
FILES = {path.name: path.read_bytes() for path in STUDY.iterdir()}
CELL = st.one_of(
    st.sampled_from(["", "P1", "P2", "0", "-5", "1e9", "99999999999999999999", "NA", "STATUS", "LAB_TEST", "mrd", "#"]),
    st.text(max_size=6),
)
ROW = st.lists(CELL, max_size=9).map("\t".join)
HEADERS = [
    "PATIENT_ID\tSTART_DATE\tSTOP_DATE\tEVENT_TYPE\tSTATUS\tTEST\tRESULT\tUNIT\tAGENT",
    "PATIENT_ID\tSTART_DATE\tEVENT_TYPE",
    "patient_id\tevent_type\tstart_date\t\tSTATUS\tSTATUS",
    "PATIENT_ID\tSTART_DATE\tSTOP_DATE\tEVENT_TYPE\tCOURSE_EVENT\tEVENT_ID\tASSESSES\tVALUE\tAGENTS",
    "PATIENT_ID\tOS_STATUS\tOS_MONTHS\tSEX\tABOUT",
]


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, bytes]:
    """A file of the study with some of its bytes changed."""
    name = draw(st.sampled_from(sorted(FILES)))
    content = bytearray(FILES[name])
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(content)))
        what = draw(
            st.one_of(
                st.binary(max_size=4),
                st.sampled_from([b"\x00", b"\t", b"\n", b"\r", b'"', b"#", b"\xef\xbb\xbf", b"\xff\xfe", b"\t\t\t\n"]),
            )
        )
        content[at : at + draw(st.integers(0, 5))] = what
    return name, bytes(content)


def read_whole(path: Path) -> None:
    """Read, and hold the sums and the events against each other."""
    try:
        cohort = read(path)
    except InfantCourseError as error:
        assert str(error)
        return
    assert cohort.intake is not None
    for count in cohort.intake.rows:
        assert count.read == count.kept + sum(count.set_aside.values()), count
    assert cohort.origin.height == cohort.n_events
    for name in cohort.patients["patient"]:
        cohort.course(name)


@settings(max_examples=depth(15, 6))
@given(st.lists(damaged(), min_size=1, max_size=3))
def test_a_damaged_study_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, damage: list[tuple[str, bytes]]
) -> None:
    folder = tmp_path_factory.mktemp("study")
    for name, content in (FILES | dict(damage)).items():
        (folder / name).write_bytes(content)
    read_whole(folder)


@settings(max_examples=depth(40, 12))
@given(st.sampled_from(HEADERS), st.lists(ROW, max_size=6), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_random_rows_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, header: str, rows: list[str], end: str, clinical: bool
) -> None:
    folder = tmp_path_factory.mktemp("study")
    name = "data_clinical_patient.txt" if clinical else "data_timeline_x.txt"
    (folder / name).write_bytes(end.join([header, *rows]).encode("utf-8", "surrogatepass"))
    read_whole(folder)


def test_a_lost_row_would_be_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "data_timeline_x.txt"
    path.write_text(HEADERS[0] + "\nP1\t1\t\tSTATUS\tRelapse\t\t\t\t\n")
    read_whole(path)
    kept = cbioportal._StudyReader._take
    monkeypatch.setattr(cbioportal._StudyReader, "_take", lambda *given: kept(*given) - 1)
    with pytest.raises(AssertionError):
        read_whole(path)
