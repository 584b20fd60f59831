"""Banks that are folders: what is missing is written, and nothing that a user has put or changed there is touched."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from pathlib import Path

from symparams.documents.asked import Asked, BankInfo
from symparams.errors import SymparamsError
from symparams.exports.beside import disk, folder_beside, sweep
from symparams.exports.export import FolderExport
from symparams.exports.mark import foreign
from symparams.files import write_whole

_WRITTEN = ".symparams.json"  # the hashes of the lists that were written: one with another hash is a user's


def write_folder(
    export: FolderExport,
    path: Path,
    bank: BankInfo,
    questions: Callable[[], Iterable[Asked]],
    progress: Callable[[int], None],
) -> int:
    """Write the questions that are missing, and return how many were there."""
    if path.exists() and not path.is_dir():
        raise foreign(path)
    with disk(path):
        path.mkdir(parents=True, exist_ok=True)
        sweep(path, path.name)
    for name, text in export.common(bank).items():
        if not _is_there(path / name):
            _write(path / name, text)
    listed: list[tuple[str, Fraction]] = []  # of each question its folder and points
    written = 0
    try:
        for asked in questions():
            folder = export.folder(asked)
            if not _is_there(path / folder):
                _write_question(path, folder, export.files(asked))
                written += 1
            listed.append((folder, asked.points))
            progress(len(listed))
    except BaseException:
        if written:  # otherwise the list that is there is longer
            _write_lists(path, export.closing(bank, listed))
        raise
    _write_lists(path, export.closing(bank, listed))
    return len(listed) - written


def _write_question(bank: Path, folder: str, texts: Mapping[str, str]) -> None:
    """One folder with its files: made beside the others, and named when it is whole."""
    target = bank / folder
    with disk(target), folder_beside(bank, bank.name) as place:
        made = place / target.name
        made.mkdir()
        for name, text in texts.items():
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            (made / name).write_text(text, "utf-8", "replace", "\n")
        target.parent.mkdir(parents=True, exist_ok=True)
        made.rename(target)


def _write_lists(bank: Path, texts: Mapping[str, str]) -> None:
    """The files that list the questions; one that a user has changed stays."""
    known = _known(bank)
    ours = {
        name: text
        for name, text in texts.items()
        if not _is_there(bank / name) or _hash(_read(bank / name)) in known.get(name, [])
    }
    if not ours:
        return
    # First the hashes, of the old text too: whenever this is stopped, what is there is known.
    known |= {name: [*known.get(name, [])[-1:], _hash(text.encode("utf-8"))] for name, text in ours.items()}
    _write(bank / _WRITTEN, json.dumps(known, indent=1) + "\n")
    for name, text in ours.items():
        _write(bank / name, text)


def _known(bank: Path) -> dict[str, list[str]]:
    """For each list the hashes that it can have if no user has changed it."""
    try:
        read = json.loads(_read(bank / _WRITTEN)) if _is_there(bank / _WRITTEN) else {}
    except ValueError:
        return {}
    return {name: [str(entry) for entry in hashes] for name, hashes in read.items()} if isinstance(read, dict) else {}


def _is_there(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SymparamsError(f"cannot read {path}: {error.strerror or error}") from None


def _hash(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def _write(path: Path, text: str) -> None:
    with disk(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, text)
