"""Files are written whole or not at all."""

import os
import re
from pathlib import Path

import pytest

from infant_course import files
from infant_course.files import HeldFileError, printable, safe_names, write_together, write_whole


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


def test_a_full_disk_names_the_file_that_was_asked_for(tmp_path, monkeypatch):
    """Not the one beside it, and never nothing; the reason stands there even where it came without a number."""
    path = tmp_path / "a.txt"
    for error, why in ((OSError(28, "No space left"), "No space left"), (OSError("(os error 28)"), "(os error 28)")):

        def full(*_: object, error: OSError = error) -> None:
            raise error

        with monkeypatch.context() as patched:
            patched.setattr(os, "fdopen", full)
            with pytest.raises(OSError, match=r"space|28") as told:
                write_whole(path, "new")
        assert (told.value.filename, told.value.strerror) == (str(path), why)
    assert not path.exists()


def test_a_new_file_is_as_open_as_any_other(tmp_path):
    """Not private, as temporary files are."""
    other = tmp_path / "other.txt"
    other.write_text("x", encoding="utf-8")
    written = write_whole(tmp_path / "a.txt", b"x")
    assert written.stat().st_mode == other.stat().st_mode


def test_printable_has_no_control_characters():
    """Nor the marks that turn the direction of writing; line ends become spaces."""
    assert printable("a\x1b[2J\nb\t\x00\x9b\u202ec µ") == "a\ufffd[2J b \ufffd\ufffd\ufffdc µ"


def held(*_: object) -> None:
    """As Windows answers where a program has the file open."""
    raise PermissionError(13, "Access is denied", "somewhere")


def test_a_file_that_is_held_open_stays_and_the_new_content_is_kept_beside_it(tmp_path, monkeypatch):
    """Twice in a row: neither of the two is lost. Nothing else is left."""
    path = tmp_path / "a.tar.html"
    path.write_text("old", encoding="utf-8")
    monkeypatch.setattr(os, "replace", held)
    for content, name in (("first", "a.tar.new.html"), ("second", "a.tar.new2.html")):
        with pytest.raises(HeldFileError, match=f"open in another program.*{name}"):
            write_whole(path, content)
        assert (tmp_path / name).read_text(encoding="utf-8") == content
    assert path.read_text(encoding="utf-8") == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.tar.html", "a.tar.new.html", "a.tar.new2.html"]


def test_where_not_even_that_may_be_the_message_says_where_the_content_is(tmp_path, monkeypatch):
    """No name beside it can be given either."""
    path = tmp_path / "a.html"
    path.write_text("old", encoding="utf-8")
    monkeypatch.setattr(os, "replace", held)
    monkeypatch.setattr(Path, "rename", held)
    with pytest.raises(HeldFileError) as caught:
        write_whole(path, "new")
    (kept,) = [p for p in tmp_path.iterdir() if p != path]
    assert kept.read_text(encoding="utf-8") == "new"
    assert kept.name in str(caught.value)


def test_a_folder_that_cannot_be_written_to_is_told_by_the_name_asked_for(tmp_path):
    """Not by that of the file aside."""
    with pytest.raises(FileNotFoundError) as caught:
        write_whole(tmp_path / "none" / "a.html", "x")
    assert caught.value.filename == str(tmp_path / "none" / "a.html")


HOSTILE = ["../../x", "..", ".", "", "a/b", "a\\b", "C:x", "CON", "con", "NUL.txt", "nul.tar.gz", "COM1", "lpt9.csv"]
HOSTILE += ["end.", "end...", "end ", "x" * 300, "😀", "\ud800", "-rf", "~", ".hidden", "a:b", "a*?", "a\x00b", "a\nb"]
HOSTILE += ["p1", "P1", "Ä", "ä", "A\u0308", "conin$", "aux ", "x" * 299 + "y", "p1~f64551fc"]
"""Ids that no file system, or not every one, takes for a name."""


def test_names_of_hostile_ids_stay_in_their_folder_and_differ_on_windows_too(tmp_path):
    """A file of each can be written, and each is the only one of its name in whatever case."""
    names = safe_names(HOSTILE)
    assert len({name.casefold() for name in names.values()}) == len(HOSTILE) == len(set(HOSTILE))
    for name in names.values():
        assert re.fullmatch(r"[A-Za-z0-9_+][A-Za-z0-9._+~-]*", name)
        assert len(name) <= 100
        assert name[-1] != "."
        assert name.split(".")[0].casefold() not in {"con", "prn", "aux", "nul", "com1", "lpt9"}
        assert write_whole(tmp_path / f"{name}.html", "x").parent == tmp_path
    assert len(list(tmp_path.iterdir())) == len(HOSTILE)


def test_names_whose_short_digests_meet_get_long_ones(monkeypatch):
    """As somebody could bring about on purpose."""
    whole = files._marked
    monkeypatch.setattr(
        files, "_marked", lambda name, identity, digits=8: whole(name, identity, digits) if digits > 8 else "x"
    )
    assert len(set(safe_names(["a/", "b/"]).values())) == 2


def test_files_that_belong_together_are_all_written_or_none(tmp_path, monkeypatch):
    """Whichever of three replacements fails: what was there before stays, and nothing new is left."""
    old, new, last = tmp_path / "old.txt", tmp_path / "new.txt", tmp_path / "last.txt"
    contents = {old: "1", new: "2", last: b"3"}
    replace = os.replace
    for failing in contents:
        old.write_text("old", encoding="utf-8")

        def fail(source: object, target: Path, failing: Path = failing) -> None:
            if target == failing and Path(str(source)).read_bytes() in (b"1", b"2", b"3"):
                raise OSError("no space")
            replace(source, target)

        monkeypatch.setattr(os, "replace", fail)
        with pytest.raises(OSError, match="no space"):
            write_together(contents)
        assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == {"old.txt": "old"}
    monkeypatch.setattr(os, "replace", replace)
    assert write_together(contents) == (old, new, last)
    assert [path.read_text(encoding="utf-8") for path in contents] == ["1", "2", "3"]
    assert len(list(tmp_path.iterdir())) == 3
