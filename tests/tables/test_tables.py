"""Printed tables: what is read of them, to the last shape and count."""

from __future__ import annotations

import re

import pytest

from symparams.errors import Source
from symparams.reading.tables.finding import find_tables
from symparams.reading.tables.summary import TableReading, read_summary, recognised
from symparams.sources.language import built
from symparams.sources.printer import printed

KERAS_2 = """\
_________________________________________________________________
Layer (type)                 Output Shape              Param #   
=================================================================
conv2d_1 (Conv2D)            (None, 26, 26, 32)        320       
_________________________________________________________________
max_pooling2d_1 (MaxPooling2 (None, 13, 13, 32)        0         
_________________________________________________________________
conv2d_2 (Conv2D)            (None, 11, 11, 64)        18496     
_________________________________________________________________
flatten_1 (Flatten)          (None, 7744)              0         
_________________________________________________________________
dense_1 (Dense)              (None, 10)                77450     
=================================================================
Total params: 96,266
Trainable params: 96,266
Non-trainable params: 0
_________________________________________________________________
"""  # noqa: W291

TORCHSUMMARY = """\
----------------------------------------------------------------
        Layer (type)               Output Shape         Param #
================================================================
            Conv2d-1           [-1, 16, 30, 30]             448
       BatchNorm2d-2           [-1, 16, 30, 30]              32
              ReLU-3           [-1, 16, 30, 30]               0
         MaxPool2d-4           [-1, 16, 15, 15]               0
           Flatten-5                 [-1, 3600]               0
            Linear-6                   [-1, 10]          36,010
================================================================
Total params: 36,490
Trainable params: 36,490
Non-trainable params: 0
----------------------------------------------------------------
"""


def read(text: str) -> TableReading:
    return read_summary(Source("table.txt", text))


def network(text: str) -> str:
    return printed(read(text).statements)


def rows(text: str) -> list[tuple[str, tuple[object, ...], object]]:
    reading = read(text)
    net = built(reading.statements, reading.source)
    return [(node.name, tuple(node.shape), node.counts.params) for node in net.nodes]


def test_kernels_and_the_input_follow_from_shapes_and_counts() -> None:
    assert network(KERAS_2) == (
        "convention keras\n"
        "input(28, 28, 1) -> conv(32, (3, 3)) as conv2d_1 -> maxpool((2, 2)) as max_pooling2d_1 -> "
        "conv(64, (3, 3)) as conv2d_2 -> flatten as flatten_1 -> dense(10) as dense_1\n"
    )


def test_every_row_has_its_printed_shape_and_count() -> None:
    assert rows(KERAS_2)[1:] == [
        ("conv2d_1", (26, 26, 32), 320),
        ("max_pooling2d_1", (13, 13, 32), 0),
        ("conv2d_2", (11, 11, 64), 18496),
        ("flatten_1", (7744,), 0),
        ("dense_1", (10,), 77450),
    ]


def test_a_table_on_one_line_reads_the_same() -> None:
    assert network(" ".join(KERAS_2.split())) == network(KERAS_2)


@pytest.mark.parametrize("mark", ["# ", "> ", "    ", "// ", ">> ", "\t", "\xa0 "])
def test_marks_before_the_lines_do_not_matter(mark: str) -> None:
    assert network("".join(mark + line for line in KERAS_2.splitlines(keepends=True))) == network(KERAS_2)


def test_torchsummary_is_in_the_convention_of_pytorch() -> None:
    assert network(TORCHSUMMARY) == (
        "convention torch\n"
        'input(3, 32, 32) -> conv(16, (3, 3)) as "Conv2d-1" -> bn as "BatchNorm2d-2" -> relu as "ReLU-3" -> '
        'maxpool((2, 2)) as "MaxPool2d-4" -> flatten as "Flatten-5" -> dense(10) as "Linear-6"\n'
    )


def test_a_row_that_its_neighbors_contradict_is_named_with_the_right_count() -> None:
    (wrong,) = read(KERAS_2.replace("18496", "640  ")).wrong
    assert (wrong.name, wrong.field, wrong.printed, wrong.right) == ("conv2d_2", "params", 640, 18496)
    assert wrong.against == ("max_pooling2d_1", "flatten_1")


def test_a_total_with_digits_exchanged_is_named() -> None:
    (wrong,) = read(KERAS_2.replace("Total params: 96,266", "Total params: 96,626")).wrong
    assert (wrong.name, wrong.printed, wrong.right) == ("total", 96626, 96266)


def test_tables_are_found_in_prose() -> None:
    text = f"My model:\n\n{KERAS_2}\nand in PyTorch\n{TORCHSUMMARY}\nWhy do they differ?"
    first, second = find_tables(text)
    assert [first.form, second.form] == ["keras", "torchsummary"]
    assert text[first.at.start :].startswith("Layer (type)                 Output")


def test_prose_is_no_table() -> None:
    assert recognised("Why has my Dense layer (None, 10) 7850 parameters?") == 0


def test_a_shape_that_its_neighbors_contradict_is_named() -> None:
    (wrong,) = read(KERAS_2.replace("(None, 7744)", "(None, 7474)")).wrong
    assert (wrong.name, wrong.field, wrong.printed, wrong.right) == ("flatten_1", "shape", (7474,), (7744,))


def test_blanks_inside_the_brackets_do_not_matter() -> None:
    whole = KERAS_2.replace("(MaxPooling2 ", "(MaxPool2D)  ")
    spaced = re.sub(r"\((?=[A-Z])", "( ", whole.replace("Layer (type)", "Layer (  type)"))
    assert network(spaced) == network(whole)
    assert not read(spaced).repairs


PTFLOPS = """Net(
  1.67 k, 100.000% Params, 59.2 KMac, 100.000% MACs,
  (features): Sequential(
    80, 4.790% Params, 54.08 KMac, 91.351% MACs,
    (0): Conv2d(80, 4.790% Params, 54.08 KMac, 91.351% MACs, 1, 8, kernel_size=(3, 3), stride=(1, 1))
    (1): ReLU(0, 0.000% Params, 5.41 KMac, 9.138% MACs, )
    (2): MaxPool2d(0, 0.000% Params, 5.41 KMac, 9.138% MACs, kernel_size=2, stride=2, padding=0)
  )
  (head): Linear(1.59 k, 95.210% Params, 1.59 KMac, 2.686% MACs, in_features=8, out_features=10, bias=False)
)
"""


def test_what_ptflops_writes_into_a_printed_model_is_passed_over() -> None:
    counted = re.compile(r"[\d.]+(?: k)?, [\d.]+% Params, [\d.]+ KMac, [\d.]+% MACs,[ ]?")
    assert network(PTFLOPS) == network(counted.sub("", PTFLOPS))
    assert "conv(8, (3, 3))" in network(PTFLOPS)
    assert "dense(10, bias=no)" in network(PTFLOPS)


def test_a_layer_with_several_outputs_is_a_row_of_torchsummary() -> None:
    text = """-----------------------------------------------------------------------------------------
      Layer (type)                            Output Shape         Param #     Tr. Param #
=========================================================================================
       Embedding-1                             [2, 19, 37]          33,411          33,411
            LSTM-2     [2, 19, 82], [4, 2, 41], [4, 2, 41]          67,240          67,240
          Linear-3                              [2, 19, 5]             415             415
=========================================================================================
Total params: 101,066
"""
    reading = read(text)
    assert not reading.wrong
    assert built(reading.statements, reading.source).counts.params == 101_066


def test_what_pytorch_model_summary_prints_of_a_hierarchy_is_read() -> None:
    text = """Sequential(
  (0): Conv2d(3, 9, kernel_size=(3, 3), stride=(1, 1)), 252 params
  (1): ReLU(), 0 params
), 252 params
"""
    assert "conv(9, (3, 3))" in network(text)
    assert "relu" in network(text)


def test_shapes_that_arrive_are_not_taken_for_what_leaves() -> None:
    text = """-----------------------------------------------------------------------
      Layer (type)         Input Shape         Param #     Tr. Param #
=======================================================================
          Conv2d-1      [2, 3, 30, 30]             252             252
            ReLU-2      [2, 9, 28, 28]               0               0
       MaxPool2d-3      [2, 9, 28, 28]               0               0
         Flatten-4      [2, 9, 14, 14]               0               0
          Linear-5           [2, 1764]           8,825           8,825
=======================================================================
Total params: 9,077
"""
    reading = read(text)
    assert not reading.wrong
    assert [node.shape for node in built(reading.statements, reading.source).nodes] == [
        (3, 30, 30), (9, 28, 28), (9, 28, 28), (9, 14, 14), (1764,), (5,)
    ]  # fmt: skip


CUT_OFF = """Model: "sequential"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━
┃ Layer (type)                      ┃ Output Shape                 ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━
│ input_layer (InputLayer)          │ (None, 31, 31, 3)            │
├───────────────────────────────────┼──────────────────────────────┼───────
│ conv2d (Conv2D)                   │ (None, 16, 16, 12)           │
├───────────────────────────────────┼──────────────────────────────┼───────
│ flatten (Flatten)                 │ (None, 3072)                 │
├───────────────────────────────────┼──────────────────────────────┼───────
│ dense (Dense)                     │ (None, 4)                    │
└───────────────────────────────────┴──────────────────────────────┴───────
 Total params: {}
"""


@pytest.mark.parametrize(
    ("total", "params"),
    [("12,628 (49.33 KB)", 12_628), ("13,204", 13_204), ("13,200", 13_200), ("9", 12_628)],  # kernels of 3, 5; no bias
)
def test_where_counts_are_cut_off_the_total_chooses(total: str, params: int) -> None:
    reading = read(CUT_OFF.format(total))
    assert built(reading.statements, reading.source).counts.params == params
    assert any("cut off" in one.what for one in reading.assumed) == (params != 12_628 or total == "9")


def test_the_only_unknown_layer_has_what_the_total_leaves() -> None:
    reading = read(CUT_OFF.replace("(Conv2D) ", "(Strange)").format("12,700"))
    assert built(reading.statements, reading.source).counts.params == 12_700
    assert any("that the printed total leaves" in one.what for one in reading.assumed)
