"""Wrong answers of people who asked in public, each with the page: the mistake that is named first."""

from __future__ import annotations

import pytest

from symparams.questions.diagnosis import Diagnostician
from tests.helpers import net

ALEXNET = (
    "input(227, 227, 3) -> conv(96, 11, s=4) -> maxpool(3, s=2) -> conv(256, 5, same, groups=2) -> maxpool(3, s=2) "
    "-> conv(384, 3, same) -> conv(384, 3, same, groups=2) -> conv(256, 3, same, groups=2) -> maxpool(3, s=2) "
    "-> flatten -> dense(4096) -> dense(4096) -> dense(1000)"
)
MNIST = "input(28, 28, 1) -> conv(32, 5) -> maxpool(2) -> conv(64, 5)"
NORMALIZED = "input(4096) -> dense(512) -> bn -> dropout(0.5) -> dense(80)"
GPT2 = (
    "input(1024) -> embedding(50257, 768) as wte -> "
    "[{ln -> attention(12) | id} -> add -> {ln -> dense(3072, gelu) -> dense(768) | id} -> add] * 12 "
    "-> ln -> tied(@wte, bias=no)"
)
MUSEGAN = "input(1, 1, 32) -> tconv(1024, 2x1) -> tconv(32, 1x1)"
GQA = "input(1024, 4096) -> attention(32, kv=8, causal)"

STACK = "https://stackoverflow.com/questions/"
GITHUB = "https://github.com/"
GEEKY = (
    "https://geekycodes.in/machine-learning/"
    "pytorch-cnn-shape-mismatch-error-fixing-mat1-and-mat2-shapes-cannot-be-multiplied/"
)
BIASES, CHANNELS = "biases left out", "input channels left out"

CASES = [
    # page, network, layer (empty: the total), quantity, what was answered, what is named first
    (STACK + "44608552", MNIST, "conv_2", "params", "(5*5 + 1)*64 = 1664", [CHANNELS]),
    (
        "https://exchangetuts.com/understanding-number-of-parameters-in-keras-conv2d-layer-1640295604538227",
        "input(32, 32, 3) -> conv(32, 3, same)",
        "conv_1",
        "params",
        "32 x (3 x 3) = 288",
        [BIASES, CHANNELS],
    ),
    (
        "https://exchangetuts.com/calculating-the-number-of-parameters-of-a-gru-layer-keras-1640909223406624",
        "input(200) -> embedding(4500, 16) -> bidirectional(gru(32)) -> dense(6) -> dense(1)",
        "bidirectional_1",
        "params",
        "((16+32)*32 + 32) * 3 * 2 = 9,408",
        ["one bias where there are two"],
    ),
    (
        "https://stats.stackexchange.com/questions/458685",
        "input(240, 32) -> gru(32) -> dense(1)",
        "gru_1",
        "params",
        "3*(32*32 + 32*32 + 32)",
        ["one bias where there are two"],
    ),
    (
        GITHUB + "TransformerLensOrg/TransformerLens/issues/903",
        GPT2,
        "",
        "params",
        "12*(4*768*768 + 2*768*3072)",
        ["only the matrices of the network counted"],
    ),
    (
        STACK + "52759193",
        "input(3, 1) -> lstm(2)",
        "lstm_1",
        "params",
        "4*2*(2+3+1) = 48",
        ["steps in place of features"],
    ),
    (
        STACK + "60353094",
        "input(T, 300) -> bidirectional(lstm(300))",
        "",
        "params",
        "1444800",
        ["two biases where there is one"],
    ),
    (
        "https://exchangetuts.com/how-to-calculate-the-number-of-parameters-of-alexnet-1639874789424395",
        ALEXNET,
        "",
        "params",
        "62378344",
        ["groups ignored"],
    ),
    (STACK + "42521005", NORMALIZED, "bn_1", "params", "1024", ["moving statistics left out"]),
    (STACK + "42521005", NORMALIZED, "bn_1", "params", "512", ["one number for each channel"]),
    (
        STACK + "60079783",
        "convention torch input(1, 64, 64) -> conv(32, 3, padding=1) -> bn -> flatten -> dense(100) -> dense(10)",
        "",
        "params",
        "13,108,758",
        ["moving statistics counted in PyTorch"],
    ),
    (STACK + "56764162", "input(416, 416, 10) -> separable(100, 5)", "", "params", "1360", ["biases in both steps"]),
    (
        STACK + "54705367",
        "input(3, 3, 3) -> separable(1, 2)",
        "",
        "params",
        "13",
        ["separable counted as a full convolution"],
    ),
    (
        GEEKY,
        "convention torch input(3, 112, 112) -> conv(128, 3, padding=1) -> maxpool(4) -> flatten -> dense(128)",
        "dense_1",
        "params",
        "784*128 + 128",
        ["a factor left out in flattening"],
    ),
    # work
    (
        GITHUB + "facebookresearch/fvcore/issues/102",
        "convention torch input(3, 32, 32) -> conv(10, 3)",
        "conv_1",
        "macs",
        "252000",
        ["biases counted as multiplications"],
    ),
    (
        GITHUB + "open-mmlab/mmcv/issues/785",
        "convention torch input(3, 32, 32) -> conv(10, 3)",
        "conv_1",
        "flops",
        "243000",
        ["MACs taken for FLOPs"],
    ),
    (
        GITHUB + "dgschwend/netscope/issues/10",
        "convention torch input(3, 300, 300) -> conv(64, 3, padding=1)",
        "conv_1",
        "flops",
        "64*90000*(27 + (27 - 1)) = 305280000",
        ["one addition fewer than products"],
    ),
    # receptive fields
    (
        GITHUB + "philipperemy/keras-tcn/issues/8",
        "input(T, 8) -> [[conv(8, 8, causal, dilation=2^i) for i in 0..3]] * 3",
        "conv_12",
        "field",
        "8 * 8 * 3 = 192",
        ["dilation multiplied by the kernel"],
    ),
    (
        GITHUB + "philipperemy/keras-tcn/issues/9",
        "input(T, 8) -> [[conv(8, 2, causal, dilation=2^i) for i in 0..3]] * 2",
        "conv_8",
        "field",
        "32",
        ["field of a block times the blocks"],
    ),
    (
        GITHUB + "philipperemy/keras-tcn/issues/196",
        "input(T, 8) -> [[conv(8, 3, causal, dilation=2^i) for i in 0..3]] * 2",
        "conv_8",
        "field",
        "1 + 2*3*15",
        ["dilation multiplied by the kernel"],
    ),
    (
        GITHUB + "philipperemy/keras-tcn/issues/207",
        "input(T, 8) -> [{conv(8, 3, causal) -> conv(8, 3, causal) | id} -> add] * 4",
        "add_4",
        "field",
        "9",
        ["one layer of each block seen"],
    ),
    (
        GITHUB + "ibab/tensorflow-wavenet/issues/259",
        "input(T, 1) -> conv(32, 2, causal) -> [conv(32, 2, causal, dilation=2^i) for i in 0..9]",
        "conv_11",
        "field",
        "1024",
        ["one layer left out of the receptive field"],
    ),
    (
        "https://forums.fast.ai/t/receptive-field-for-stacked-convolutions/64006",
        "input(64, 64, 3) -> conv(32, 3) -> conv(32, 3) -> conv(32, 3)",
        "conv_3",
        "field",
        "3",
        ["only the last kernel seen"],
    ),
    # transformers
    (
        GITHUB + "pytorch/pytorch/issues/60853",
        "convention torch input(10, 512) -> attention(64)",
        "attention_1",
        "params",
        "64*1050624",
        ["parameters multiplied by the heads"],
    ),
    (
        "https://torchedup.dev/problems/param-count-transformer",
        GPT2,
        "",
        "params",
        "12*12*768^2 + 50257*768",
        ["normalization taken for fixed", BIASES],
    ),
    (
        GITHUB + "mindee/doctr/pull/1063",
        "input(197, 768) -> encoderlayer(12, 768)",
        "",
        "params",
        "7087872",
        ["hidden width taken for four times the width"],
    ),
    (
        GITHUB + "jranaraki/vllm-fit/issues/2",
        GQA,
        "attention_1",
        "cache",
        "2*32*4096*1024*4",
        ["cache multiplied by the heads"],
    ),
    (
        GITHUB + "vllm-project/vllm/pull/29736",
        GQA,
        "attention_1",
        "cache",
        "2*4096*1024*4",
        ["heads of keys and values ignored"],
    ),
    (
        GITHUB + "rasbt/LLMs-from-scratch/issues/922",
        GQA,
        "attention_1",
        "cache",
        "2*4*128*1024*4",
        ["group size taken for the heads of keys and values"],
    ),
    (
        GITHUB + "rohitg00/ai-engineering-from-scratch/pull/57",
        "input(1024, 4096) -> attention(32, causal)",
        "attention_1",
        "cache",
        "2*128*1024*4",
        ["cache of a single head"],
    ),
    (
        GITHUB + "LMCache/LMCache/issues/688",
        "input(1024, 5120) -> attention(32, head=128, kv=8, causal)",
        "attention_1",
        "cache",
        "2*8*160*1024*4",
        ["width of a head taken for its share"],
    ),
    (
        "https://theanswershome.com/module-1-foundations-of-convolutional-neural-network",
        "input(128, 128, 12) -> maxpool(4)",
        "maxpool_1",
        "shape",
        "64 x 64 x 12",
        ["pooling taken for halving"],
    ),
    (
        "https://theanswershome.com/module-1-foundations-of-convolutional-neural-network",
        "input(256, 256, 3) -> conv(128, 7)",
        "conv_1",
        "params",
        "1233125504",
        ["input size in the count"],
    ),
    (
        "https://codeshala.io/?p=2285",
        "input(128, 128, 1) -> flatten -> dense(256)",
        "dense_1",
        "params",
        "12,582,912",
        [BIASES, "one channel taken for three"],
    ),
    (
        "https://discuss.tensorflow.org/t/dense-layer-parameter-misunderstanding/8850",
        "input(30932, 4) -> conv(1, 8) -> dense(1)",
        "dense_1",
        "shape",
        "(None,1,1)",
        ["dense layer taken to flatten"],
    ),
    (
        "https://datascience.stackexchange.com/questions/39718",
        "input(32, 32, 3) -> dense(512)",
        "dense_1",
        "shape",
        "(None, 512)",
        ["dense layer taken to flatten"],
    ),
    (
        "https://discuss.pytorch.org/t/rnn-different-number-of-parameters-in-keras-vs-pytorch/113371",
        "convention torch input(10, 1) -> rnn(1)",
        "rnn_1",
        "params",
        "3",
        ["one bias where there are two"],
    ),
    (
        "https://my.progiez.com/deep-learning-nptel-assignment",
        "input(39, 39, 3) -> conv(10, 3) -> conv(20, 5, s=2) -> conv(40, 5, s=2) -> flatten",
        "flatten_1",
        "shape",
        "13690",
        ["an earlier feature map flattened"],
    ),
    (
        "https://my.progiez.com/deep-learning-nptel-assignment",
        "input(1024, 1024, 3) -> conv(40, 3)",
        "conv_1",
        "shape",
        "1020 × 1020 × 40",
        ["edge taken off on each side"],
    ),
    (
        STACK + "28232235",
        "input(56, 56, 256) -> conv(256, 3, same)",
        "conv_1",
        "params",
        "0.59M = (3*3)*(256*256)",
        [BIASES],
    ),
    (
        "https://networkingfunda.com/convolutional-neural-networks-coursera-quiz-answers/",
        "input(32, 32, 16) -> maxpool(2)",
        "maxpool_1",
        "shape",
        "32x32x8",
        ["pooling keeps the size", "pooling divides the channels"],
    ),
]


@pytest.mark.parametrize(("page", "text", "layer", "quantity", "answer", "names"), CASES)
def test_what_is_named_first(page: str, text: str, layer: str, quantity: str, answer: str, names: list[str]) -> None:
    found = Diagnostician(net(text)).typed(layer or None, quantity, answer)
    assert page.startswith(("http://", "https://"))
    assert not found.correct
    assert [made.name for made in found.matches[0].made] == names


@pytest.mark.parametrize(
    ("page", "text", "answer"),
    [
        (
            "https://stackoom.com/en/question/4WXIU",
            MUSEGAN,
            "66560 + 32800 = 99360",
        ),
        ("https://jyotiranjan.dev/posts/gpt2-parameters/index.html", GPT2, "124M"),
    ],
)
def test_what_is_right(page: str, text: str, answer: str) -> None:
    assert page
    assert Diagnostician(net(text)).typed(None, "params", answer).correct
