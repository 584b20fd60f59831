"""Banks that are being made: finished shards in a folder beside the bank, each of a hundred questions."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from hashlib import blake2b
from itertools import chain
from pathlib import Path

from symparams.errors import SymparamsError
from symparams.exports.export import Item
from symparams.files import TEMPORARY, write_whole

_QUESTIONS = 100  # of a shard
_WHOLE = "whole-"  # how the folders begin in which banks are put together
_OURS = re.compile(rf"[0-9a-f]{{32}}-\d+-\d+|{re.escape(TEMPORARY)}.*|{_WHOLE}.*")


@contextlib.contextmanager
def disk(path: Path) -> Iterator[None]:
    """Inside, what the disk refuses becomes a message with the path."""
    try:
        yield
    except OSError as error:
        raise SymparamsError(f"cannot write {path}: {error.strerror or error}") from None


class Shards:
    """What a format keeps of the questions of a bank: what is done is what stands on disk.

    A shard has the name of its request and of its questions, and begins with a hash of its text, so that none of
    another request and none that was damaged gets into the bank; those are made anew.
    """

    def __init__(self, folder: Path, origin: str, papers: Sequence[range], made: Callable[[int], Item]) -> None:
        self.folder = folder
        self.origin = origin
        self._papers = papers
        self._made = made
        self._shards = [_cut(paper) for paper in papers]

    def __len__(self) -> int:
        return sum(map(len, self._papers))

    @property
    def papers(self) -> Sequence[Iterable[Item]]:
        return [_Paper(self, shards) for shards in self._shards]

    def __iter__(self) -> Iterator[Item]:
        return chain.from_iterable(self.papers)

    def gather(self, progress: Callable[[int], None]) -> None:
        """Make what is not there yet."""
        self.folder.mkdir(exist_ok=True)
        there = {path.name for path in self.folder.iterdir()}
        done = 0
        try:
            for shard in chain.from_iterable(self._shards):
                if self._name(shard) not in there:
                    self._make(shard, partial(_told, progress, done))
                done += len(shard)
        finally:
            with contextlib.suppress(OSError):  # unless there are shards in it
                self.folder.rmdir()

    def items(self, shard: range) -> list[Item]:
        """What was kept of the questions of a shard."""
        name = self._name(shard)
        with contextlib.suppress(OSError):
            digest, _, text = (self.folder / name).read_bytes().partition(b"\n")
            if digest == _digest(name, text):
                items: list[Item] = json.loads(text)
                return items
        return self._make(shard)

    def _make(self, shard: range, progress: Callable[[int], None] = lambda count: None) -> list[Item]:
        items = []
        for number in shard:
            items.append(self._made(number))
            progress(len(items))
        name, text = self._name(shard), json.dumps(items).encode()
        self.folder.mkdir(exist_ok=True)
        write_whole(self.folder / name, _digest(name, text) + b"\n" + text)
        return items

    def _name(self, shard: range) -> str:
        return f"{self.origin}-{shard[0] + 1}-{shard[-1] + 1}"

    @contextlib.contextmanager
    def workplace(self) -> Iterator[Path]:
        """A folder to put the bank together in, on the disk where it will stand."""
        self.folder.mkdir(exist_ok=True)
        place = Path(tempfile.mkdtemp(prefix=_WHOLE, dir=self.folder))
        try:
            yield place
        finally:
            shutil.rmtree(place, ignore_errors=True)

    def remove(self) -> None:
        """Leave nothing of any run; what is not of a run stays, and with it the folder."""
        for path in self.folder.iterdir() if self.folder.is_dir() else ():
            if _OURS.fullmatch(path.name):
                with contextlib.suppress(OSError):
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
        with contextlib.suppress(OSError):
            self.folder.rmdir()


class _Paper:
    """The questions of one paper, read when they are needed."""

    def __init__(self, shards: Shards, own: Sequence[range]) -> None:
        self._shards = shards
        self._own = own

    def __iter__(self) -> Iterator[Item]:
        return chain.from_iterable(map(self._shards.items, self._own))


def _cut(paper: range) -> list[range]:
    """The shards of a paper."""
    return [paper[i : i + _QUESTIONS] for i in range(0, len(paper), _QUESTIONS)]


def _told(progress: Callable[[int], None], before: int, count: int) -> None:
    progress(before + count)


def _digest(name: str, text: bytes) -> bytes:
    return blake2b(name.encode() + text, digest_size=16).hexdigest().encode()
