"""Writing banks: whole at every moment, and continued by a later run where the first was stopped."""

from __future__ import annotations

import functools
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
from symparams.exports.folders import write_folder
from symparams.exports.growing import Growing, GrowingFiles, GrowingPackedText, GrowingText
from symparams.exports.mark import LONGEST, Mark, foreign, last_mark, origin
from symparams.files import followed, put_in_place, write_whole

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
        every = functools.partial(_first, questions_from, total)
        return write_folder(export, _place(path.absolute()), bank, every, progress)
    path = _place(path)
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


def _place(path: Path) -> Path:
    """What a path leads to; an error if it has no name or one that the disk cannot have."""
    if not path.name:
        raise SymparamsError("the name of the output file is empty")
    with disk(path):
        return followed(path)


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
        export.write(made, bank, _counted(_first(questions_from, total), progress))
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


def _first(questions_from: Questions, total: int) -> Iterable[Asked]:
    return itertools.islice(questions_from(0), total)


def _counted(questions: Iterable[Asked], progress: Progress) -> Iterator[Asked]:
    for count, asked in enumerate(questions, 1):
        yield asked
        progress(count)


def write_papers(
    export: PaperExport, path: Path, bank: BankInfo, students: Sequence[str], papers: Sequence[Sequence[Asked]]
) -> list[Path]:
    """Write the exam and its key, and return where; a file that is there and says something else is left alone."""
    path = _place(path)
    texts = {
        path.with_name(f"{path.stem}{behind}{path.suffix}"): text
        for behind, text in export.texts(bank, students, papers).items()
    }
    for place, text in texts.items():
        with disk(place):
            differs = place.is_dir() or (place.is_file() and place.read_bytes() != text.encode("utf-8"))
        if differs:
            raise SymparamsError(f"{place} exists and is not what is to be written; choose another name or remove it")
    for place, text in texts.items():
        write_whole(place, text)
    return list(texts)
