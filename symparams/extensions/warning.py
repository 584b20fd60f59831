"""How a user is told what is wrong with an extension, while what was asked for goes on."""

from __future__ import annotations

import warnings

_MOST = 1_000  # messages that are told; a process may run for weeks
_told: set[str] = set()


class ExtensionWarning(UserWarning):
    """An extension that is left out, or a part of it."""


def tell(message: str) -> None:
    """Warn of something once."""
    if message not in _told and len(_told) < _MOST:
        _told.add(message)
        warnings.warn(message, ExtensionWarning, stacklevel=2)
