"""The mark by which a run knows a bank as one that it can continue."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from symparams.documents.asked import BankInfo
from symparams.errors import SymparamsError
from symparams.exports.export import Export

LONGEST = 200  # bytes that a mark may have
_MARK = re.compile(r"symparams bank ([0-9a-f]{32}), questions: (\d{1,9}), extent: (\d{1,15})")


@dataclass(frozen=True, slots=True)
class Mark:
    """What a bank says of how far it has come."""

    origin: str  # a hash of what decides the bytes of the bank
    count: int  # questions in it
    extent: int  # how much of it stays when it grows: bytes of a text, or files of an archive

    def __str__(self) -> str:
        return f"symparams bank {self.origin}, questions: {self.count}, extent: {self.extent}"


def origin(export: Export, bank: BankInfo) -> str:
    """What all marks of a bank share, however far it has come."""
    parts = (export.name, bank.request, bank.title, str(bank.seed), bank.version)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


def last_mark(text: bytes) -> Mark | None:
    """The mark that stands last in a text."""
    found = _MARK.findall(text.decode("utf-8", "replace"))
    if not found:
        return None
    of, count, extent = found[-1]
    return Mark(of, int(count), int(extent))


def foreign(path: Path) -> SymparamsError:
    """What is said of something that stands where a bank is to be written."""
    return SymparamsError(
        f"{path} exists and is not a bank that this run could continue; choose another name or remove it"
    )
