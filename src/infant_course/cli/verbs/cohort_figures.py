"""``infant-course swimmer``, ``flow``, ``mrd-panel``, ``overview`` and ``curve``: figures of many patients."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..output import complain, say
from ..reading import add_export_to, export_in, read_all, read_export, refuse_over
from .check import add_profile_to, date_of, settings_of

if TYPE_CHECKING:
    from ...cohort import Cohort
    from ...render.cohort_figure import CohortFigure

UNREAD = 2
_BESIDE = "The caption, an alternative text and a CSV table of the drawn numbers are written beside the figure."


def add_to(verbs: Any) -> None:
    """Add the verbs to the command."""
    _swimmer(verbs)
    _flow(verbs)
    _mrd_panel(verbs)
    _overview(verbs)
    _curve(verbs)


def _verb(
    verbs: Any, name: str, what: str, draws: "Callable[[argparse.Namespace, Cohort], CohortFigure]", width: int = 170
) -> Any:
    """A verb with what all of them share."""
    verb = verbs.add_parser(name, help=what, description=f"{what[:1].upper()}{what[1:]}. {_BESIDE}")
    verb.add_argument("paths", nargs="+", metavar="PATH", help="case files (YAML or JSON), or one export")
    verb.add_argument("-o", "--out", required=True, metavar="FILE", help="ends in .svg, .pdf or .png")
    verb.add_argument(
        "--width", type=int, choices=(80, 115, 170), default=width, help=f"of the figure in mm (default: {width})"
    )
    add_export_to(verb)
    verb.set_defaults(run=lambda arguments: _run(arguments, draws))
    return verb


def _run(arguments: argparse.Namespace, draws: "Callable[[argparse.Namespace, Cohort], CohortFigure]") -> int:
    """Read, draw, write, and say what was left out."""
    from ...render.cohort_figure import BESIDE

    out = Path(arguments.out)
    refuse_over(out, arguments, beside=BESIDE)
    cohort, unread = _cohort(arguments)
    if cohort is None:
        return UNREAD
    figure = draws(arguments, cohort)
    for path in figure.write(out):
        say(str(path))
    for note in figure.notes:
        complain(f"infant-course: {note}")
    if figure.warning:
        complain(f"infant-course: {figure.warning}.")
    remarks = len(cohort.intake.cells) if cohort.intake else 0
    if remarks:
        complain(f"infant-course: reading the export left something to be told ({remarks:,}): see infant-course check.")
    if unread:
        read = cohort.patients.height
        complain(f"infant-course: the figure is of {read} of {read + unread} files; the others were not read.")
    return UNREAD if unread else 0


def _cohort(arguments: argparse.Namespace) -> "tuple[Cohort | None, int]":
    """The cohort of an export or of the case files that can be read (None: of none), and how many cannot."""
    export = export_in(arguments, arguments.paths)
    if export is not None:
        return read_export(arguments, export), 0
    from ...cohort import Cohort

    read, unread = read_all(arguments.paths)
    return (Cohort.from_courses(file.course for file in read), unread) if read else (None, unread)


def _no_ids(verb: Any) -> None:
    verb.add_argument("--no-ids", action="store_true", help="write no study numbers, not into the table either")


def _group(verb: Any, what: str) -> None:
    verb.add_argument("--group-by", metavar="ATTRIBUTE", help=f"{what}, such as kmt2a, site, arm, sex")


def _swimmer(verbs: Any) -> None:
    def draws(arguments: argparse.Namespace, cohort: "Cohort") -> "CohortFigure":
        from ...render.swimmer import swimmer

        return swimmer(
            cohort,
            align=arguments.align,
            group_by=arguments.group_by,
            sort=arguments.sort,
            ids=not arguments.no_ids,
            until=arguments.until,
            width=arguments.width,
        )

    verb = _verb(verbs, "swimmer", "draw up to 120 patients as lanes on one scale of time", draws)
    verb.add_argument(
        "--align",
        metavar="EVENT",
        default="diagnosis",
        help="day 0: diagnosis, birth, cr1, hsct, relapse, or the first event of any type (default: diagnosis)",
    )
    _group(verb, "one panel for each value")
    verb.add_argument(
        "--sort",
        metavar="BY",
        default="follow-up",
        help="follow-up (longest first), first-event, id, or an attribute such as age or wbc (default: follow-up)",
    )
    verb.add_argument("--until", type=int, metavar="MONTHS", help="end the axis here; rows that go on say so")
    _no_ids(verb)


def _flow(verbs: Any) -> None:
    def draws(arguments: argparse.Namespace, cohort: "Cohort") -> "CohortFigure":
        from ...render.flow import flow

        return flow(
            cohort,
            by=arguments.by,
            columns=arguments.columns,
            merge_below=arguments.merge_below,
            smallest=arguments.smallest,
            width=arguments.width,
        )

    verb = _verb(verbs, "flow", "draw how many patients go from state to state, or from block to block", draws)
    verb.add_argument(
        "--by",
        metavar="WHAT",
        default="states",
        help="states, or blocks (of first-line treatment) (default: states)",
    )
    verb.add_argument("--columns", type=int, metavar="N", help="most columns, 2 to 10 (default: 6; on 80 mm 4)")
    verb.add_argument(
        "--smallest",
        type=int,
        metavar="N",
        default=5,
        help="withhold counts below this, and those that would give them away; 1 tells all (default: 5)",
    )
    verb.add_argument(
        "--merge-below",
        type=int,
        metavar="N",
        help="steps of fewer patients are told as other (default: as --smallest)",
    )


def _mrd_panel(verbs: Any) -> None:
    def draws(arguments: argparse.Namespace, cohort: "Cohort") -> "CohortFigure":
        from ...render.mrd_panel import mrd_panel

        return mrd_panel(
            cohort,
            protocol=arguments.protocol,
            group_by=arguments.group_by,
            ids=not arguments.no_ids,
            width=arguments.width,
        )

    verb = _verb(verbs, "mrd-panel", "draw the MRD of many patients over time points, on a log scale", draws)
    verb.add_argument(
        "--protocol", metavar="ID", help="its time points and thresholds (default: as the data name them)"
    )
    _group(verb, "one panel for each value")
    _no_ids(verb)


def _overview(verbs: Any) -> None:
    def draws(arguments: argparse.Namespace, cohort: "Cohort") -> "CohortFigure":
        from ...render.overview import overview
        from ...report.check import check
        from ...rules import load_rules
        from ..config import read_config

        config = read_config()
        rules = load_rules(config.get("rules", arguments.rules), debug=arguments.debug)
        report = check(cohort, rules=rules.values(), settings=settings_of(arguments, config))
        return overview(cohort, report, most=arguments.most, width=arguments.width)

    verb = _verb(verbs, "overview", "draw what a check finds as a grid of rules and sites", draws)
    verb.add_argument("--most", type=int, metavar="N", default=40, help="most rules that are drawn (default: 40)")
    verb.add_argument("--cut-off", type=date_of, metavar="DATE", help="last day of the data, YYYY-MM-DD")
    add_profile_to(verb)


def _curve(verbs: Any) -> None:
    def draws(arguments: argparse.Namespace, cohort: "Cohort") -> "CohortFigure":
        from ...render.curve import HORIZONS, curve

        return curve(
            cohort,
            arguments.endpoint,
            group_by=arguments.group_by,
            censor_at_hsct=arguments.censor_at_hsct,
            failure_at_zero=arguments.failure_at_zero,
            at=arguments.at or HORIZONS,
            until=arguments.until,
            ids=not arguments.no_ids,
            width=arguments.width,
        )

    verb = _verb(verbs, "curve", "draw the Kaplan-Meier curve of overall or event-free survival", draws, 80)
    verb.add_argument("--endpoint", metavar="ID", default="efs", help="efs or os (default: efs)")
    _group(verb, "one curve for each value")
    verb.add_argument("--censor-at-hsct", action="store_true", help="follow-up ends at the first HSCT")
    verb.add_argument("--failure-at-zero", action="store_true", help="failure of induction is an event on day 0")
    verb.add_argument("--at", type=int, action="append", metavar="MONTHS", help="tell the estimate here (36 and 60)")
    verb.add_argument("--until", type=int, metavar="MONTHS", help="end the axis here")
    _no_ids(verb)
