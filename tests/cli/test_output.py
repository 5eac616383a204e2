"""What is said fits the console: likenesses of what it lacks, escapes in JSON, and help on any console."""

import io
import json
import sys

import pytest

from infant_course.cli import main, output, parser

TEXT = "20 µg/m² ≥ 5 ≤ 7, 3 × 4, 2019–2021, a → b, é, 😀"


class Console(io.TextIOWrapper):
    """A console of one encoding that refuses what it lacks."""

    def __init__(self, encoding: str) -> None:
        super().__init__(io.BytesIO(), encoding=encoding, errors="strict", write_through=True)

    @property
    def shown(self) -> str:
        return self.buffer.getvalue().decode(self.encoding).replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("ascii", "20 ug/m2 >= 5 <= 7, 3 x 4, 2019-2021, a -> b, e, ?"),
        ("cp1252", "20 µg/m² >= 5 <= 7, 3 × 4, 2019–2021, a -> b, é, ?"),
        ("cp437", "20 µg/m² ≥ 5 ≤ 7, 3 x 4, 2019-2021, a -> b, é, ?"),
        ("utf-8", TEXT),
    ],
)
def test_a_console_gets_likenesses_of_what_it_lacks(monkeypatch, encoding, expected):
    console = Console(encoding)
    monkeypatch.setattr(sys, "stdout", console)
    monkeypatch.setattr(sys, "stderr", console)
    output.say(TEXT)
    output.complain(TEXT)
    assert console.shown == f"{expected}\n{expected}\n"


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437", "utf-8"])
def test_json_loses_nothing_on_any_console(monkeypatch, encoding):
    console = Console(encoding)
    monkeypatch.setattr(sys, "stdout", console)
    output.say(json.dumps(TEXT, ensure_ascii=False), data=True)
    assert json.loads(console.shown) == TEXT


@pytest.mark.parametrize("sign", sorted(output.LIKENESS))
def test_every_likeness_is_ascii_and_short(sign):
    assert len(sign) == 1
    assert not sign.isascii()
    assert output.LIKENESS[sign].isascii()
    assert 0 < len(output.LIKENESS[sign]) <= 4


def verbs():
    (group,) = [action for action in parser()._actions if hasattr(action, "choices") and action.choices]
    return sorted(group.choices)


@pytest.mark.parametrize("words", [[], *([verb] for verb in verbs())])
def test_help_is_shown_on_a_console_of_ascii(monkeypatch, words):
    console = Console("ascii")
    monkeypatch.setattr(sys, "stdout", console)
    assert main([*words, "--help"]) == 0
    assert "usage: infant-course" in console.shown


@pytest.mark.parametrize("words", [["rules"], ["agents"], ["outcomes"], ["explain", "MRD-01"], ["demo", "--out", "d"]])
def test_results_are_shown_on_a_console_of_ascii(monkeypatch, tmp_path, words):
    console = Console("ascii")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdout", console)
    assert main(words) == 0
    assert console.shown.isascii()
    assert "?" * 2 not in console.shown


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")
def test_a_full_disk_behind_standard_output_is_one_line(monkeypatch, capsys):
    """As where the output is sent into a file; it is no fault of any input."""
    with open("/dev/full", "w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert main(["rules"]) == 2
    assert capsys.readouterr().err == "infant-course: what was to be printed: No space left on device.\n"


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_stream_that_was_closed_is_no_fault(run, case, monkeypatch, stream):
    """``>&-`` and ``2>&-``: the code tells the result all the same, and the other stream what it always tells."""
    findings = case(more="  - {event: death, id: d1, when: after dx}\n  - {event: death, id: d2, when: after dx}\n")
    before = run("check", findings)
    monkeypatch.setattr(sys, stream, None)
    said = run("check", findings)
    assert (before.code, said.code) == (1, 1)
    assert said.out == ("" if stream == "stdout" else before.out)
    assert said.err == ""
    assert run("check", findings.with_name("missing.yaml")).code == 2
    assert run("check", "--nothing").code == 2
    assert run("rules", "--help").code == 0
    assert run("check", findings, "--in-parts", "--from", "csv").code == 2
