"""Make a release ready to be published: wheel, sdist and a page on what is new, from the changelog.

    python tools/release.py dist [--docs ADDRESS]

It needs the package `build`. The page, `release.md`, has the section of the changelog on this version and the checksum
of each file. Its links lead to the pages below ADDRESS; without one, they are only named.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
_LINK = re.compile(r"\[([^]]*)\]\((?!https?:)([^)]*)\)")


def main() -> None:
    """Write the files of a release to a folder that has none yet."""
    parser = argparse.ArgumentParser(description="Make wheel, sdist and a page on what is new.")
    parser.add_argument("folder", type=Path, help="where they are written")
    parser.add_argument("--docs", default="", metavar="ADDRESS", help="where the pages of the documentation are")
    parser.add_argument("--no-isolation", action="store_true", help="build with the packages that are installed")
    asked = parser.parse_args()
    if asked.folder.exists() and any(asked.folder.iterdir()):
        parser.error(f"{asked.folder} is not empty")
    found = re.search(r'^__version__ = "(.*)"$', (ROOT / "symparams" / "version.py").read_text("utf-8"), re.MULTILINE)
    assert found is not None
    news = notes((ROOT / "CHANGELOG.md").read_text("utf-8"), found[1])
    isolation = ["--no-isolation"] if asked.no_isolation else []
    command = [sys.executable, "-m", "build", *isolation, "--outdir", str(asked.folder), str(ROOT)]
    subprocess.run(command, check=True)  # noqa: S603 - our own words
    files = sorted(asked.folder.iterdir())
    (asked.folder / "release.md").write_text(page(found[1], news, files, asked.docs), "utf-8")


def notes(changelog: str, version: str) -> str:
    """The section of the changelog on a version; raises ValueError unless there is one, with something in it."""
    sections = re.split(r"^## (.*)$", changelog, flags=re.MULTILINE)
    found = [text.strip() for title, text in zip(sections[1::2], sections[2::2], strict=True) if title == version]
    if len(found) != 1 or not found[0]:
        raise ValueError(f"the changelog has no section, or several, or an empty one on {version}")
    return found[0]


def page(version: str, news: str, files: list[Path], docs: str) -> str:
    """The page on a release, in Markdown."""
    base = docs and docs.rstrip("/") + "/"

    def linked(link: re.Match[str]) -> str:
        return f"[{link[1]}]({base}{link[2]})" if base else link[1]

    rows = [f"| `{file.name}` | `{hashlib.sha256(file.read_bytes()).hexdigest()}` |" for file in files]
    table = "\n".join(["| file | SHA-256 |", "| --- | --- |", *rows])
    return f"# symparams {version}\n\n{_LINK.sub(linked, news)}\n\n## Files\n\n{table}\n"


if __name__ == "__main__":
    main()
