"""Tables as Keras, torchsummary and torchinfo print them, written from a network: a second witness for readers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from symparams.converters import keras_layers, torch_layers
from symparams.converters.recipes import NoCounterpartError, Recipe
from symparams.layers.source import Input
from symparams.model.network import Network, Node


class Line(NamedTuple):
    """A layer as tables list it."""

    name: str
    kind: str  # its class
    shape: tuple[int, ...]  # without the batch
    numbers: int
    fixed: int  # how many of its numbers training never sets
    inputs: tuple[str, ...]


class Printer(NamedTuple):
    """A program that prints tables."""

    convention: str
    write: Callable[[Sequence[Line]], str]
    connected: bool = False  # whether it says what feeds what; else it prints layers in a row
    without_input: bool = False  # whether the input has no row
    from_one: bool = False  # whether the first layer of a kind has the number 1
    numbered: bool = False  # whether rows are known by their class and place: Conv2d-1


def lines(network: Network, printer: Printer) -> list[Line] | None:
    """The rows of a network; None where the framework lacks a layer, or the form cannot say what feeds it."""
    found: list[Line] = []
    names: list[str] = []
    used: dict[str, int] = {}
    for i, node in enumerate(network.nodes):
        kind = _class(node, printer.convention)
        in_a_row = node.inputs == ((i - 1,) if i else ())
        if kind is None or node.shared or not (printer.connected or in_a_row):
            return None
        names.append(_name(node, kind, printer, used))
        counts = node.counts
        values = (*node.shape, counts.params, counts.non_trainable)
        if not all(isinstance(value, int) for value in values):
            return None
        inputs = tuple(names[i] for i in node.inputs)
        found.append(Line(names[-1], kind, node.shape, counts.params, counts.non_trainable, inputs))  # type: ignore[arg-type]
    return found[1:] if printer.without_input else found


def _class(node: Node, convention: str) -> str | None:
    """The class of a layer that is one layer of the framework too."""
    if isinstance(node.layer, Input):
        return "InputLayer"
    try:
        recipe: Recipe = (keras_layers if convention == "keras" else torch_layers).recipe(node)
    except NoCounterpartError:
        return None
    plain = recipe.called == ("{x}" if convention == "keras" else torch_layers.CALLED) or len(node.inputs) > 1
    made = re.match(r"(?:layers|nn)\.(\w+)\(", recipe.made[0]) if len(recipe.made) == 1 else None
    if made is None or not plain or (convention == "torch" and torch_layers.after(node) != "linear"):
        return None
    return made[1]


def _name(node: Node, kind: str, printer: Printer, used: dict[str, int]) -> str:
    """As the source calls it, or as the framework does."""
    if printer.numbered:
        used[""] = used.get("", 0) + (kind != "InputLayer")
        return f"{kind}-{used['']}"
    if not re.fullmatch(rf"{node.kind}_\d+|input_\d+", node.name):
        return node.name
    auto = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", "Input" if kind == "InputLayer" else kind)
    auto = re.sub(r"([a-z])([A-Z])", r"\1_\2", auto).lower()
    count = used[auto] = used.get(auto, 0) + 1
    if printer.from_one or auto == "input":
        return f"{auto}_{count}"
    return auto if count == 1 else f"{auto}_{count - 1}"


# ---------------------------------------------------------------- Keras 2


def _shape(line: Line) -> str:
    return f"({', '.join(map(str, ('None', *line.shape)))})"


def _totals(rows: Sequence[Line], number: Callable[[int], str]) -> list[str]:
    total, fixed = sum(r.numbers for r in rows), sum(r.fixed for r in rows)
    named = (("Total", total), ("Trainable", total - fixed), ("Non-trainable", fixed))
    return [f"{word} params: {number(value)}" for word, value in named]


def _cut(fields: Sequence[str], ends: Sequence[int]) -> str:
    text = ""
    for field, end in zip(fields, ends, strict=True):
        text = ((text[:-1] + " " if text else "") + field)[:end].ljust(end)
    return text


def keras_2(rows: Sequence[Line]) -> str:
    """Keras 2.2: names cut."""
    text = ["_" * 65, _cut(("Layer (type)", "Output Shape", "Param #"), (29, 55, 65)), "=" * 65]
    for i, row in enumerate(rows):
        text += ["_" * 65] * (i > 0) + [_cut((f"{row.name} ({row.kind})", _shape(row), str(row.numbers)), (29, 55, 65))]
    return "\n".join([*text, "=" * 65, *_totals(rows, "{:,}".format), "_" * 65]) + "\n"


def keras_2_connected(rows: Sequence[Line]) -> str:
    """Keras 2.2 with connections, each on a line."""
    ends = (32, 53, 65, 98)
    text = ["_" * 98, _cut(("Layer (type)", "Output Shape", "Param #", "Connected to"), ends), "=" * 98]
    for i, row in enumerate(rows):
        first, *others = [f"{name}[0][0]" for name in row.inputs] or [""]
        text += ["_" * 98] * (i > 0) + [_cut((f"{row.name} ({row.kind})", _shape(row), str(row.numbers), first), ends)]
        text += [_cut(("", "", "", other), ends) for other in others]
    return "\n".join([*text, "=" * 98, *_totals(rows, "{:,}".format), "_" * 98]) + "\n"


def _wrapped(fields: Sequence[str], ends: Sequence[int]) -> Iterator[str]:
    """A row of TensorFlow 2.15: what is too long goes on below, in the middle of a word."""
    left = list(fields)
    while any(left):
        text = ""
        for i, end in enumerate(ends):
            space = 2 if i < len(ends) - 1 else 0
            width = end - (ends[i - 1] if i else 0) - space
            part = left[i][:width]
            breaks = [part.find(sign) + len(sign) for sign in ("),", "},", "],", "',") if sign in part]
            part = part[: min(breaks)] if breaks else part
            text = ((text or " ") + part + " " * space).ljust(end)
            left[i] = left[i][len(part) :]
        yield text


def _bytes(count: int) -> str:
    size, unit = float(4 * count), "Byte"
    for unit in ("Byte", "KB", "MB", "GB"):  # noqa: B007
        if size < 1024:
            break
        size /= 1024
    return f"{count} ({size:.2f} {unit})"


def tensorflow_2(rows: Sequence[Line]) -> str:
    """TensorFlow 2.13 to 2.15: names wrapped."""
    ends = (29, 55, 65)
    text = ['Model: "sequential"', "_" * 65, *_wrapped(("Layer (type)", "Output Shape", "Param #"), ends), "=" * 65]
    for row in rows:
        text += [*_wrapped((f"{row.name} ({row.kind})", _shape(row), str(row.numbers)), ends), " " * 65]
    return "\n".join([*text, "=" * 65, *_totals(rows, _bytes), "_" * 65]) + "\n"


def tensorflow_2_connected(rows: Sequence[Line]) -> str:
    """The same with connections as a list of Python."""
    ends = (29, 58, 68, 98)
    titles = ("Layer (type)", "Output Shape", "Param #", "Connected to")
    text = ['Model: "model"', "_" * 98, *_wrapped(titles, ends), "=" * 98]
    for row in rows:
        shape = f"[{_shape(row)}]" if row.kind == "InputLayer" else _shape(row)
        inputs = str([f"{name}[0][0]" for name in row.inputs])
        text += [*_wrapped((f"{row.name} ({row.kind})", shape, str(row.numbers), inputs), ends), " " * 98]
    return "\n".join([*text, "=" * 98, *_totals(rows, _bytes), "_" * 98]) + "\n"


# ---------------------------------------------------------------- Keras 3


def _folded(text: str, width: int) -> list[str]:
    """Text in a cell: folded at blanks, a word that is too long cut."""
    lines_: list[str] = []
    for word in text.split(" "):
        if lines_ and len(lines_[-1]) + 1 + len(word) <= width:
            lines_[-1] += f" {word}"
        else:
            lines_.append(word if len(word) <= width else word[: width - 1] + "…")
    return lines_


def _box(rows: Sequence[Line], titles: Sequence[str], widths: Sequence[int], title: str) -> str:
    def drawn(left: str, line: str, middle: str, right: str) -> str:
        return left + middle.join(line * (width + 2) for width in widths) + right

    def row(fields: Sequence[str], edge: str) -> Iterator[str]:
        cells = [_folded(field, width) for field, width in zip(fields, widths, strict=True)]
        for i in range(max(map(len, cells))):
            parts = [cell[i] if i < len(cell) else "" for cell in cells]
            placed = [
                p.rjust(w) if at == 2 else p.ljust(w) for at, (p, w) in enumerate(zip(parts, widths, strict=True))
            ]
            yield f"{edge} {f' {edge} '.join(placed)} {edge}"

    text = [f'Model: "{title}"', drawn("┏", "━", "┳", "┓"), *row(titles, "┃"), drawn("┡", "━", "╇", "┩")]
    for i, line in enumerate(rows):
        fields = [f"{line.name} ({line.kind})", _shape(line), f"{line.numbers:,}"]
        fields += [", ".join(f"{name}[0][0]" for name in line.inputs) or "-"] * (len(widths) > 3)
        text += [drawn("├", "─", "┼", "┤")] * (i > 0) + list(row(fields, "│"))
    totals = [f" {line}" for line in _totals(rows, lambda n: _bytes(n).replace(str(n), f"{n:,}", 1))]
    return "\n".join([*text, drawn("└", "─", "┴", "┘"), *totals]) + "\n"


def keras_3(rows: Sequence[Line]) -> str:
    """Keras 3."""
    return _box(rows, ("Layer (type)", "Output Shape", "Param #"), (37, 27, 15), "sequential")


def keras_3_notebook(rows: Sequence[Line]) -> str:
    """Keras 3 in a notebook of 80 columns."""
    return _box(rows, ("Layer (type)", "Output Shape", "Param #"), (31, 22, 13), "sequential_1")


def keras_3_connected(rows: Sequence[Line]) -> str:
    """Keras 3 with connections."""
    return _box(rows, ("Layer (type)", "Output Shape", "Param #", "Connected to"), (29, 25, 15, 26), "functional")


def markdown(rows: Sequence[Line]) -> str:
    """A table that somebody made a Markdown one."""
    text = ["| Layer (type) | Output Shape | Param # |", "|---|---|---:|"]
    text += [f"| {row.name} ({row.kind}) | {_shape(row)} | {row.numbers:,} |" for row in rows]
    return "\n".join([*text, "", *_totals(rows, "{:,}".format)]) + "\n"


# ---------------------------------------------------------------- PyTorch


def torchsummary(rows: Sequence[Line]) -> str:
    """torchsummary 1.5."""
    text = ["-" * 64, f"{'Layer (type)':>20}  {'Output Shape':>25} {'Param #':>15}", "=" * 64]
    text += [f"{row.name:>20}  {[-1, *row.shape]!s:>25} {row.numbers:>15,}" for row in rows]
    totals = _totals(rows, "{:,}".format)
    return "\n".join([*text, "=" * 64, *totals, "-" * 64, "Input size (MB): 0.03", "-" * 64]) + "\n"


def _info(rows: Sequence[Line], model: str, batch: int) -> str:
    text = ["=" * 90, f"{'Layer (type:depth-idx)':<40} {'Output Shape':<25} {'Param #':<15}".rstrip(), "=" * 90]
    text += [f"{'Net':<40} {model:<25} --"]
    for i, row in enumerate(rows, 1):
        count = f"{row.numbers:,}" if row.numbers else "--"
        name = f"├─{row.kind}: 1-{i}"
        text += [f"{name:<40} {[batch, *row.shape]!s:<25} {f'({count})' if row.fixed else count}"]
    return "\n".join([*text, "=" * 90, *_totals(rows, "{:,}".format), "Total mult-adds (M): 1.42", "=" * 90]) + "\n"


def torchinfo(rows: Sequence[Line]) -> str:
    """torchinfo 1.8."""
    return _info(rows, str([4, *rows[-1].shape]), 4)


def torchinfo_old(rows: Sequence[Line]) -> str:
    """torchinfo 0.1 and 1.5."""
    return _info(rows, "--", 1)


PRINTERS: dict[str, Printer] = {
    "keras 2": Printer("keras", keras_2, without_input=True, from_one=True),
    "keras 2 connected": Printer("keras", keras_2_connected, connected=True, from_one=True),
    "tensorflow 2": Printer("keras", tensorflow_2, without_input=True),
    "tensorflow 2 connected": Printer("keras", tensorflow_2_connected, connected=True),
    "keras 3": Printer("keras", keras_3, without_input=True),
    "keras 3 notebook": Printer("keras", keras_3_notebook),
    "keras 3 connected": Printer("keras", keras_3_connected, connected=True),
    "markdown": Printer("keras", markdown),
    "torchsummary": Printer("torch", torchsummary, without_input=True, numbered=True),
    "torchinfo": Printer("torch", torchinfo, without_input=True, numbered=True),
    "torchinfo old": Printer("torch", torchinfo_old, without_input=True, numbered=True),
}
