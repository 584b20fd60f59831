"""The floors of the package as a picture: which stand above which by the contract, which import which in truth."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "symparams"
CONTRACT = "packages import downward"


def floors() -> list[tuple[str, ...]]:
    """The packages and modules of each floor, from the top, as the contract of import-linter has them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract["name"] == CONTRACT)
    return [tuple(floor.split(" | ")) for floor in layers]


def imports() -> dict[str, set[str]]:
    """What the modules of each package import of others, read off their text."""
    found: dict[str, set[str]] = {name: set() for floor in floors() for name in floor}
    for path in PACKAGE.rglob("*.py"):
        name = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if name in found:
            found[name] |= set(_imported(path)) & found.keys() - {name}
    return found


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "symparams":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("symparams."):
            yield str(node.module).split(".")[1]


def upward(found: Mapping[str, set[str]]) -> list[str]:
    """Imports that go up, or to a neighbor."""
    floor_of = {name: i for i, floor in enumerate(floors()) for name in floor}
    return [
        f"{name} imports {other}"
        for name, others in found.items()
        for other in others
        if floor_of[name] >= floor_of[other]
    ]


def _direct(found: Mapping[str, set[str]]) -> Iterator[tuple[str, str]]:
    """The imports that do not follow from others: a package imports one that imports the third."""
    below: dict[str, set[str]] = {}
    for floor in reversed(floors()):
        for name in floor:
            below[name] = found[name].union(*(below[other] for other in found[name]))
    for name, others in found.items():
        for other in sorted(others):
            if not any(other in below[between] for between in others):
                yield name, other


def picture() -> str:
    """A diagram of Mermaid: a row a floor, an arrow an import; those that follow from others are left out."""
    lines = ["```mermaid", "flowchart TD"]
    arrows = list(_direct(imports()))
    lines += [f"    {_box(name)}" for floor in floors() for name in floor]
    lines += [f"    {_id(one)} --> {_id(other)}" for one, other in arrows]
    return "\n".join([*lines, "```"])


def _id(name: str) -> str:
    return name.strip("_") + "_"  # `extends` and `end` mean something to Mermaid


def _box(name: str) -> str:
    return f"{_id(name)}[{name}/]" if (PACKAGE / name).is_dir() else f"{_id(name)}({name}.py)"


def table() -> str:
    """What is on each floor."""
    rows = [f"| {', '.join(map(_name, floor))} | {'; '.join(map(_holds, floor))} |" for floor in floors()]
    return "\n".join(["| floor | holds |", "| --- | --- |", *rows])


def _name(name: str) -> str:
    return f"`{name}/`" if (PACKAGE / name).is_dir() else f"`{name}.py`"


def _holds(name: str) -> str:
    module = PACKAGE / name / "__init__.py" if (PACKAGE / name).is_dir() else PACKAGE / f"{name}.py"
    said = ast.get_docstring(ast.parse(module.read_text("utf-8"))) or ""
    return said.partition("\n")[0].rstrip(".")
