"""Models in ONNX, made with its own helper: every count and shape as the file has it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from symparams.errors import LimitError, Source, SymparamsError
from symparams.model.network import Network
from symparams.reading.door import network, reading_of
from symparams.reading.onnx.model import recognised
from symparams.reading.onnx.text import graph_of
from symparams.reading.onnx.weightless import without_weights
from tests.test_cli import run

HEAD = '<ir_version: 10, opset_import: ["" : 21]>\n'
TEXT = f"""{HEAD}small (float[batch,3,8,8] x) => (float[batch,5] y)
   <float[4,3,3,3] w = ["location": "elsewhere"], float[4] b = {{0, 0, 0, 0}},
    float[144,5] v = ["location": "elsewhere"]>
{{
   ["/features/0/Conv"] h = Conv <kernel_shape: ints = [3, 3]> (x, w, b)
   r = Relu (h)
   f = Flatten (r)
   ["fc"] y = MatMul (f, v)
}}
"""


def weights(**dims: str) -> str:
    """Initializers whose numbers are elsewhere: w="4,3" is float[4,3] w."""
    return ", ".join(f'float[{size}] {name} = ["location": "elsewhere"]' for name, size in dims.items())


def text(inputs: str, nodes: str, told: str = "", ends: str = "float[] y") -> str:
    """A model as ONNX prints it."""
    between = f"<{told}>" if told else ""
    return f"{HEAD}g ({inputs}) => ({ends}) {between} {{ {nodes} }}"


def read(source: str) -> Network:
    return network(Source("m.onnx", source, "onnx"))


def rows(source: str) -> list[tuple[str, tuple[Any, ...], Any]]:
    """Names, shapes and counts behind the inputs."""
    return [(node.name, node.shape, node.counts.params) for node in read(source).nodes if node.inputs]


def message(source: str) -> str:
    with pytest.raises(SymparamsError) as caught:
        read(source)
    return str(caught.value)


def test_what_onnx_prints_is_read_without_onnx(tmp_path: Path) -> None:
    assert recognised(TEXT) == 1.0
    assert reading_of(Source("small.txt", TEXT)).kind == "onnx"
    assert rows(TEXT) == [
        ("/features/0/Conv", (4, 6, 6), 112),
        ("r", (4, 6, 6), 0),
        ("f", (144,), 0),
        ("fc", (5,), 720),
    ]
    (tmp_path / "small.onnx").write_text(TEXT)
    assert "832" in run("summary", tmp_path / "small.onnx")[1]


IMAGE, WORDS, STEPS = "float[N,6,9,8] x", "float[N,5,6] x", "float[5,N,6] x"


@pytest.mark.parametrize(
    ("inputs", "nodes", "told", "last"),
    [
        (IMAGE, "y = Conv<group: int = 3, pads: ints = [1,1,1,1]>(x, w)", weights(w="9,2,3,3"), ((9, 9, 8), 162)),
        (
            IMAGE,
            "y = Conv<strides: ints = [2,2], dilations: ints = [1,2]>(x, w)",
            weights(w="4,6,3,3"),
            ((4, 4, 2), 216),
        ),
        (
            IMAGE,
            'y = Conv<auto_pad: string = "SAME_UPPER", strides: ints = [2,2]>(x, w, b)',
            weights(w="4,6,3,3", b="4"),
            ((4, 5, 4), 220),
        ),
        (IMAGE, "y = Conv<pads: ints = [0,1,2,0]>(x, w)", weights(w="4,6,3,3"), ((4, 9, 7), 216)),
        (
            IMAGE,
            "y = ConvTranspose<strides: ints = [2,2], pads: ints = [1,1,1,1], output_padding: ints = [1,1]>(x, w, b)",
            weights(w="6,4,3,3", b="4"),
            ((4, 18, 16), 220),
        ),
        (
            IMAGE,
            'y = ConvTranspose<strides: ints = [2,2], auto_pad: string = "SAME_UPPER">(x, w)',
            weights(w="6,4,3,3"),
            ((4, 18, 16), 216),
        ),
        (
            IMAGE,
            "y = MaxPool<kernel_shape: ints = [3,2], strides: ints = [2,2], ceil_mode: int = 1>(x)",
            "",
            ((6, 4, 4), 0),
        ),
        (IMAGE, "y = AveragePool<kernel_shape: ints = [2,2], pads: ints = [1,1,1,1]>(x)", "", ((6, 10, 9), 0)),
        (IMAGE, "y = GlobalAveragePool(x)", "", ((6, 1, 1), 0)),
        (IMAGE, "y = ReduceMean<axes: ints = [2,3], keepdims: int = 0>(x)", "", ((6,), 0)),
        (IMAGE, "y = ReduceMax<axes: ints = [-1]>(x)", "", ((6, 9, 1), 0)),
        (IMAGE, "y = BatchNormalization(x, a, b, c, d)", weights(a="6", b="6", c="6", d="6"), ((6, 9, 8), 12)),
        (IMAGE, "y = InstanceNormalization(x, a, b)", weights(a="6", b="6"), ((6, 9, 8), 12)),
        (IMAGE, "y = GroupNormalization<num_groups: int = 3>(x, a, b)", weights(a="6", b="6"), ((6, 9, 8), 12)),
        (IMAGE, "y = LayerNormalization<axis: int = 1>(x, a, b)", weights(a="6,9,8", b="6,9,8"), ((6, 9, 8), 864)),
        (WORDS, "y = LayerNormalization(x, a)", weights(a="6"), ((5, 6), 6)),
        (WORDS, "y = RMSNormalization(x, a)", weights(a="6"), ((5, 6), 6)),
        (IMAGE, "y = PRelu(x, a)", weights(a="6,1,1"), ((6, 9, 8), 6)),
        (IMAGE, "y = PRelu(x, a)", weights(a="1"), ((6, 9, 8), 1)),
        (IMAGE, "y = Mul(x, a)", weights(a="6,1,1"), ((6, 9, 8), 6)),
        (IMAGE, "y = Flatten(x)", "", ((432,), 0)),
        (IMAGE, "y = Transpose<perm: ints = [0,2,3,1]>(x)", "", ((9, 8, 6), 0)),
        (IMAGE, "y = DepthToSpace<blocksize: int = 1>(x)", "", ((6, 9, 8), 0)),
        (IMAGE, "y = LRN<size: int = 3>(x)", "", ((6, 9, 8), 0)),
        (IMAGE, "y = Resize(x, , s)", "float[4] s = {1, 1, 2, 1.5}", ((6, 18, 12), 0)),
        (IMAGE, "y = Pad(x, p)", "int64[8] p = {0, 0, 1, 2, 0, 0, 3, 0}", ((6, 13, 10), 0)),
        (IMAGE, "a, b = Split<axis: int = 1>(x) y = Concat<axis: int = 2>(a, b)", "", ((3, 18, 8), 0)),
        (IMAGE, "y = Slice(x, s, e, a)", "int64[1] s = {1}, int64[1] e = {-1}, int64[1] a = {2}", ((6, 7, 8), 0)),
        (IMAGE, "y = Gather<axis: int = 2>(x, i)", "int64 i = {3}", ((6, 8), 0)),
        (IMAGE, "y = Reshape(x, s)", "int64[3] s = {0, 54, -1}", ((54, 8), 0)),
        (
            IMAGE,
            "s = Shape<end: int = 1>(x) t = Concat<axis: int = 0>(s, m) y = Reshape(x, t)",
            "int64[1] m = {-1}",
            ((432,), 0),
        ),
        (WORDS, "h = MatMul(x, w) y = Add(h, b)", weights(w="6,4", b="4"), ((5, 4), 28)),
        (WORDS, "h = MatMul(x, w) y = Add(b, h)", weights(w="6,4", b="4"), ((5, 4), 28)),
        ("float[N,6] x", "y = Gemm<transB: int = 1>(x, w, b)", weights(w="4,6", b="4"), ((4,), 28)),
        ("float[N,6] x", "y = Gemm(x, w)", weights(w="6,4"), ((4,), 24)),
        ("int64[N,5] x", "y = Gather(w, x)", weights(w="30,4"), ((5, 4), 120)),
        (WORDS, "t = Transpose<perm: ints = [0,2,1]>(x) y = MatMul(x, t)", "", ((5, 5), 0)),
        (WORDS, "y = Add(x, p)", weights(p="1,5,6"), ((5, 6), 30)),
        (
            STEPS,
            "h, _ = LSTM<hidden_size: int = 4>(x, w, r, b) y = Squeeze(h, a)",
            weights(w="1,16,6", r="1,16,4", b="1,32") + ", int64[1] a = {1}",
            ((5, 4), 192),
        ),
        (
            STEPS,
            "h = GRU<hidden_size: int = 4>(x, w, r) y = Squeeze(h, a)",
            weights(w="1,12,6", r="1,12,4") + ", int64[1] a = {1}",
            ((5, 4), 120),
        ),
        (
            STEPS,
            (
                'h = RNN<hidden_size: int = 4, direction: string = "bidirectional">(x, w, r, b) '
                "t = Transpose<perm: ints = [0,2,1,3]>(h) y = Reshape(t, s)"
            ),
            weights(w="2,4,6", r="2,4,4", b="2,8") + ", int64[3] s = {0, 0, -1}",
            ((5, 8), 96),
        ),
    ],
)
def test_operators(inputs: str, nodes: str, told: str, last: tuple[tuple[int, ...], int]) -> None:
    found = read(text(inputs, nodes, told))
    assert (found.nodes[-1].shape, found.counts.params) == last


def test_weights_that_come_again_are_counted_once() -> None:
    shared = text("float[N,6] x", "a = Gemm(x, w, b) y = Gemm(a, w, b)", weights(w="6,6", b="6"))
    assert rows(shared) == [("a", (6,), 42), ("y", (6,), 0)]
    tied = text("int64[N,5] x", "e = Gather(w, x) t = Transpose(w) y = MatMul(e, t)", weights(w="30,4"))
    assert rows(tied) == [("e", (5, 4), 120), ("y", (5, 30), 0)]
    strides = "a = Conv(x, w) y = Conv<strides: ints = [2,2]>(a, w)"
    told = weights(w="6,6,3,3") + ", float[N,6,2,2] y"
    assert rows(text("float[N,6,7,7] x", strides, told)) == [("a", (6, 5, 5), 324), ("y", (6, 2, 2), 0)]


def test_sizes_that_are_open_are_letters() -> None:
    nodes = "h = Conv<pads: ints = [1,1,1,1]>(x, w) y = GlobalAveragePool(h)"
    found = read(text("float[batch,3,height,width] x", nodes, weights(w="4,3,3,3")))
    assert next(str(size) for size in map(str, found.nodes[0].shape)) == "3"
    assert set(found.symbols) == {"height", "width"}
    assert found.counts.params == 108


def test_what_no_layer_does_is_opaque_where_the_shape_is_known() -> None:
    source = text("float[N,6] x", "h = my.Strange(x, w) y = Relu(h)", weights(w="7,7") + ", float[N,9] h")
    assert rows(source) == [("h", (9,), 49), ("y", (9,), 0)]
    (assumed,) = reading_of(Source("m.onnx", source, "onnx")).assumed
    assert assumed.what == "Strange is not followed; its output has the shape that the file says"
    assert source[assumed.at.start : assumed.at.end] == "my.Strange"
    one = text("float[N,6] x", "y = my.Strange(x)")
    assert message(one).splitlines()[0] == (
        "m.onnx:2:40: Strange: this operator is not known, and the file does not say the shape of what it gives; "
        "onnx.shape_inference may add it"
    )
    loop = text("float[N,6] x", "y = Loop<body: graph = b (int64 i) => (int64 j) { j = Identity(i) }>(x)")
    assert message(loop).splitlines()[0] == (
        "m.onnx:2:40: Loop: graphs inside a node are not followed, and the file does not say the shape of what it gives"
    )


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            text("float[N,6] x", "a = Relu(b) b = Relu(a) y = Relu(b)"),
            (
                "m.onnx:2:40: Relu: it is fed by b, which is made further below; in a graph of ONNX what feeds a node "
                "stands before it"
            ),
        ),
        (text("float[N,6] x", "y = Relu(z)"), "m.onnx:2:40: Relu: it is fed by z, which nothing makes"),
        (
            text("float[] x", "y = Relu(x)"),
            "m.onnx:2:12: the file does not say the shape of the input x; a model with shapes can be read",
        ),
        (text("float[N,-6] x", "y = Relu(x)"), "m.onnx:2:12: a size is a whole number from 0 to 1,000,000,000,000"),
        (
            text(f"float[N,{10**14}] x", "y = Relu(x)"),
            "m.onnx:2:12: a size is a whole number from 0 to 1,000,000,000,000",
        ),
        (HEAD + "g (float[N,3] x) => (float[] y)", "m.onnx:2:32: `{` is expected here"),
        (HEAD + "g (float[N,3] x) => (float[] y) { y = Relu(x)", "m.onnx:2:46: what a node gives is expected here"),
        (
            text("float[N,6] x", "y = Gemm(x, w)", weights(w="5,4")),
            (
                "m.onnx:2:82: Gemm: this cannot be followed, and the file does not say the shape of what it gives; "
                "onnx.shape_inference may add it"
            ),
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(source: str, said: str) -> None:
    assert message(source).splitlines()[0] == said


def test_a_text_without_end() -> None:
    with pytest.raises(LimitError) as caught:
        graph_of(Source("m.onnx", " " * (1 << 22) + "x"))
    assert str(caught.value) == "m.onnx: the text of the model is larger than 4 MiB, which is the limit"


@pytest.mark.parametrize(
    ("size", "nodes", "said"),
    [
        ("N,7", [f"s{i + 1} = Concat<axis: int = 0>(s{i}, s{i})" for i in range(300)], "the file does not say"),
        ("N,7", ["s1 = Relu(x)", *(f"s{i + 1} = Relu(s{i})" for i in range(1, 4_100))], "more than 4,000 layers"),
        ("N,7", ["s1 = Identity(x)", *(f"s{i + 1} = Identity(s{i})" for i in range(1, 30_100))], "than 30,000 nodes"),
    ],
    ids=["lists", "layers", "nodes"],
)
def test_what_grows_without_end(size: str, nodes: list[str], said: str) -> None:
    source = text(f"float[{size}] x", f"s0 = Shape(x) {' '.join(nodes)} y = Reshape(x, s{len(nodes)})")
    assert said in message(source).splitlines()[0]


def test_numbers_that_grow_without_end_are_not_known() -> None:
    nodes = " ".join(f"s{i + 1} = Mul(s{i}, s{i})" for i in range(3_000))
    assert read(text("float[3] x", f"s0 = Shape(x) {nodes} y = Reshape(x, s3000)")).nodes[-1].shape == (3,)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x08\x0a\x3a\xff\xff\xff\xff\x0f", "m.onnx: this is no ONNX file, or a damaged one, from byte 3 on"),
        (b"\x08" + b"\xff" * 20, "m.onnx: this is no ONNX file, or a damaged one, from byte 11 on"),
        (b"\x0f\x00", "m.onnx: this is no ONNX file, or a damaged one, from byte 1 on"),
        (b"\x08\x01" * 500_000, "m.onnx: the file has more than 400,000 parts beside its weights, which is the limit"),
    ],
)
def test_bytes_that_are_no_model(data: bytes, said: str) -> None:
    with pytest.raises(SymparamsError) as caught:
        without_weights(memoryview(data), "m.onnx")
    assert str(caught.value) == said
