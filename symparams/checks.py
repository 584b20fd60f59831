"""What is found where a network is compared with a second witness, as Python has it; loaded when it is asked for."""

from __future__ import annotations

import json
from dataclasses import dataclass

from symparams import limits
from symparams.checking.check import Check as _Check
from symparams.checking.difference import Subject
from symparams.documents.check_document import record, render_check
from symparams.documents.rendering import Document
from symparams.results import Shown


@limits.face
@dataclass(frozen=True, repr=False)
class Check(Shown):
    """A network beside a framework or another network, layer by layer."""

    _contents: _Check

    @property
    def _layers(self) -> int:
        return len(self._contents.pairs)

    @property
    def agrees(self) -> bool:
        """Whether nothing differs."""
        return self._contents.agrees

    @property
    def differences(self) -> tuple[tuple[str, Subject], ...]:
        """The layers that differ, in reading order, each with what differs first: shape, params, tensors …"""
        return tuple((one.name, one.subject) for one in self._contents.differences)

    @property
    def not_compared(self) -> tuple[str, ...]:
        """The layers that only one side has and that were left aside."""
        return tuple(one.layer.name for one in self._contents.alone)

    def _rendered(self, format_: str) -> str:
        return render_check(self._contents, (), Document("check", format_))

    def to_json(self) -> str:
        return json.dumps(record(self._contents), ensure_ascii=False, indent=2)

    def __repr__(self) -> str:
        first, second = self._contents.sides
        return f"<Check: {first} {'agrees' if self.agrees else 'does not agree'} with {second}>"
