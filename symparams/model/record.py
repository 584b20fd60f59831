"""The methods of a frozen dataclass, written once: compiled for every layer they took a fifth of the time to start."""

from __future__ import annotations

from dataclasses import MISSING, Field, FrozenInstanceError, fields
from typing import Any, ClassVar


class Record:
    """The methods of a frozen dataclass, whose fields a subclass declares; its hash is worked out once."""

    __slots__ = ("_hash",)
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]  # what makes fields() accept a subclass
    _hash: int

    def __init__(self, *given: object, **named: object) -> None:
        every = fields(self)
        places = [f.name for f in every if not f.kw_only]
        if len(given) > len(places) or not named.keys().isdisjoint(places[: len(given)]):
            raise TypeError(f"{type(self).__name__} got an argument twice or one too many")
        values = {f.name: f.default for f in every} | dict(zip(places, given, strict=False)) | named
        if len(values) > len(every) or MISSING in values.values():
            raise TypeError(f"{type(self).__name__} got an unknown argument or misses one")
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise FrozenInstanceError(f"cannot assign to {name}")

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete {name}")

    def __getstate__(self) -> dict[str, object]:
        return {f.name: getattr(self, f.name) for f in fields(self)}

    def __setstate__(self, state: dict[str, object]) -> None:
        for name, value in state.items():  # a copy, or what was pickled
            object.__setattr__(self, name, value)

    def _arguments(self) -> tuple[object, ...]:
        kind = type(self)
        if kind not in _field_names:
            _field_names[kind] = tuple(f.name for f in fields(self))
        return tuple([getattr(self, name) for name in _field_names[kind]])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Record) or type(other) is not type(self):
            return NotImplemented
        return self._arguments() == other._arguments()

    def __hash__(self) -> int:
        try:
            return self._hash
        except AttributeError:
            object.__setattr__(self, "_hash", hash((type(self), self._arguments())))
            return self._hash

    def __repr__(self) -> str:
        named = (f"{f.name}={value!r}" for f, value in zip(fields(self), self._arguments(), strict=True))
        return f"{type(self).__qualname__}({', '.join(named)})"


_field_names: dict[type[Record], tuple[str, ...]] = {}
