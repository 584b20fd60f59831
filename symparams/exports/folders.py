"""Banks that are folders: what is missing is put in, and nothing that a user has put or changed there is touched."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from symparams.errors import SymparamsError
from symparams.files import write_whole

_WRITTEN = ".symparams.json"  # the hashes of the list that was written: one with another hash is a user's


def merge(made: Path, path: Path, questions: str, listing: str) -> None:
    """Move what is missing in a folder there: each of its `questions` as a whole, last the list of them."""
    (path / questions).mkdir(parents=True, exist_ok=True)
    for question in sorted((made / questions).iterdir()):
        _move(question, path / questions / question.name)
    for file in sorted(file for file in made.rglob("*") if file.is_file() and file != made / listing):
        if made / questions not in file.parents:
            _move(file, path / file.relative_to(made))
    _move_list(made, path, listing)


def _move(made: Path, target: Path) -> None:
    if not _is_there(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        made.rename(target)


def _move_list(made: Path, path: Path, listing: str) -> None:
    """Replace the list of the questions, unless a user has changed it."""
    target, text = path / listing, (made / listing).read_bytes()
    known = _known(path)
    ours = known.get(listing, [])
    if _is_there(target) and _hash(_read(target)) not in ours:
        return
    # Whenever this is stopped, the hash of what is there is known.
    _remember(path, known, listing, [*ours, _hash(text)])
    target.parent.mkdir(parents=True, exist_ok=True)
    write_whole(target, text)
    _remember(path, known, listing, [_hash(text)])


def _remember(bank: Path, known: dict[str, list[str]], listing: str, hashes: list[str]) -> None:
    """Write which hashes a list can have, if that is news."""
    hashes = list(dict.fromkeys(hashes))
    if known.get(listing) != hashes:
        known[listing] = hashes
        write_whole(bank / _WRITTEN, json.dumps(known, indent=1) + "\n")


def _known(bank: Path) -> dict[str, list[str]]:
    """For each list the hashes that it can have if no user has changed it."""
    try:
        read = json.loads(_read(bank / _WRITTEN)) if _is_there(bank / _WRITTEN) else {}
    except ValueError:
        return {}
    listed = read.items() if isinstance(read, dict) else ()
    return {name: list(map(str, hashes)) for name, hashes in listed if isinstance(hashes, list)}


def _is_there(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SymparamsError(f"cannot read {path}: {error.strerror or error}") from None


def _hash(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()
