"""ONNX files, made with ONNX's own library: counts are those of the initializers, shapes those that ONNX infers."""

from __future__ import annotations

import contextlib
import importlib
import math
import random
import sys
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from symparams.errors import LimitError, SymparamsError
from symparams.reading.door import network
from symparams.reading.onnx.model_file import model_text, text_of
from tests.test_cli import run

pytestmark = pytest.mark.extra


class _Library:
    """ONNX's own library, imported when a test needs it."""

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module("onnx"), name)


onnx: Any = _Library()

IMAGE_OPERATORS = (
    *("Conv", "Conv", "ConvTranspose", "BatchNormalization", "GroupNormalization", "InstanceNormalization", "PRelu"),
    *("Relu", "Softmax", "Clip", "Dropout", "Gelu", "MaxPool", "AveragePool", "ReduceMean", "Add", "Mul", "Concat"),
    *("Transpose", "Split", "Slice", "Pad", "Resize"),
)


class Drawn:
    """A model that grows by nodes drawn at random."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.nodes: list[Any] = []
        self.weights: list[Any] = []
        self.trained = 0
        self.batch = self.draw.choice(["batch", "N", 1, 2, 3])
        self.sizes = [self.draw.randint(2, 6), self.draw.randint(5, 12), self.draw.randint(5, 12)]
        self.input = onnx.helper.make_tensor_value_info("x", 1, [self.batch, *self.sizes])
        self.last = "x"

    def weight(self, *dims: int, trained: bool = True) -> str:
        name = f"w{len(self.weights)}"
        zeros = bytes(4 * math.prod(dims))
        self.weights.append(onnx.helper.make_tensor(name, 1, dims, zeros, raw=True))
        self.trained += math.prod(dims) if trained else 0
        return name

    def numbers(self, *values: int) -> str:
        name = f"w{len(self.weights)}"
        self.weights.append(onnx.helper.make_tensor(name, 7, [len(values)], values))
        return name

    def put(self, kind: str, *inputs: str, outputs: int = 1, **attributes: Any) -> str:
        names = [f"t{len(self.nodes)}_{i}" for i in range(outputs)]
        label = self.draw.choice(["", f"/features/{len(self.nodes)}/{kind}"])
        self.nodes.append(onnx.helper.make_node(kind, inputs, names, name=label, **attributes))
        self.last = names[0]
        return self.last

    def model(self) -> Any:
        end = onnx.helper.make_tensor_value_info(self.last, 1, None)
        graph = onnx.helper.make_graph(self.nodes, "drawn", [self.input], [end], self.weights)
        opset = onnx.helper.make_opsetid("", 21)
        return onnx.helper.make_model(graph, opset_imports=[opset])

    def grow(self) -> None:
        """Put one node behind the last one."""
        kind = self.draw.choice(IMAGE_OPERATORS)
        getattr(self, kind.lower(), self.plain)(kind, *self.sizes)

    def plain(self, kind: str, c: int, h: int, w: int) -> None:
        self.put(kind, self.last)

    def conv(self, kind: str, c: int, h: int, w: int) -> None:
        groups = self.draw.choice([1, 1, c])
        out = groups * self.draw.randint(1, 3)
        kernel = [self.draw.randint(1, 3), self.draw.randint(1, 3)]
        pads = [self.draw.randint(0, 2) for _ in range(4)]
        strides = [self.draw.randint(1, 2), self.draw.randint(1, 2)]
        bias = [self.weight(out)] if self.draw.random() < 0.6 else []
        how: dict[str, Any] = {"pads": pads}
        if self.draw.random() < 0.3:
            how = {"auto_pad": self.draw.choice(["SAME_UPPER", "SAME_LOWER", "VALID"])}
        self.put(kind, self.last, self.weight(out, c // groups, *kernel), *bias, group=groups, strides=strides, **how)

    def convtranspose(self, kind: str, c: int, h: int, w: int) -> None:
        out, k = self.draw.randint(1, 5), self.draw.randint(1, 3)
        pad = self.draw.randint(0, k // 2)
        self.put(kind, self.last, self.weight(c, out, k, k), self.weight(out), strides=[2, 2], pads=[pad] * 4)

    def batchnormalization(self, kind: str, c: int, h: int, w: int) -> None:
        moving = self.weight(c, trained=False), self.weight(c, trained=False)
        self.put(kind, self.last, self.weight(c), self.weight(c), *moving)

    def groupnormalization(self, kind: str, c: int, h: int, w: int) -> None:
        self.put(kind, self.last, self.weight(c), self.weight(c), num_groups=self.draw.choice([1, c]))

    def instancenormalization(self, kind: str, c: int, h: int, w: int) -> None:
        self.put(kind, self.last, self.weight(c), self.weight(c))

    def prelu(self, kind: str, c: int, h: int, w: int) -> None:
        self.put(kind, self.last, self.weight(*self.draw.choice([(c, 1, 1), (1,)])))

    def pool(self, kind: str, c: int, h: int, w: int) -> None:
        stride = self.draw.randint(1, 2)
        pads = self.draw.choice([[0] * 4, [1] * 4, [0, 1, 0, 0]])
        self.put(kind, self.last, kernel_shape=[2, 2], strides=[stride, stride], pads=pads)

    maxpool = averagepool = pool

    def joined(self, kind: str, c: int, h: int, w: int) -> None:
        before = self.last
        if self.draw.random() < 0.5 and c > 1:
            self.put(kind, before, self.weight(c, 1, 1))
        else:
            self.put(kind, before, self.put("Relu", before))

    add = mul = joined

    def concat(self, kind: str, c: int, h: int, w: int) -> None:
        before = self.last
        self.put(kind, before, self.put("Sigmoid", before), axis=self.draw.randint(1, 3))

    def transpose(self, kind: str, c: int, h: int, w: int) -> None:
        self.put(kind, self.last, perm=[0, *self.draw.sample([1, 2, 3], 3)])

    def split(self, kind: str, c: int, h: int, w: int) -> None:
        if h > 3:
            self.put(kind, self.last, self.numbers(1, h - 1), axis=2, outputs=2)

    def slice(self, kind: str, c: int, h: int, w: int) -> None:
        if w > 3:
            self.put(kind, self.last, self.numbers(1), self.numbers(self.draw.choice([-1, w, 2**40])), self.numbers(3))

    def pad(self, kind: str, c: int, h: int, w: int) -> None:
        self.put(kind, self.last, self.numbers(0, 0, 1, 2, 0, 0, 0, 3))

    def resize(self, kind: str, c: int, h: int, w: int) -> None:
        name = f"w{len(self.weights)}"
        self.weights.append(onnx.helper.make_tensor(name, 1, [4], [1, 1, 2, self.draw.choice([1, 2, 1.5])]))
        self.put(kind, self.last, "", name, mode=self.draw.choice(["nearest", "linear"]))

    def reducemean(self, kind: str, c: int, h: int, w: int) -> None:
        self.put(kind, self.last, self.numbers(*self.draw.choice([(2, 3), (3,), (-2,)])), keepdims=1)

    def shape(self) -> list[Any]:
        """What ONNX infers of the last tensor."""
        found: list[Any] = shapes_inferred(self.model())[self.last]
        return found


def shapes_inferred(model: Any) -> dict[str, list[Any]]:
    graph = onnx.shape_inference.infer_shapes(model, data_prop=True, strict_mode=True).graph
    return {
        value.name: [size.dim_value or size.dim_param for size in value.type.tensor_type.shape.dim]
        for value in (*graph.value_info, *graph.output)
    }


def drawn(seed: int) -> Drawn:
    """A model of up to a dozen nodes on images, and behind them a dense layer sometimes."""
    found = Drawn(seed)
    for _ in range(found.draw.randint(1, 12)):
        kept = (list(found.nodes), list(found.weights), found.trained, found.last)
        found.grow()
        if found.nodes == kept[0]:
            continue
        sizes = found.shape()[1:]
        if len(sizes) != 3 or (min(sizes) < 2 and found.nodes[-1].op_type != "ReduceMean") or max(sizes) > 60:
            found.nodes, found.weights, found.trained, found.last = kept
            continue
        found.sizes = sizes
        if min(sizes) < 2:
            break
    if found.draw.random() < 0.5 or not found.nodes:
        row = math.prod(found.sizes)
        if found.draw.random() < 0.5:
            found.put("Flatten", found.last)
        else:
            found.put("Reshape", found.last, found.numbers(*found.draw.choice([(0, -1), (-1, row)])))
        found.put("Gemm", found.last, found.weight(row, 3), found.weight(3))
        found.put("Softmax", found.last)
    return found


@pytest.mark.parametrize("seed", range(150))
def test_random_models(seed: int) -> None:
    found = drawn(seed)
    model = found.model()
    read = network(text_of(model.SerializeToString(), "drawn.onnx"))
    assert read.counts.params == found.trained
    inferred = shapes_inferred(model)
    assert read.nodes[-1].shape == tuple(inferred[found.last][1:])
    for node in found.nodes:
        same = [one for one in read.nodes if one.name == (node.name or node.output[0])]
        assert [one.shape for one in same] in ([], [tuple(inferred[node.output[0]][1:])]) or node.op_type == "Split"
    assert not any(node.layer.kind == "opaque" for node in read.nodes)


def saved(path: Path, seed: int = 3) -> Path:
    """A model in a file."""
    path.write_bytes(drawn(seed).model().SerializeToString())
    return path


def test_a_file(tmp_path: Path) -> None:
    status, out, error = run("summary", saved(tmp_path / "a.onnx"), "--format", "json")
    assert (status, error) == (0, "")
    assert f'"params": {drawn(3).trained}' in out or str(drawn(3).trained) in out
    (tmp_path / "renamed.bin").write_bytes((tmp_path / "a.onnx").read_bytes())
    assert run("summary", tmp_path / "renamed.bin", "--format", "json")[1] == out


def test_weights_are_skipped_not_read(tmp_path: Path) -> None:
    large = Drawn(0)
    large.batch, large.sizes = "N", [1, 5_000]
    large.input = onnx.helper.make_tensor_value_info("x", 1, ["N", 5_000])
    large.put("Gemm", "x", large.weight(5_000, 5_000), large.weight(5_000))
    path = tmp_path / "large.onnx"
    path.write_bytes(large.model().SerializeToString())
    del large
    assert path.stat().st_size > 10**8
    tracemalloc.start()
    began = time.perf_counter()
    read = network(model_text(path))
    assert time.perf_counter() - began < 2
    assert tracemalloc.get_traced_memory()[1] < 3 * 10**7
    tracemalloc.stop()
    assert read.counts.params == 5_000 * 5_001


def test_weights_in_other_files_are_not_looked_for(tmp_path: Path) -> None:
    model = Drawn(0)
    model.put("PRelu", "x", model.weight(model.sizes[0], 1, 1))
    made = model.model()
    tensor = made.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = 1
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "../../etc/passwd"
    assert network(text_of(made.SerializeToString(), "m.onnx")).counts.params == model.trained


def test_files_cut_and_spliced() -> None:
    data = drawn(5).model().SerializeToString()
    draw = random.Random(1)
    for end in range(0, len(data), max(len(data) // 150, 1)):
        broken = bytearray(data[:end] if end % 2 else data)
        for _ in range(3 * (end % 2 == 0)):
            broken[draw.randrange(len(broken))] = draw.randrange(256)
        with contextlib.suppress(SymparamsError):  # and nothing else
            network(text_of(bytes(broken), "m.onnx"))


def test_graphs_in_graphs_without_end() -> None:
    data = b""
    for _ in range(200):
        data = b"\x32" + size(len(data)) + data  # a graph in an attribute
        data = b"\x2a" + size(len(data)) + data  # the attribute in a node
        data = b"\x0a" + size(len(data)) + data  # the node in a graph
        data += b"\x52\xc8\x01" + b"x" * 200  # and what is told of it
    with pytest.raises(LimitError) as caught:
        text_of(b"\x3a" + size(len(data)) + data, "m.onnx")
    assert str(caught.value) == "m.onnx: its graphs are nested more than 50 deep, which is the limit"


def size(number: int) -> bytes:
    """A number as protobuf writes it."""
    found = b""
    while number > 127:
        found += bytes([number & 127 | 128])
        number >>= 7
    return found + bytes([number])


def test_without_the_package_its_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    data = drawn(5).model().SerializeToString()
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(SymparamsError) as caught:
        text_of(data, "m.onnx")
    assert str(caught.value) == (
        "m.onnx: reading ONNX files needs the package onnx, which the extra `onnx` installs: "
        "pip install 'symparams[onnx]'"
    )
