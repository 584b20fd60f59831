"""The mark by which a run knows a bank that is there as its own."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from symparams.documents.written_question import BankInfo
from symparams.errors import SymparamsError

LONGEST = 200  # bytes that a mark may have
_MARK = re.compile(r"symparams bank ([0-9a-f]{32}), questions: (\d{1,9}), extent: (\d{1,15})")


@dataclass(frozen=True, slots=True)
class Mark:
    """What a bank says of itself in its last bytes."""

    origin: str  # a hash of what decides the bytes of the bank
    count: int  # questions in it
    extent: int  # how much of it are head and questions: bytes of a text, or files of an archive

    def __str__(self) -> str:
        return f"symparams bank {self.origin}, questions: {self.count}, extent: {self.extent}"


def origin(format_: str, bank: BankInfo, part: str = "") -> str:
    """A hash of what decides the bytes of a bank; `part` says which questions it has, if not all."""
    parts = (format_, bank.request, bank.title, str(bank.seed), bank.version, *filter(None, [part]))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


def last_mark(text: bytes) -> Mark | None:
    """The mark that stands last in a text."""
    marks = _MARK.findall(text.decode("utf-8", "replace"))
    if not marks:
        return None
    of, count, extent = marks[-1]
    return Mark(of, int(count), int(extent))


def foreign(path: Path) -> SymparamsError:
    """What is said of something that stands where a bank is to be written."""
    return SymparamsError(f"{path} exists and is not the bank that is to be written; choose another name or remove it")
