"""The site of the documentation, built, and what its pages link to."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote, urlsplit

from tests.conftest import EXAMPLES

ROOT = EXAMPLES.parent
SITE = ROOT / "site"


def build(out: Path, root: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Sphinx on the pages of a project, all of its warnings as errors."""
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-E", "-c", str(root / "site"), str(root)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run([*command, str(out)], capture_output=True, text=True, check=False, env=environment)


def module(name: str) -> ModuleType:
    """A module of the site, which is no package."""
    spec = importlib.util.spec_from_file_location(f"site_{name}", SITE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


class Read(HTMLParser):
    """What a page has: its ids, what it links to, and what it loads by itself."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.feed(page.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        self.ids |= {known[name] for name in ("id", "name") if name in known}
        if tag in ("a", "area") and "href" in known:
            self.links.append(known["href"])
        elif "src" in known or (
            tag == "link" and known.get("rel") not in ("canonical", "index", "search", "next", "prev")
        ):
            self.loads.append(known.get("src") or known["href"])


def broken(folder: Path) -> Iterator[str]:
    """What links or loads of the pages in a folder lead nowhere, or to another host by themselves."""
    pages = {path: Read(path) for path in folder.rglob("*.html") if "play" not in path.relative_to(folder).parts}
    for path, page in pages.items():
        for target in [*page.links, *page.loads]:
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                if target in page.loads and parts.scheme != "data":
                    yield f"{path.name} loads {target}"
                continue
            file = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not file.is_file():
                yield f"{path.name}: there is no file {target}"
            elif parts.fragment and file in pages and unquote(parts.fragment) not in pages[file].ids:
                yield f"{path.name}: there is no place {target}"
