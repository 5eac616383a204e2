"""Keys are private, kept apart from what is shared, and never shown."""

import os
import secrets
import stat

import pytest

from infant_course.errors import UsageError
from infant_course.privacy.key import Key, make_key, read_key

posix = pytest.mark.skipif(os.name != "posix", reason="only POSIX tells who may read a file")


def private(path, text):
    path.write_text(text, encoding="ascii")
    path.chmod(0o600)
    return path


def test_a_new_key_is_private_and_reads_back(tmp_path):
    path = make_key(tmp_path / "k.key")
    key = read_key(path, outside=tmp_path / "out")
    assert len(key.secret) == 32
    assert key.secret != read_key(make_key(tmp_path / "l.key")).secret
    assert os.name != "posix" or stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_key_is_never_written_over(tmp_path):
    path = make_key(tmp_path / "k.key")
    before = path.read_bytes()
    with pytest.raises(UsageError, match="left as it was"):
        make_key(path)
    assert path.read_bytes() == before


def test_a_key_that_finds_no_room_leaves_no_file(tmp_path, monkeypatch):
    """Else an empty one would keep the name."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(secrets, "token_hex", full)
        with pytest.raises(OSError, match="No space left") as told:
            make_key(tmp_path / "k.key")
    assert told.value.filename == str(tmp_path / "k.key")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", ["k.key", "deep/er/k.key"])
def test_a_key_in_the_output_folder_is_refused(tmp_path, place):
    (tmp_path / "out" / "deep" / "er").mkdir(parents=True)
    path = make_key(tmp_path / "out" / place)
    with pytest.raises(UsageError, match="output folder"):
        read_key(path, outside=tmp_path / "out")


@posix
def test_a_key_reached_by_a_link_is_refused_too(tmp_path):
    (tmp_path / "out").mkdir()
    make_key(tmp_path / "out" / "k.key")
    (tmp_path / "link.key").symlink_to(tmp_path / "out" / "k.key")
    (tmp_path / "door").symlink_to(tmp_path / "out")
    for path, out in (("link.key", "out"), ("out/k.key", "door"), ("door/k.key", "out")):
        with pytest.raises(UsageError, match="output folder"):
            read_key(tmp_path / path, outside=tmp_path / out)


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_key_that_others_may_read_is_refused(tmp_path, mode):
    path = make_key(tmp_path / "k.key")
    path.chmod(mode)
    with pytest.raises(UsageError, match="others may read"):
        read_key(path)


@pytest.mark.parametrize(
    ("text", "what"),
    [("ab" * 31, "31 bytes: too short"), ("", "too short"), ("my secret", "something else"), ("a" * 3000, "too short")],
)
def test_what_is_no_key_is_refused_and_not_shown(tmp_path, text, what):
    path = private(tmp_path / "k.key", text)
    with pytest.raises(UsageError, match=what) as caught:
        read_key(path)
    assert not text or text[:8] not in str(caught.value)


def test_a_missing_key_names_the_command(tmp_path):
    with pytest.raises(UsageError, match="infant-course key FILE"):
        read_key(tmp_path / "none.key")
    with pytest.raises(UsageError, match="expected a key file"):
        read_key(tmp_path)


def test_the_secret_is_not_shown():
    key = Key(secret=b"s3cret" * 8)
    assert "s3cret" not in repr(key) + str(key)
    assert key.mark == Key(secret=b"s3cret" * 8).mark != Key(secret=b"t3cret" * 8).mark


def test_digests_tell_purposes_and_partings_apart():
    key = Key(secret=bytes(32))
    asked = [("a", "b", "c"), ("a", "bc"), ("ab", "c"), ("a", "", "bc"), ("abc",)]
    assert len({key.digest(*parts) for parts in asked}) == len(asked)


def test_the_command_writes_one(run, tmp_path):
    path = tmp_path / "k.key"
    said = run("key", path)
    assert (said.code, said.out.strip()) == (0, str(path))
    assert read_key(path).secret.hex() not in said.out + said.err
    again = run("key", path)
    assert again.code == 2
    assert "left as it was" in again.err
