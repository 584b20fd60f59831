"""Distributions with extensions, laid out as an installer leaves them, without one; and networks that use them."""

from __future__ import annotations

import importlib
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from symparams import extensions
from symparams.extensions import loading, warning
from symparams.misconceptions import trying

PACKAGE = Path(__file__).parent.parent / "extension_package"
NETWORK = "input(10, 16) -> gatedmemory(32) -> dense(3)"


def install(site: Path, name: str, files: Mapping[str, str], points: str = "") -> None:
    """Put a distribution into a folder: its modules, its metadata, its entry points."""
    about = site / f"{name.replace('-', '_')}-1.0.dist-info"
    about.mkdir(parents=True)
    package = name.replace("-", "_")
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", "utf-8")
    (about / "entry_points.txt").write_text(f"[{extensions.GROUP}]\n{points or f'{name} = {package}'}\n", "utf-8")
    for path, text in files.items():
        file = site / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    (about / "RECORD").write_text("".join(f"{path},,\n" for path in files), "utf-8")


def install_gates(site: Path) -> None:
    """The small distribution beside these tests."""
    folder = PACKAGE / "symparams_gates"
    files = {f"symparams_gates/{file.name}": file.read_text("utf-8") for file in folder.glob("*.py")}
    install(site, "symparams-gates", files)


@contextmanager
def site_of(folder: Path) -> Iterator[Path]:
    """A folder that is installed from, with nothing known of extensions, and forgotten afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        before = set(sys.modules)
        patch.syspath_prepend(folder)
        _forget()
        yield folder
        for name in set(sys.modules) - before:
            if (getattr(sys.modules[name], "__file__", None) or "").startswith(str(folder)):
                del sys.modules[name]
    _forget()
    shutil.rmtree(folder, ignore_errors=True)
    importlib.invalidate_caches()


def _forget() -> None:
    extensions.distributions.cache_clear()
    warning._told.clear()
    for known in (loading._loaded, loading._used, trying._CONCERNING):
        known.clear()
