"""What stands where a bank is to be written: files of others, full disks, links, names that a disk cannot have."""

from __future__ import annotations

import errno
import json
import os
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from symparams import files
from symparams.errors import SymparamsError
from symparams.exports import folders
from symparams.exports.export import PackedExport
from symparams.exports.registry import EXPORTS, PAPERS
from symparams.exports.registry import export as registered
from tests.exports.asked_samples import BANK, PACKED
from tests.exports.banks import (
    COUNT,
    FORMATS,
    StoppedError,
    bytes_of,
    files_of,
    identities,
    put,
    questions,
    refused,
    written,
)
from tests.helpers import marked

OTHER = replace(BANK, request="ffff")
FILES = marked([name for name in EXPORTS if name != "prairielearn"], pytest.mark.extra, *PACKED)
MARKED = marked([name for name in EXPORTS if name not in (*PAPERS, "prairielearn")], pytest.mark.extra, *PACKED)
FEW = 6


@pytest.mark.parametrize("name", MARKED)
def test_what_is_no_bank_of_this_request_is_left_alone(name: str, tmp_path: Path) -> None:
    path = tmp_path / "bank"
    for foreign in (b"", b"my thesis", b"PK\x03\x04", b"\xff\xfe" * 50_000):
        path.write_bytes(foreign)
        refused(name, path)
    path.unlink()
    written(name, path)
    refused(name, path, OTHER)
    refused("gift" if name == "json" else "json", path)
    path.unlink()
    path.mkdir()
    (path / "file").write_text("mine")
    refused(name, path)


def test_an_exam_on_paper_in_place_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "exam").mkdir()
    for name in PAPERS:
        refused(name, tmp_path / "exam")


@pytest.mark.parametrize("name", MARKED)
def test_a_bank_that_was_cut_or_edited_is_left_alone(name: str, tmp_path: Path) -> None:
    path = tmp_path / "bank"
    written(name, path)
    whole = path.read_bytes()
    for changed in (whole[:-1], whole[: len(whole) // 2], whole[1:], b"x" + whole, whole + b"x", b"x" + whole[1:]):
        path.write_bytes(changed)
        if zipfile.is_zipfile(path) and isinstance(registered(name), PackedExport):
            continue  # readers of archives allow something before and behind
        refused(name, path)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link.json").symlink_to(tmp_path / "bank.json")
    for _ in range(2):
        written("json", tmp_path / "link.json")
    assert (tmp_path / "link.json").is_symlink()
    assert len(identities("json", tmp_path / "bank.json")) == COUNT
    assert len(list(tmp_path.iterdir())) == 2


def test_a_link_to_itself(tmp_path: Path) -> None:
    path = tmp_path / "link.json"
    path.symlink_to(path)
    with pytest.raises(SymparamsError) as caught:
        written("json", path)
    assert str(caught.value) == f"cannot write {path}: {os.strerror(errno.ELOOP)}"


class TestFolders:
    EXPORT = registered("prairielearn")
    ASKED = questions("prairielearn", FEW)

    def listing(self, course: Path) -> Path:
        (found,) = course.rglob("infoAssessment.json")
        return found

    def test_only_what_is_missing_is_written(self, tmp_path: Path) -> None:
        course = tmp_path / "course"
        (course / "questions" / "by hand").mkdir(parents=True)
        (course / "questions" / "by hand" / "info.json").write_text("mine")
        (course / "infoCourse.json").write_text("mine too")
        put(self.EXPORT, course, self.ASKED)
        edited, cut = (f"questions/{self.ASKED[at].identity}/info.json" for at in (2, 4))
        (course / edited).write_text("corrected")
        (course / cut).unlink()
        put(self.EXPORT, course, self.ASKED)
        put(self.EXPORT, tmp_path / "reference", self.ASKED)
        files, expected = files_of(course), files_of(tmp_path / "reference")
        assert files.pop("questions/by hand/info.json") == b"mine"
        assert files.pop("infoCourse.json") == b"mine too"
        assert files.pop(edited) == b"corrected"
        assert files == {name: data for name, data in expected.items() if name not in ("infoCourse.json", edited, cut)}

    def test_the_list_follows_the_bank_until_a_user_changes_it(self, tmp_path: Path) -> None:
        course = tmp_path / "course"
        for count in (3, 5, 4):
            put(self.EXPORT, course, self.ASKED[:count], replace(BANK, request=str(count)))
            assert identities("prairielearn", course) == [asked.identity for asked in self.ASKED[:count]]
        self.listing(course).write_text("[]")
        put(self.EXPORT, course, self.ASKED)
        assert self.listing(course).read_text() == "[]"
        assert len(list((course / "questions").iterdir())) == FEW
        self.listing(course).unlink()
        for known in ("what is this", "[]", '{"a": 1}', "\xff"):
            (course / ".symparams.json").write_text(known, "latin-1")
            put(self.EXPORT, course, self.ASKED)
            assert identities("prairielearn", course) == [asked.identity for asked in self.ASKED]
            self.listing(course).unlink()

    def test_stopped_between_the_list_and_its_hash(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whichever file was the last to be written, a later run knows the list as its own."""
        course = tmp_path / "course"
        put(self.EXPORT, course, self.ASKED[:3], OTHER)
        whole = files.write_whole
        for last in range(3):
            left = [last]

            def failing(path: Path, text: str | bytes, left: list[int] = left) -> None:
                if not left[0]:
                    raise StoppedError
                left[0] -= 1
                whole(path, text)

            monkeypatch.setattr(folders, "write_whole", failing)
            with pytest.raises(StoppedError):
                put(self.EXPORT, course, self.ASKED)
            monkeypatch.setattr(folders, "write_whole", whole)
            put(self.EXPORT, course, self.ASKED)
            assert identities("prairielearn", course) == [asked.identity for asked in self.ASKED]
            assert len(json.loads((course / ".symparams.json").read_text())[self.EXPORT.listing(BANK)]) == 1  # type: ignore[attr-defined]
            put(self.EXPORT, course, self.ASKED[:3], OTHER)

    def test_a_file_is_no_folder(self, tmp_path: Path) -> None:
        (tmp_path / "course").write_text("mine")
        refused("prairielearn", tmp_path / "course")

    def test_the_folder_one_is_in(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        put(self.EXPORT, tmp_path / "reference", self.ASKED)
        (tmp_path / "here").mkdir()
        monkeypatch.chdir(tmp_path / "here")
        put(self.EXPORT, Path(), self.ASKED)
        assert bytes_of(tmp_path / "here") == bytes_of(tmp_path / "reference")


class TestTheDisk:
    @pytest.mark.parametrize("name", FILES)
    def test_no_such_folder(self, name: str, tmp_path: Path) -> None:
        path = tmp_path / "missing" / "bank"
        with pytest.raises(SymparamsError) as caught:
            written(name, path, stop=0)  # said before a question is made
        assert str(caught.value) == f"cannot write {path}: No such file or directory"

    @pytest.mark.parametrize("name", FILES)
    def test_a_full_disk(self, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = tmp_path / "bank"

        def full(file: int) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(SymparamsError) as caught:
            written(name, path)
        assert str(caught.value) == f"cannot write {path}: No space left on device"
        assert [each.name for each in tmp_path.iterdir()] == ["bank.parts"]
        monkeypatch.undo()
        assert written(name, path) == []

    @pytest.mark.parametrize("name", FORMATS)
    def test_too_long_a_name(self, name: str, tmp_path: Path) -> None:
        path = tmp_path / ("n" * 300)
        with pytest.raises(SymparamsError, match=r"^cannot write .*: File name too long$"):
            written(name, path)
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("name", FILES)
    def test_no_name(self, name: str) -> None:
        with pytest.raises(SymparamsError, match=r"^the name of the output file is empty$"):
            written(name, Path())
