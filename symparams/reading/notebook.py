"""Jupyter notebooks: the code of their cells read as one program; what they printed is for the readers of tables."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Any

from symparams import limits
from symparams.errors import LimitError, Place, Source, Span, SymparamsError
from symparams.reading.python.damaged import Text
from symparams.reading.python.program import read_text
from symparams.reading.reading import Reading

NOTEBOOK_BYTES = 1 << 26  # of the file: pictures stand in it as text


@dataclass(frozen=True, slots=True)
class Cells:
    """What a notebook holds."""

    code: Text  # of all code cells, each character with its place in the file
    outputs: tuple[str, ...]  # texts that the cells printed, in order


def recognised(text: str) -> float:
    """How sure a look at a text makes that it is a notebook."""
    head = text[:4_000]
    if not head.lstrip().startswith("{") or '"cells"' not in text[:200_000] + text[-4_000:]:
        return 0.0
    return 1.0 if re.search(r'"(?:nbformat|cell_type)"', text) else 0.0


def read_notebook(source: Source, model: str | None = None) -> Reading:
    """The network that the code of a notebook builds."""
    found = cells(source)
    reading = read_text(source, found.code, model)
    return replace(reading, kind="notebook")


def cells(source: Source) -> Cells:
    """The code of a notebook, and what it printed; raises SymparamsError for a file that is none."""
    if len(source.text) > NOTEBOOK_BYTES:
        raise LimitError(f"the notebook is larger than {NOTEBOOK_BYTES >> 20} MiB, which is the limit", source=source)
    try:
        parsed = json.loads(source.text)
    except ValueError as error:
        at = getattr(error, "pos", 0)
        raise SymparamsError("this is no notebook: it is not JSON from here on", Place(source, at)) from None
    except RecursionError:
        raise LimitError("the notebook is nested too deeply", source=source) from None
    found = parsed.get("cells") if isinstance(parsed, dict) else None
    if found is None and isinstance(parsed, dict):
        found = [c for sheet in _dicts(parsed.get("worksheets")) for c in _dicts(sheet.get("cells"))]
    if not isinstance(found, list) or not found:
        raise SymparamsError("this is no notebook: it has no cells", source=source)
    return _gathered(source, _dicts(found))


def _gathered(source: Source, found: list[dict[str, Any]]) -> Cells:
    parts: list[str] = []
    origins: list[int] = []
    outputs: list[str] = []
    at = 0
    for cell in found:
        if cell.get("cell_type") != "code":
            continue
        for line in _lines(cell.get("source", cell.get("input", ""))):
            written, at = _place(source.text, line, at)
            kept = "" if re.match(r"\s*[%!?]", line) else line.rstrip("\n")
            parts.append(kept + "\n")
            origins += [written[min(i, len(written) - 1)] for i in range(len(kept) + 1)]
        outputs += [text for output in _dicts(cell.get("outputs")) for text in _texts(output)]
        if len(origins) > limits.SOURCE_BYTES:
            message = f"the code of the notebook is larger than {limits.SOURCE_BYTES >> 20} MiB, which is the limit"
            raise LimitError(message, source=source)
    return Cells(Text("".join(parts), [*origins, at]), tuple(outputs))


def _dicts(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _joined(value: object) -> str:
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def _lines(value: object) -> list[str]:
    return _joined(value).splitlines(keepends=True)


def _texts(output: dict[str, Any]) -> list[str]:
    """The plain texts of an output."""
    data = output.get("data")
    texts = [output.get("text"), data.get("text/plain") if isinstance(data, dict) else None]
    return [_joined(text) for text in texts if _joined(text)]


def _place(text: str, line: str, after: int) -> tuple[list[int], int]:
    """Where each character of a line of code stands in the file, and where the line ends there."""
    for ascii_only in (False, True):
        written = json.dumps(line, ensure_ascii=ascii_only)[1:-1]
        start = text.find(written, after)
        if start >= 0:
            break
    else:
        return [after], after
    origins: list[int] = []
    at = start
    for char in line:
        width = len(json.dumps(char, ensure_ascii=ascii_only)) - 2
        origins.append(at)
        at += width
    return origins or [start], at


def output_span(source: Source, output: str) -> Span:
    """Where the first line of an output stands in the file."""
    first = json.dumps(output.splitlines()[0] if output else "", ensure_ascii=False)[1:-1]
    return Span(max(source.text.find(first), 0))
