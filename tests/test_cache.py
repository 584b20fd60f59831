"""What is kept between runs: never taken from others, rebuilt where it is damaged, and never needed."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from symparams import resources
from symparams.documents import rendering
from symparams.sources import parsing_tables
from tests.test_cli import run

OURS = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="there are no owners here")
ORIGIN = b"made from this"


def forget() -> None:
    """As in a new process."""
    for remembered in (resources._cache, parsing_tables.parser, parsing_tables._origin, rendering.environment):
        remembered.cache_clear()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("SYMPARAMS_CACHE", str(tmp_path / "cache"))
    forget()
    yield tmp_path / "cache"
    monkeypatch.undo()
    forget()


def is_used() -> bool:
    """Whether what is kept is found again."""
    forget()
    resources.keep("probe", ORIGIN, b"contents")
    return resources.kept("probe", ORIGIN) == b"contents"


def document() -> str:
    forget()
    status, out, error = run("summary", "-e", "input(28, 28, 1) -> conv(32, 3)")
    assert (status, error) == (0, "")
    return out


def test_what_is_kept_is_ours_alone(place: Path) -> None:
    assert is_used()
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert stat.S_IMODE((place / "probe").stat().st_mode) == 0o600
    assert [path.name for path in place.iterdir()] == ["probe"]
    assert resources.kept("probe", b"made from that") is None
    assert resources.kept("other", ORIGIN) is None


def test_every_damage_is_noticed(place: Path) -> None:
    assert is_used()
    whole = (place / "probe").read_bytes()
    for at in range(len(whole)):
        for bit in range(8):
            (place / "probe").write_bytes(whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :])
            assert resources.kept("probe", ORIGIN) is None
        (place / "probe").write_bytes(whole[:at])
        assert resources.kept("probe", ORIGIN) is None
    (place / "probe").write_bytes(whole + b"\0")
    assert resources.kept("probe", ORIGIN) is None
    (place / "probe").write_bytes(whole)
    assert resources.kept("probe", ORIGIN) == b"contents"


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _link(path: Path) -> None:
    path.rename(path.parent.parent / path.name)
    path.symlink_to(path.parent.parent / path.name)


def _written(files: list[Path]) -> list[tuple[int, int, int]]:
    """What changes where a file is written."""
    return [(about.st_mode, about.st_ino, about.st_mtime_ns) for about in map(Path.lstat, files)]


DAMAGES: dict[str, Callable[[Path], object]] = {
    "flipped bits": lambda path: path.write_bytes(path.read_bytes()[:-9] + bytes(9)),
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "empty": lambda path: path.write_bytes(b""),
    "of an older version": lambda path: path.write_bytes(b"\x80\x05]\x94." * 100),
    "a folder": _folder,
    "a pipe": _pipe,
    "a link": _link,
    "unreadable": lambda path: path.chmod(0o000),
    "writable by others": lambda path: path.chmod(0o666),
}


@OURS
@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_file_is_written_again(name: str, place: Path) -> None:
    assert is_used()
    DAMAGES[name](place / "probe")
    assert resources.kept("probe", ORIGIN) is None or (name == "unreadable" and os.geteuid() == 0)
    assert is_used() == (name != "a folder")  # which a user has made, and which stays
    assert [path.name for path in place.iterdir()] == ["probe"]


@OURS
@pytest.mark.parametrize("first", range(0, len(DAMAGES), 3))
def test_documents_are_the_same_whatever_happens_to_what_is_kept(first: int, place: Path) -> None:
    before = document()
    files = sorted(place.iterdir())
    assert len(files) >= 3
    for path, damage in zip(reversed(files), [*DAMAGES.values()][first:], strict=False):
        damage(path)
    assert document() == before
    assert sorted(place.iterdir()) == files
    made = _written(files)
    assert document() == before
    assert _written(files) == made


@OURS
def test_a_file_of_somebody_else_is_not_read(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_used()
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)  # the folder was found to be ours already
    assert resources.kept("probe", ORIGIN) is None


@OURS
def test_a_folder_of_somebody_else_is_not_used(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_used()
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    assert not is_used()
    assert document()


@OURS
@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777, 0o1777])
def test_a_folder_that_others_can_write_to_is_not_used(mode: int, place: Path) -> None:
    place.mkdir()
    place.chmod(mode)
    assert not is_used()
    assert document()
    assert list(place.iterdir()) == []


@OURS
def test_what_lies_above_the_folder_counts_too(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for mode, used in ((0o777, False), (0o775, False), (0o1777, True), (0o755, True)):
        place.parent.chmod(mode)
        monkeypatch.setenv("SYMPARAMS_CACHE", str(place / "new" / f"{mode:o}"))
        assert is_used() == used
        assert place.exists() == used or used  # where it is not used, nothing is made
    lstat = Path.lstat
    theirs = [place.parent]
    monkeypatch.setattr(
        Path,
        "lstat",
        lambda self: os.stat_result((*lstat(self)[:4], 12345, *lstat(self)[5:])) if self in theirs else lstat(self),
    )
    monkeypatch.delenv("SYMPARAMS_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(place.parent))
    assert not is_used()
    assert not (place.parent / "symparams").exists()
    theirs.clear()
    assert is_used()


@OURS
def test_links(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = place.parent / "target"
    target.mkdir(mode=0o700)
    place.symlink_to(target)
    assert not is_used()  # the folder itself must be one
    monkeypatch.setenv("SYMPARAMS_CACHE", str(place / "in-it"))
    assert is_used()  # above it, a link of ours is as good as a folder
    target.chmod(0o777)
    assert not is_used()  # but where it leads counts
    place.unlink()
    place.symlink_to(place)
    assert not is_used()


def test_places_where_nothing_can_be_kept(
    place: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    before = document()
    (place.parent / "file").write_text("")
    for where in ("", str(place.parent / "file"), str(place.parent / "file" / "x"), "/proc/none", "x" * 300):
        monkeypatch.setenv("SYMPARAMS_CACHE", where)
        assert not is_used()
    assert document() == before
    monkeypatch.setenv("SYMPARAMS_CACHE", "relative")
    gone = tmp_path_factory.mktemp("gone")
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert not is_used()
    monkeypatch.chdir(place.parent)
    monkeypatch.delenv("SYMPARAMS_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(place.parent / "xdg"))
    assert is_used()
    assert (place.parent / "xdg" / "symparams").is_dir()


def test_without_owners_the_named_folder_is_used(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "geteuid")
    assert is_used()
    assert document()


def test_a_full_disk_leaves_nothing(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_used()

    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    resources.keep("other", ORIGIN, b"contents")
    assert [path.name for path in place.iterdir()] == ["probe"]


def test_other_versions_make_their_own(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import jinja2
    import lark

    before = document()
    files = sorted(place.iterdir())
    whole = [path.read_bytes() for path in files]
    monkeypatch.setattr(jinja2, "__version__", "9")
    monkeypatch.setattr(lark, "__version__", "9")
    assert document() == before
    assert all(old != path.read_bytes() for old, path in zip(whole, files, strict=True))
