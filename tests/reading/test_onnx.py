"""Models in ONNX, made with its own helper: every count and shape as the file has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from symparams.errors import Source
from symparams.reading.door import network
from symparams.reading.onnx.model import recognised
from tests.test_cli import run

TEXT = """<
   ir_version: 10,
   opset_import: ["" : 21]
>
small (float[batch,3,8,8] x) => (float[batch,5] y)
   <float[4,3,3,3] w = ["location": "elsewhere"], float[4] b = {0, 0, 0, 0}, float[144,5] v = ["location": "elsewhere"]>
{
   ["/features/0/Conv"] h = Conv <kernel_shape: ints = [3, 3]> (x, w, b)
   r = Relu (h)
   f = Flatten (r)
   ["fc"] y = MatMul (f, v)
}
"""


def test_what_onnx_prints_is_read_without_onnx(tmp_path: Path) -> None:
    assert recognised(TEXT) == 1.0
    nodes = network(Source("small.txt", TEXT)).nodes
    assert [(node.name, node.shape, node.counts.params) for node in nodes] == [
        ("x", (3, 8, 8), 0),
        ("/features/0/Conv", (4, 6, 6), 112),
        ("r", (4, 6, 6), 0),
        ("f", (144,), 0),
        ("fc", (5,), 720),
    ]
    (tmp_path / "small.onnx").write_text(TEXT)
    assert "832" in run("summary", tmp_path / "small.onnx")[1]


@pytest.mark.extra
def test_a_file(tmp_path: Path) -> None:
    parser = pytest.importorskip("onnx.parser")
    text = TEXT.replace(
        'float[4,3,3,3] w = ["location": "elsewhere"]', f"float[4,3,3,3] w = {{{', '.join('1' * 108)}}}"
    )
    text = text.replace('["location": "elsewhere"]', f"{{{', '.join('1' * 720)}}}")
    (tmp_path / "small.onnx").write_bytes(parser.parse_model(text).SerializeToString())
    assert "832" in run("summary", tmp_path / "small.onnx")[1]
