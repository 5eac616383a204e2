"""Files are written whole or not at all."""

import os

import pytest

from infant_course.files import printable, write_whole


def test_the_content_is_there_and_nothing_else(tmp_path):
    """Over an old file too, and without a trace beside it."""
    path = tmp_path / "a.txt"
    path.write_text("old", encoding="utf-8")
    assert write_whole(path, "new µ") == path
    assert path.read_text(encoding="utf-8") == "new µ"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_the_old_file_and_nothing_beside_it(tmp_path, monkeypatch):
    """The last step fails: what was there stays."""
    path = tmp_path / "a.txt"
    path.write_text("old", encoding="utf-8")

    def fail(*_: object) -> None:
        raise OSError("no space")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="no space"):
        write_whole(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_file_is_as_open_as_any_other(tmp_path):
    """Not private, as temporary files are."""
    other = tmp_path / "other.txt"
    other.write_text("x", encoding="utf-8")
    written = write_whole(tmp_path / "a.txt", b"x")
    assert written.stat().st_mode == other.stat().st_mode


def test_printable_has_no_control_characters():
    """Nor the marks that turn the direction of writing; line ends become spaces."""
    assert printable("a\x1b[2J\nb\t\x00\x9b\u202ec µ") == "a\ufffd[2J b \ufffd\ufffd\ufffdc µ"
