"""What is said of an asker's own number and formula: when it would be right, and what would make it so."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import symparams as sp
from symparams.algebra.evaluation import number
from symparams.algebra.formula import Sum
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.documents.diagnosis_sections import DiagnosisDocument
from symparams.errors import Source, SymparamsError
from symparams.model.network import Network
from symparams.questions.as_written import numbers_in
from symparams.questions.changed_call import Way, changed_argument
from symparams.questions.diagnosis import Diagnostician
from symparams.questions.put_right import put_right
from symparams.questions.refitted import refitted
from symparams.questions.right_for import right_for
from symparams.reading.door import network
from tests.helpers import net

# ---------------------------------------------------------------- another argument

_SWITCHES: dict[str, tuple[str, str, tuple[str, ...]]] = {  # the input, the call, and arguments that it may have
    "conv": ("(40, 40, 24)", "Conv2D(48, 5{})", ('padding="same"', "use_bias=False", "groups=4", "strides=2")),
    "up": ("(7, 7, 16)", "Conv2DTranspose(8, 5, strides=2{})", ('padding="same"', "use_bias=False")),
    "gru": ("(20, 12)", "GRU(16{})", ("reset_after=False", "use_bias=False")),
    "heads": ("(20, 48)", "MultiHeadAttention(4, 24{})", ("use_bias=False", "value_dim=36")),
    "torch conv": ("(24, 41, 41)", "Conv2d(24, 48, 3{})", ("padding=1", "stride=2", "groups=4", "bias=False")),
    "torch pool": ("(24, 41, 41)", "MaxPool2d(2{})", ("ceil_mode=True", "padding=1")),
    "torch up": ("(24, 9, 9)", "ConvTranspose2d(24, 8, 3, stride=2{})", ("padding=1", "output_padding=1")),
}


def _read(kind: str, given: tuple[str, ...], instead: str = "") -> Network:
    """The network of one layer with these arguments, as code of its framework; `instead` is its whole call."""
    shape, call, _ = _SWITCHES[kind]
    made = instead or call.format("".join(f", {one}" for one in given))
    if kind.startswith("torch"):
        return network(Source("<test>", f"import torch.nn as nn\n# input {shape}\nnet = nn.Sequential(nn.{made})"))
    if kind == "heads":
        text = f"x = keras.Input({shape})\ny = layers.{made}(x, x)\nmodel = keras.Model(x, y)"
    else:
        text = f"model = keras.Sequential([keras.Input({shape}), layers.{made}])"
    return network(Source("<test>", f"import keras\nfrom keras import layers\n{text}"))


def _changed(call: str, way: Way, names: tuple[str, ...]) -> str:
    """The call with what a way says done to it; `names` are those of the arguments that stand in their places."""
    tree = ast.parse(call, mode="eval").body
    assert isinstance(tree, ast.Call)
    given = dict(zip(names, map(ast.unparse, tree.args), strict=False)) | {
        str(one.arg): ast.unparse(one.value) for one in tree.keywords
    }
    name, value = way.code.split("=")
    given.pop(name, None) if way.how == "without" else given.update({name: value})
    return f"{ast.unparse(tree.func)}({', '.join(f'{k}={v}' for k, v in given.items())})"


_PLACES = {
    "conv": ("filters", "kernel_size"),
    "up": ("filters", "kernel_size"),
    "gru": ("units",),
    "heads": ("num_heads", "key_dim"),
    "torch conv": ("in_channels", "out_channels", "kernel_size"),
    "torch pool": ("kernel_size",),
    "torch up": ("in_channels", "out_channels", "kernel_size"),
}


@pytest.mark.parametrize("kind", _SWITCHES)
@pytest.mark.parametrize("quantity", ["params", "shape"])
@given(st.data())
def test_the_argument_that_is_named_gives_the_number(kind: str, quantity: str, data: Any) -> None:
    arguments = _SWITCHES[kind][2]
    own, other = (data.draw(st.sets(st.sampled_from(arguments))) for _ in range(2))
    try:
        first, second = (_read(kind, tuple(sorted(some))) for some in (own, other))
    except SymparamsError:
        return  # the framework does not take these together
    node = second.nodes[-1]
    typed = str(node.counts.params) if quantity == "params" else " x ".join(map(str, node.shape))
    found = right_for(Diagnostician(first).typed(first.nodes[-1].name, quantity, typed))
    if found is None:
        return
    for way in found.ways:
        assert way.how in ("with", "without")
        again = _read(kind, (), _changed(found.own.removeprefix("nn."), way, _PLACES[kind])).nodes[-1]
        assert (again.counts.params if quantity == "params" else again.shape) == (
            node.counts.params if quantity == "params" else node.shape
        )


@pytest.mark.parametrize(
    ("own", "other", "way"),
    [
        ("Conv2D(8, 3)", 'Conv2D(8, 3, padding="same")', Way("with", 'padding="same"')),
        ("Conv2D(8, 3, groups=4)", "Conv2D(8, 3)", Way("without", "groups=4")),
        ("MultiHeadAttention(4, 32)", "MultiHeadAttention(4, 24)", Way("with", "key_dim=24")),
        ("Conv2D(8, 3, strides=2)", 'Conv2D(8, 3, padding="same")', None),  # two
        ("Conv2D(8, 3)", "Dense(8)", None),
    ],
)
def test_what_two_calls_differ_in(own: str, other: str, way: Way | None) -> None:
    assert changed_argument(own, other, "keras") == way


@given(st.integers(2, 8), st.integers(2, 32), st.integers(1, 8))
def test_the_width_of_a_head_that_divides_the_features_is_told(heads: int, width: int, more: int) -> None:
    features = heads * width
    built = net(f"input(9,{features}) -> attention({heads},head={width + more})")
    found = right_for(Diagnostician(built).typed("attention_1", "params", f"4*({features}*{features}+{features})"))
    assert found is not None
    assert Way("with", f"key_dim={width}") in found.ways


# ---------------------------------------------------------------- another layer before it


@given(st.integers(2, 6), st.integers(2, 9), st.integers(2, 9), st.sampled_from(["keras", "torch"]))
def test_a_layer_in_front_gives_the_number(side: int, channels: int, units: int, convention: str) -> None:
    keras = convention == "keras"
    shape = f"{side},{side},{channels}" if keras else f"{channels},{side},{side}"
    start = f"convention {convention} input({shape}) -> "
    flat = net(f"{start}flatten as row -> relu -> dense({units})")
    pooled = net(f"{start}globalavgpool -> relu -> dense({units})").nodes[-1].counts.params
    found = right_for(Diagnostician(flat).typed("dense_1", "params", f"{channels}*{units} + {units}"))
    assert found is not None
    assert pooled == channels * units + units
    if found.change == "layer":  # else one argument gives it too, by chance
        pool = "GlobalAveragePooling2D" if keras else "nn.AdaptiveAvgPool2d(1)"
        assert found.ways == (Way("in place of" if keras else "before", pool, "row"),)


@given(st.integers(2, 9), st.integers(2, 9), st.integers(2, 9))
def test_a_row_of_all_positions_is_told(steps: int, features: int, units: int) -> None:
    built = net(f"input({steps},{features}) -> dense({units})")
    typed = f"{steps}*{features}*{units} + {units}"
    found = right_for(Diagnostician(built).typed("dense_1", "params", typed))
    row = net(f"input({steps},{features}) -> flatten -> dense({units})").nodes[-1].counts.params
    assert found is not None
    assert row == steps * features * units + units
    if found.change == "layer":
        assert found.ways == (Way("before", "Flatten", "dense_1"),)


@pytest.mark.parametrize(
    ("text", "typed", "code"),
    [
        ("input(20) -> embedding(99,9) -> flatten -> dense(5)", "9*5 + 5", "GlobalAveragePooling1D"),
        ("convention torch input(9,20) -> flatten -> dense(5)", "9*5 + 5", "nn.AdaptiveAvgPool1d(1)"),
        # PyTorch pools a sequence along its features
        ("convention torch input(20) -> embedding(99,9) -> flatten -> dense(5)", "9*5 + 5", None),
        ("input(2,3,4,5,6) -> flatten -> dense(5)", "6*5 + 5", None),  # no pooling has so many axes
        ("input(9) -> flatten -> dense(5)", "3*5 + 5", None),
        ("input(2,3,4,5) -> dense(5)", "2*3*4*5*5 + 5", "Flatten"),
    ],
)
def test_which_layer_in_front_is_told(text: str, typed: str, code: str | None) -> None:
    built = net(text)
    found = right_for(Diagnostician(built).typed(built.nodes[-1].name, "params", typed))
    ways = () if found is None or found.change != "layer" else found.ways
    assert [way.code for way in ways] == ([] if code is None else [code])


# ---------------------------------------------------------------- a formula put right


@pytest.mark.parametrize(
    ("text", "quantity", "written", "right"),
    [
        ("input(15,15,24) -> conv(40,3)", "params", "3*3*3*40 + 40", "3·3·24·40 + 40"),
        ("input(15,15,24) -> conv(40,3)", "params", "(3*3 + 1)*40", "(3·3·24 + 1)·40"),
        ("input(30,7) -> lstm(48)", "params", "4*(48*30 + 48^2 + 48)", "4(48·7 + 48² + 48)"),
        ("input(30,12) -> gru(20)", "params", "3*(20*12 + 20*20 + 20)", "3(20·12 + 20·20 + 2·20)"),
        ("input(9,9,16) -> separable(36,5)", "params", "5*5*16 + 16 + 16*36 + 36", "5·5·16 + 16·36 + 36"),
        ("input(30,64) -> dense(5)", "params", "30*64*5 + 5", "64·5 + 5"),
        (
            "convention torch input(32,60,60) -> conv(48,3,s=2,p=1,bias=no)",
            "macs",
            "60*60*3*3*32*48",
            "30·30·3·3·32·48",
        ),
        ("input(60,11) -> lstm(75)", "params", "4*(60*11*75 + 75)", "4(11·75 + 75 + 75·75)"),
        ("input(15,15,24) -> conv(40,3)", "params", "3*3*24*40", "3·3·24·40 + 40"),
        ("input(15,15,24) -> conv(40,3)", "params", "400", None),
        ("input(3) -> dense(3)", "params", "4*2*2", None),  # 3·2·2 is 12, but not (3 + 1)·3
        ("input(15,15,24) -> conv(40,3)", "params", "12*256^2", None),  # 256 to the power of any size is too much
        ("input(15,15,C) -> conv(40,3)", "params", "(3*3 + 1)*40", None),
    ],
)
def test_a_formula_is_put_right(text: str, quantity: str, written: str, right: str | None) -> None:
    by = Diagnostician(net(text))
    layer = by.network.nodes[-1].name
    found = put_right(by.task(layer, quantity), by.typed(layer, quantity, written).answer, two=True)
    assert (None if found is None else shown(found.formula, PLAIN)) == right


_RULES = {  # right formulas, as they are written with numbers
    "input(9,9,{a}) -> conv({b},3)": ("(3*3*{a} + 1)*{b}", "3*3*{a}*{b} + {b}"),
    "input({a}) -> dense({b})": ("{a}*{b} + {b}", "({a} + 1)*{b}"),
    "input(8,{a}) -> lstm({b})": ("4*({a}*{b} + {b}*{b} + {b})", "4*{b}*({a} + {b} + 1)"),
    "convention torch input(8,{a}) -> gru({b})": ("3*({a}*{b} + {b}*{b} + 2*{b})", "3*{b}*({a} + {b} + 2)"),
    "input(7,7,{a}) -> separable({b},5)": ("5*5*{a} + {a}*{b} + {b}",),
}


@pytest.mark.parametrize("text", _RULES)
@given(st.integers(2, 90), st.integers(2, 90), st.data())
def test_one_wrong_number_is_found_and_the_formula_holds_for_other_sizes(text: str, a: int, b: int, data: Any) -> None:
    by = Diagnostician(net(text.format(a=a, b=b)))
    layer = by.network.nodes[-1].name
    rule = data.draw(st.sampled_from(_RULES[text])).format(a=a, b=b)
    numbers = [part for part in rule.replace("(", " ").replace(")", " ").replace("*", " ").split() if part.isdigit()]
    wrong = rule.replace(data.draw(st.sampled_from(numbers)), str(data.draw(st.integers(2, 99))), 1)
    diagnosis = by.typed(layer, "params", wrong)
    found = put_right(by.task(layer, "params"), diagnosis.answer)
    if diagnosis.correct:
        return
    if found is not None:
        assert number(found.formula) == by.network.nodes[-1].counts.params
        before, after = (len(list(numbers_in(one))) for one in (diagnosis.answer[0], found.formula))
        (change,) = found.changes
        more = {"in place of": 0, "with": 1, "adding": 1, "without": -1, "without adding": -1}
        assert after - before == more[change.kind]


# ---------------------------------------------------------------- sums over fields, sizes on the way


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 3), st.integers(1, 2)), min_size=1, max_size=4))
def test_a_field_adds_up(layers: list[tuple[int, int, int]]) -> None:
    chain = " -> ".join(f"conv(2,{k},s={s},d={d if s == 1 else 1})" for k, s, d in layers)
    built = net(f"convention torch input(1,400,400) -> {chain}")
    layer = built.nodes[-1].name
    way = DiagnosisDocument(Diagnostician(built).typed(layer, "field", "1 + 777"), "answer").as_sum
    if way is not None and way.steps:
        assert isinstance(way.added_up, Sum)
        assert len(way.added_up.terms) == 1 + len(way.steps)
        right = Diagnostician(built).typed(layer, "field", "1 + 777").value[0]
        assert number(way.added_up) == right


@given(st.integers(24, 48), st.sets(st.integers(0, 1)), st.booleans(), st.integers(1, 3))
def test_settings_that_are_told_give_the_row(side: int, kept: set[int], up: bool, half: int) -> None:
    def text(padded: set[int], ceil: bool) -> str:
        first, second = (f",p={p}" if i in padded else "" for i, p in enumerate((half, 1)))
        pool = "maxpool(2,ceil)" if ceil else "maxpool(2)"
        start = f"convention torch input(3,{side},{side}) -> conv(4,{2 * half + 1}{first}) -> {pool} as p"
        return f"{start} -> conv(8,3{second}) -> share(@p) -> flatten as row"

    built = net(text(set(), False))
    expected = net(text(kept, False) if kept else text(set(), up)).node("row").shape[0]
    assert isinstance(expected, int)
    found = refitted(built, built.node("row"), (expected,))
    if expected == built.node("row").shape[0]:
        return
    assert found
    padded = {i for i, name in enumerate(("conv_1", "conv_2")) if any(name in one.layers for one in found)}
    ceil = any(one.code == "ceil_mode=True" for one in found)
    assert net(text(padded, ceil)).node("row").shape[0] == expected


@given(st.integers(20, 70), st.sampled_from([3, 5]), st.sets(st.integers(0, 1)))
def test_a_decoder_gets_back_to_the_shape_of_its_input(side: int, kernel: int, exact: set[int]) -> None:
    def text(said: set[int]) -> str:
        way = f"input({side},{side},1)" + f" -> conv(4,{kernel},s=2,same)" * 2
        up = (
            (f"tconv({channels},{kernel},s=2,same{',op=0' if i in said else ''})") for i, channels in enumerate((4, 1))
        )
        return f"{way} -> {' -> '.join(up)}"

    built, wanted = net(text(set())), net(text(exact)).nodes[-1].shape
    last = built.nodes[-1]
    if wanted == last.shape:
        return
    found = refitted(built, last, wanted)
    said = {i for i, name in enumerate(("tconv_1", "tconv_2")) if any(name in one.layers for one in found)}
    assert {one.code for one in found} == {"output_padding=0"}
    assert net(text(said)).nodes[-1].shape == wanted
    document = DiagnosisDocument(Diagnostician(built).typed(last.name, "shape", " x ".join(map(str, wanted))), "answer")
    if document.cropping:
        (here,) = {size for size in last.shape if size != 1}
        assert here - 2 * document.cropping == side


_POOL = "The next layer is nn.{pool}(3, stride=2) on a 12x54x54 map. {said} PyTorch gives {sizes}. Is it a bug?"


@pytest.mark.parametrize("pool", ["MaxPool2d", "AvgPool2d"])
@pytest.mark.parametrize("said", ["In Caffe I get 27x27.", "By hand 54 / 2 = 27.", "I get 27x27, since 54 / 2 = 27."])
def test_a_size_beside_the_right_one_is_answered_once_with_the_setting(pool: str, said: str) -> None:
    text = sp.read(_POOL.format(pool=pool, said=said, sizes="26x26")).answer().to_text()
    assert text.count("it would be 27 × 27") == 1
    assert "ceil_mode=True" in text
    assert "comes out in" not in text


def test_a_product_that_two_changes_make_right_is_doubted() -> None:
    code = "model = keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(48, 3), layers.BatchNormalization()])"
    text = sp.read(f"{code}\n\nI thought batch norm has 2*26*26*48 = 64,896, but the summary says 192.").answer()
    first = text.to_text().splitlines()[0]
    assert first.endswith("Without the factor 26·26 and with 4 in place of 2, your formula is right.")


def test_an_assumption_on_which_no_count_rests_is_left_out() -> None:
    layers = ("Conv2d(3, 16, kernel_size=(3, 3), stride=(1, 1))", "Conv2d(16, 8, kernel_size=(3, 3), stride=(1, 1))")
    printed = "Net(\n" + "".join(f"  ({i}): {one}\n" for i, one in enumerate(layers)) + ")\n\n"
    about = ("Why does layer 1 have 1,160 parameters? I get 3*3*3*8 + 8 = 224.", "How large is the receptive field?")
    count, field = (sp.read(printed + one).answer().to_text() for one in about)
    assert "1,160" in count
    assert "Assumed" not in count
    assert "Assumed: the modules are taken to run in the order" in field
