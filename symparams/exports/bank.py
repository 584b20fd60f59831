"""Writing banks: whole at every moment, and continued by a later run where the first was stopped."""

from __future__ import annotations

import itertools
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from symparams.documents.asked import Asked, BankInfo
from symparams.errors import SymparamsError
from symparams.exports.beside import disk, folder_beside, sweep
from symparams.exports.export import Export, FolderExport, PackedExport, PaperExport, TextExport, WholeExport
from symparams.exports.growing import Growing, GrowingFiles, GrowingPackedText, GrowingText
from symparams.exports.mark import LONGEST, Mark, foreign, last_mark, origin
from symparams.files import put_in_place, write_whole

Questions: TypeAlias = Callable[[int], Iterable[Asked]]  # the questions of a bank from an index on
Progress: TypeAlias = Callable[[int], None]  # is told how many questions the bank has

_SECONDS = 1.0  # between two moments at which a bank that grows is put in place
_SHARE = 10  # for large banks: so many times longer than putting it in place takes, so that this never costs much


def write_bank(
    export: Export,
    path: Path,
    bank: BankInfo,
    questions_from: Questions,
    total: int,
    progress: Progress = lambda count: None,
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Write the questions that are not there yet, and return how many were there."""
    if isinstance(export, FolderExport):
        return _write_folder(export, path.resolve(), bank, questions_from, total, progress)
    if not path.name:
        raise SymparamsError("the name of the output file is empty")
    if path.is_symlink():
        path = path.resolve()
    if isinstance(export, WholeExport):
        return _write_at_once(export, path, bank, questions_from, total, progress)
    growing = _growing(export, path, bank)
    growing.find()
    present = growing.count
    if present > total:
        raise SymparamsError(
            f"{path} has {present:,} questions already, {total:,} are asked for; choose another name or remove it"
        )
    if present < total or not path.exists():
        sweep(path.parent, path.name)
        _grow(growing, itertools.islice(questions_from(present), total - present), progress, clock)
    return present


def _growing(export: Export, path: Path, bank: BankInfo) -> Growing:
    if isinstance(export, TextExport):
        return GrowingText(export, path, bank)
    assert isinstance(export, PackedExport), f"{export.name} is no kind of bank that is known here"
    if export.text is not None:
        return GrowingPackedText(export, export.text, path, bank)
    return GrowingFiles(export, path, bank)


def _grow(growing: Growing, questions: Iterable[Asked], progress: Progress, clock: Callable[[], float]) -> None:
    """Add questions, and put the bank in place now and then, at the end, and when something stops it."""
    put = growing.count  # questions in the bank that is in place
    try:
        growing.start()
        due = clock() + _SECONDS
        for asked in questions:
            growing.add(asked)
            progress(growing.count)
            begun = clock()
            if begun >= due:
                growing.finish()
                put = growing.count
                growing.start()
                due = clock() + max(_SECONDS, _SHARE * (clock() - begun))
        if growing.count > put or not growing.path.exists():
            growing.finish()
    except BaseException:
        if growing.whole and growing.count > put:
            growing.finish()
        raise
    finally:
        growing.drop()


def _write_at_once(
    export: WholeExport, path: Path, bank: BankInfo, questions_from: Questions, total: int, progress: Progress
) -> int:
    """Write all questions; only a bank of the same request is replaced."""
    mark = str(Mark(origin(export, bank), total, 0))
    if path.exists() and not _is_marked(path, origin(export, bank)):
        raise foreign(path)
    sweep(path.parent, path.name)
    with disk(path), folder_beside(path.parent, path.name) as place:
        made = place / path.name
        export.write(made, bank, _counted(itertools.islice(questions_from(0), total), progress))
        with zipfile.ZipFile(made, "a") as archive:
            archive.comment = mark.encode("ascii")
        put_in_place(made, path)
    return 0


def _is_marked(path: Path, of: str) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            mark = last_mark(archive.comment[:LONGEST])
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
    return mark is not None and mark.origin == of


def _counted(questions: Iterable[Asked], progress: Progress) -> Iterator[Asked]:
    for count, asked in enumerate(questions, 1):
        yield asked
        progress(count)


def _write_folder(
    export: FolderExport, path: Path, bank: BankInfo, questions_from: Questions, total: int, progress: Progress
) -> int:
    """Write the folders that are missing; what is there stays as it is."""
    if path.exists() and not path.is_dir():
        raise foreign(path)
    with disk(path):
        path.mkdir(parents=True, exist_ok=True)
        sweep(path, path.name)
    for name, text in export.common(bank).items():
        if not (path / name).exists():
            with disk(path / name):
                (path / name).parent.mkdir(parents=True, exist_ok=True)
            write_whole(path / name, text)
    present = 0
    for asked in _counted(itertools.islice(questions_from(0), total), progress):
        target = path / export.folder(asked)
        if target.exists() or target.is_symlink():
            present += 1
        else:
            _write_files(path, target, dict(export.files(asked)))
    return present


def _write_files(bank: Path, target: Path, texts: dict[str, str]) -> None:
    """One folder with its files: made beside the others, and named when it is whole."""
    with disk(target), folder_beside(bank, bank.name) as place:
        made = place / target.name
        made.mkdir()
        for name, text in texts.items():
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            (made / name).write_text(text, "utf-8", "replace", "\n")
        target.parent.mkdir(parents=True, exist_ok=True)
        made.rename(target)


def write_papers(
    export: PaperExport, path: Path, bank: BankInfo, students: Sequence[str], papers: Sequence[Sequence[Asked]]
) -> list[Path]:
    """Write the exam and its key, and return where; a file that is there and says something else is left alone."""
    if not path.name:
        raise SymparamsError("the name of the output file is empty")
    texts = {
        path.with_name(f"{path.stem}{behind}{path.suffix}"): text
        for behind, text in export.texts(bank, students, papers).items()
    }
    for place, text in texts.items():
        if place.is_dir() or (place.is_file() and place.read_bytes() != text.encode("utf-8")):
            raise SymparamsError(f"{place} exists and is not what is to be written; choose another name or remove it")
    for place, text in texts.items():
        write_whole(place, text)
    return list(texts)
