"""Banks of questions on the disk: written whole or not at all, from shards that are gathered beside them."""

from __future__ import annotations

import filecmp
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from symparams.documents.written_question import BankInfo
from symparams.errors import SymparamsError
from symparams.exports.export import Export, FolderExport, Item, PaperExport
from symparams.exports.folders import merge
from symparams.exports.mark import origin
from symparams.exports.shards import Shards, disk
from symparams.files import followed, put_in_place

Progress: TypeAlias = Callable[[int], None]  # is told how many questions are done


def write_bank(
    export: Export,
    path: Path,
    bank: BankInfo,
    papers: Sequence[range],
    item: Callable[[int], Item],
    part: str = "",
    progress: Progress = lambda count: None,
) -> None:
    """Write the questions of some numbers; what stands there already and is something else is left alone.

    Whenever this is stopped, another run takes the shards that are done. `part` says which questions these are, if they
    are not all.
    """
    path = _place(path, export)
    of = origin(export.name, bank, part)
    with disk(path):
        there = export.is_there(path, bank, of)
        shards = Shards(_beside(path, export), of, papers, item)
        if not there:
            shards.gather(progress)
            try:
                with shards.workplace() as place:
                    export.write(place / path.name, bank, shards)
                    _put_in_place(place, path, export, bank)
            except SymparamsError:  # it would fail again, and its questions are of no use
                shards.remove()
                raise
        shards.remove()


def _place(path: Path, chosen: Export) -> Path:
    """What a path leads to; an error if it has no name."""
    if not path.name and not isinstance(chosen, FolderExport):
        raise SymparamsError("the name of the output file is empty")
    with disk(path):
        return followed(path)


def _beside(path: Path, chosen: Export) -> Path:
    """Where shards are gathered, on the same disk as the bank."""
    if not isinstance(chosen, FolderExport):
        return path.with_name(f"{path.name}.parts")
    path.mkdir(parents=True, exist_ok=True)
    return path / ".symparams.parts"


def _put_in_place(made: Path, path: Path, chosen: Export, bank: BankInfo) -> None:
    """Let what was made become what was asked for."""
    if isinstance(chosen, FolderExport):
        merge(made / path.name, path, chosen.questions, chosen.listing(bank))
        return
    files = {file: path.with_name(file.name) for file in sorted(made.iterdir(), reverse=True)}
    for file, target in files.items():
        if isinstance(chosen, PaperExport) and target.exists() and not _same(file, target):
            raise SymparamsError(f"{target} exists and is not what is to be written; choose another name or remove it")
    for file, target in files.items():
        with file.open("rb+") as written:
            os.fsync(written.fileno())
        put_in_place(file, target)


def _same(file: Path, other: Path) -> bool:
    return other.is_file() and filecmp.cmp(file, other, shallow=False)
