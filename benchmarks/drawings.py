"""Time per drawing and from a cold start, beside a bare matplotlib figure and beside Graphviz's ``dot``.

``python -m benchmarks.drawings --runs 5``. Warm is the time of a drawing in a process that has drawn before; cold is
that of a process that starts, loads a case and draws it. matplotlib and dot are measured where they are installed;
matplotlib draws as many bars and labels as the case has events, and nothing else.
"""

import argparse
import shutil
import tempfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import infant_course as ic
from infant_course.course import Course
from infant_course.io.published import published_cases
from infant_course.render.figure import KINDS

from .timing import in_turn, process, python

ROOT = Path(__file__).resolve().parents[1]
COURSES = {
    "a case of 20 events": published_cases()[2],
    "300 events": ROOT / "cases" / "awkward" / "three-hundred-events.yaml",
}
EXPORT = ROOT / "cases" / "exports" / "invented"
_COLD = "import sys, infant_course as ic; ic.draw(ic.load(sys.argv[1]), sys.argv[2], kind=sys.argv[3])"
_BARE = """
def bare(path, count):
    from matplotlib.figure import Figure
    figure = Figure((6.69, 3.0))
    axes = figure.subplots()
    axes.barh(range(count), [1.0] * count, left=range(count))
    for n in range(count):
        axes.text(n, n, f"event {n}")
    figure.savefig(path)
"""


def drawing_figures(runs: int, folder: Path) -> None:
    """Print the time of each drawing, warm and cold, and of its neighbours."""
    for name, path in COURSES.items():
        course = ic.load(path)
        for kind in KINDS:
            target = folder / f"{kind}.svg"
            (warm,) = in_turn(runs + 1, lambda c=course, t=target, k=kind: ic.draw(c, t, kind=k))  # type: ignore[misc]
            print(f"draw {kind} of {name}: {warm * 1000:.1f} ms")
    for name, work in cohort_drawings():
        (warm,) = in_turn(runs, work)
        print(f"draw {name} of 40 patients: {warm * 1000:.0f} ms")
    case = COURSES["a case of 20 events"]
    target = str(folder / "cold.svg")
    started = [in_turn(runs, python("-c", _COLD, str(case), target, kind))[0] for kind in KINDS]
    print("cold: " + ", ".join(f"{kind} {took:.2f} s" for kind, took in zip(KINDS, started, strict=True)))
    beside_matplotlib(runs, ic.load(case), str(case), folder)
    beside_dot(runs, ic.load(case), folder)


def cohort_drawings() -> Iterator[tuple[str, Callable[[], object]]]:
    """Each figure of a cohort, with the cohort read and checked before."""
    cohort = ic.read(EXPORT)
    report = ic.check(cohort)
    yield "swimmer", lambda: ic.swimmer(cohort).drawing.svg()
    yield "flow", lambda: ic.flow(cohort).drawing.svg()
    yield "mrd-panel", lambda: ic.mrd_panel(cohort, protocol="interfant-06").drawing.svg()
    yield "overview", lambda: ic.overview(cohort, report).drawing.svg()
    yield "curve", lambda: ic.curve(cohort).drawing.svg()


def beside_matplotlib(runs: int, course: Course, case: str, folder: Path) -> None:
    """A timeline beside a figure of matplotlib with as many bars and labels, cold and warm."""
    if find_spec("matplotlib") is None:
        print("matplotlib is not installed, so it was not measured (pip install matplotlib).")
        return
    made: dict[str, Callable[[str, int], None]] = {}
    exec(_BARE, made)  # the same text runs cold
    ours, theirs = str(folder / "ours.svg"), str(folder / "bare.svg")
    warm, bare = in_turn(
        runs + 1, lambda: ic.draw(course, ours, kind="timeline"), lambda: made["bare"](theirs, len(course))
    )
    start = f"{_BARE}\nimport sys; bare(sys.argv[1], {len(course)})"
    cold, cold_bare = in_turn(runs, python("-c", _COLD, case, ours, "timeline"), python("-c", start, theirs))
    print(f"timeline {warm * 1000:.1f} ms, bare matplotlib {bare * 1000:.1f} ms: ratio {warm / bare:.2f}; ", end="")
    print(f"cold {cold:.2f} s, {cold_bare:.2f} s: ratio {cold / cold_bare:.2f}")


def beside_dot(runs: int, course: Course, folder: Path) -> None:
    """A graph beside dot laying out and drawing the same graph; dot is a process each time."""
    if shutil.which("dot") is None:
        print("Graphviz's dot is not installed, so it was not measured (apt-get install graphviz).")
        return
    source, target = folder / "case.dot", folder / "case.svg"
    ic.draw(course, source, kind="graph")
    warm, dot = in_turn(
        runs + 1,
        lambda: ic.draw(course, target, kind="graph"),
        process("dot", "-q", "-Tsvg", str(source), "-o", str(folder / "dot.svg")),
    )
    print(f"graph {warm * 1000:.1f} ms, dot {dot * 1000:.1f} ms: ratio {warm / dot:.2f}")


def main() -> None:
    """Measure the drawings alone."""
    parser = argparse.ArgumentParser(prog="benchmarks.drawings", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        drawing_figures(chosen.runs, Path(name))


if __name__ == "__main__":
    main()
