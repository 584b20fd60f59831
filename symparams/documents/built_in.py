"""The templates that are in use, as they stand: to be read, or as a start for a template of one's own."""

from __future__ import annotations

from symparams.errors import SymparamsError, nearest
from symparams.resources import folder

_FOLDERS = ("styles", "exam", "appendix", "formats")  # in templates/, in the order of the list
_END = ".j2"


def template_names() -> list[str]:
    """The names of all templates: steps, diagnose, exam/question, formats/latex …"""
    found = []
    for name in _FOLDERS:
        stems = sorted(path.name.removesuffix(_END) for path in (folder("templates") / name).glob(f"*{_END}"))
        found += stems if name == _FOLDERS[0] else [f"{name}/{stem}" for stem in stems]
    return found


def template_text(name: str) -> str:
    """A template as it stands; SymparamsError for a name that there is not."""
    names = template_names()
    if name not in names:
        raise SymparamsError(
            f"there is no template `{name[:60]}`; `symparams template` lists them{nearest(name[:60], names)}"
        )
    place = name if "/" in name else f"{_FOLDERS[0]}/{name}"
    return (folder("templates") / f"{place}{_END}").read_text("utf-8")


def template_list() -> str:
    """Every name with what the template writes, as its first line says it."""
    width = max(map(len, template_names()))
    return "".join(f"{name:<{width}}  {_said(template_text(name))}".rstrip() + "\n" for name in template_names())


def _said(text: str) -> str:
    """The comment that a template begins with."""
    first = text.split("\n", 1)[0]
    return first[2:-2].strip() if first.startswith("<#") and first.endswith("#>") else ""
