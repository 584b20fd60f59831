"""Class names of Keras and PyTorch in the language: their arguments, the convention that they say, lists and lines."""

from __future__ import annotations

import pytest

import symparams as sp
from symparams.algebra.formula import Number, Symbol
from symparams.algebra.notation import shown
from symparams.algebra.notations import SOURCE
from symparams.errors import Source, Span, SymparamsError
from symparams.sources import records as r
from symparams.sources.language import built, network
from symparams.sources.printer import printed
from symparams.sources.reader import read_network
from tests.helpers import net


def counts(text: str) -> list[object]:
    return [layer.params for layer in sp.parse(text)]


def shapes(text: str) -> list[tuple[object, ...]]:
    return [tuple(layer.output_shape) for layer in sp.parse(text)]


# ---------------------------------------------------------------- our own order stays

SAME = [
    ("Conv2D(8, (3, 5), strides=2, padding='same', use_bias=False)", "conv(8, 3x5, s=2, same, bias=no)"),
    ("Conv2D(8, 3, same, relu)", "conv(8, 3, same, relu)"),
    ("layers.Conv2D(8, 3, p=1)", "conv(8, 3, p=1)"),
    ("keras.layers.Conv2D(filters=8, kernel_size=[3], activation='elu')", "conv(8, 3, elu)"),
    ("tf.keras.layers.Conv2D(8, 3, 2, 'same')", "conv(8, 3, s=2, same)"),
    ("Conv2D(8, 3, activation=LeakyReLU(0.1))", "conv(8, 3, leakyrelu)"),
    ("Conv2D(8, 3, activation=tf.nn.relu)", "conv(8, 3, relu)"),
    ("Conv2D(8, 3, activation=keras.activations.linear)", "conv(8, 3)"),
    ("Conv2D(8, 3, use_bias=0)", "conv(8, 3, bias=no)"),
    ("MaxPooling2D((2, 2), 1, 'same')", "maxpool(2x2, s=1, same)"),
    ("UpSampling2D(size=(2, 2))", "upsample((2, 2))"),
    ("UpSampling2D()", "upsample(2)"),
    ("Conv2DTranspose(4, 5, strides=(2, 2), padding='same')", "tconv(4, 5, s=2x2, same)"),
    ("BatchNormalization(center=False, axis=3)", "bn(center=no)"),
    ("LayerNormalization(axis=[1, 2, 3])", "ln(axis=(1, 2, 3))"),
    ("Dense(4, trainable=False)", "dense(4, frozen)"),
    ("Dense(4, trainable=True, dtype='float32', kernel_initializer=HeNormal(seed=3))", "dense(4)"),
    ("Reshape(target_shape=(-1, 9))", "reshape(-1, 9)"),
    ("Permute((3, 1, 2))", "permute(3, 1, 2)"),
    ("Normalization(mean=0.5, variance=2.0)", "normalization(fixed)"),
]


@pytest.mark.parametrize(("call", "own"), SAME)
def test_a_call_of_keras_is_a_layer_of_our_own(call: str, own: str) -> None:
    theirs, ours = net(f"input(12, 9, 6) -> {call}").nodes[-1], net(f"input(12, 9, 6) -> {own}").nodes[-1]
    assert (theirs.layer, theirs.counts, theirs.shape) == (ours.layer, ours.counts, ours.shape)


TORCH = [
    ("nn.Conv2d(6, 8, (3, 5), 2, 1, bias=False)", "conv(8, 3x5, s=2, p=1, bias=no)"),
    ("Conv2d(6, 8, 3, padding='same')", "conv(8, 3, same)"),
    ("torch.nn.Conv2d(out_channels=8, kernel_size=3)", "conv(8, 3)"),
    ("nn.Conv2d(channels, 8, 3, groups=2, device=None)", "conv(8, 3, g=2)"),
    ("nn.MaxPool2d(3, 2, 1, ceil_mode=True)", "maxpool(3, s=2, p=1, ceil)"),
    ("nn.AdaptiveAvgPool2d((None, 7))", "adaptiveavgpool((keep, 7))"),
    ("nn.BatchNorm2d(6, track_running_stats=False)", "bn(track=no)"),
    ("nn.BatchNorm2d", "bn"),
    ("nn.LazyInstanceNorm2d()", "instancenorm(affine=yes, track=yes)"),
    ("nn.Flatten(1, 2)", "flatten(1, 2)"),
    ("nn.Linear(in_features=9, out_features=4)", "dense(4)"),
    ("nn.PReLU()", "prelu"),
    ("nn.Softmax(dim=1)", "softmax"),
    ("nn.Identity(54, unused=0.1)", "identity"),
]


@pytest.mark.parametrize(("call", "own"), TORCH)
def test_a_call_of_pytorch_is_a_layer_of_our_own(call: str, own: str) -> None:
    theirs = net(f"convention torch input(6, 12, 9) -> {call}").nodes[-1]
    ours = net(f"convention torch input(6, 12, 9) -> {own}").nodes[-1]
    assert (theirs.layer, theirs.counts, theirs.shape) == (ours.layer, ours.counts, ours.shape)


def test_our_own_names_keep_our_own_order() -> None:
    assert counts("input(8, 8, 3) -> conv2d(4, 3)") == [0, 112]
    assert counts("convention torch input(7, 3) -> lstm(4)")[-1] == 4 * ((3 + 4) * 4 + 2 * 4)


# ---------------------------------------------------------------- the convention


def test_the_class_names_say_the_convention() -> None:
    assert net("input(3, 8, 8) -> conv(4, 3) -> nn.ReLU()").convention == "torch"
    assert net("input(8, 8, 3) -> conv(4, 3) -> LeakyReLU() -> Conv2D(3, 3)").convention == "keras"
    assert net("input(8, 8, 3) -> Flatten()").convention == "keras"
    assert net("convention torch input(8, 3) -> LSTM(3, 5)").convention == "torch"
    assert net("convention torch def block = nn.ReLU() input(3) -> block").convention == "torch"
    assert net("def block = nn.ReLU() input(3) -> block").convention == "torch"
    assert net("input(7, 4) -> lora(nn.Linear(4, 3), 2)").convention == "torch"


def test_a_shared_name_is_read_as_the_convention_has_it() -> None:
    assert counts("input(7, 3) -> LSTM(5, return_sequences=True) -> Dense(2)")[1:] == [4 * (3 + 5 + 1) * 5, 12]
    assert counts("input(7, 3) -> LSTM(3, 5) -> Linear(5, 2)")[1:] == [4 * ((3 + 5) * 5 + 2 * 5), 12]


# ---------------------------------------------------------------- what comes in

OPENING = [
    ("Dense(4, input_dim=3)", (3,)),
    ("Dense(4, input_shape=(3,))", (3,)),
    ("Dense(4, input_shape=[5, 3])", (5, 3)),
    ("Dense(4, batch_input_shape=(None, 3))", (3,)),
    ("LSTM(4, input_dim=3, input_length=7)", (7, 3)),
    ("Embedding(9, 4, input_length=7)", (7,)),
    ("Input(shape=(8, 8, 3)) -> Flatten()", (8, 8, 3)),
    ("keras.Input((3,)) -> Dense(2)", (3,)),
    ("InputLayer(input_shape=(3,)) -> Dense(2)", (3,)),
    ("Input(batch_shape=(16, 3)) -> Dense(2)", (3,)),
    ("nn.Linear(3, 4)", (3,)),
    ("Conv2D(4, 3, input_shape=(3, 8, 9), data_format='channels_first')", (8, 9, 3)),
    ("[Conv2D(4, 3, input_shape=(9, 8, 3)), Flatten()]", (9, 8, 3)),
    ("Sequential([Conv2D(4, 3, input_shape=(9, 8, 3))], name='m')", (9, 8, 3)),
]


@pytest.mark.parametrize(("text", "shape"), OPENING)
def test_the_first_layer_says_what_comes_in(text: str, shape: tuple[int, ...]) -> None:
    assert shapes(text)[0] == shape


def letters(text: str) -> list[str]:
    return [shown(size, SOURCE) if not isinstance(size, int) else str(size) for size in net(text).nodes[0].shape]


def test_open_sizes_are_letters() -> None:
    assert letters("LSTM(4, input_shape=(None, 3))") == ["T", "3"]
    assert letters("Conv2D(4, 3, input_shape=(None, None, 3))") == ["H", "W", "3"]
    assert letters("Conv2D(H, 3, input_shape=input_shape)") == ["H_2", "W", "C"]
    assert letters("Embedding(100, 8)") == ["T"]
    assert letters("nn.Conv2d(1, 20, 5), nn.ReLU()") == ["1", "H", "W"]
    assert letters("nn.Conv1d(4, 20, 5)") == ["4", "L"]
    assert letters("nn.GRU(4, 20)") == ["T", "4"]


def test_what_a_call_says_of_a_letter_must_hold() -> None:
    conditions = net("input(C, 8, 8) -> nn.Conv2d(3, 4, 1)").conditions
    assert {(shown(c.left, SOURCE), shown(c.right, SOURCE)) for c in conditions} == {("C", "3"), ("3", "C")}
    assert net("input(3, 8, 8) -> nn.Conv2d(c, 4, 1)").conditions != ()


# ---------------------------------------------------------------- Keras 1

KERAS_1 = [
    ("Convolution2D(24, 5, 5, input_shape=(66, 200, 3))", 24 * 76),
    ("Convolution2D(24, 5, 3, subsample=(2, 2), border_mode='same', init='he_normal', input_shape=(66, 200, 3))", 1104),
    ("Convolution2D(nb_filter=8, nb_row=3, nb_col=3, W_regularizer=l2(0.01), input_shape=(9, 9, 1))", 80),
    ("Conv2D(24, 5, 5, subsample=(2, 2), activation='elu', input_shape=(66, 200, 3))", 24 * 76),
    ("Convolution2D(8, 3, 3, dim_ordering='th', input_shape=(3, 32, 32))", 8 * 28),
    ("Convolution1D(nb_filter=16, filter_length=4, input_dim=8, input_length=20)", 16 * 33),
    ("GRU(output_dim=4, inner_activation='sigmoid', consume_less='gpu', input_shape=(5, 3))", 3 * (3 + 4 + 1) * 4),
    ("LSTM(4, inner_init='orthogonal', input_dim=3)", 4 * (3 + 4 + 1) * 4),
    ("Dense(output_dim=4, input_dim=3, init='uniform', bias=False)", 12),
    ("Convolution2D(64, (3, 3), input_shape=(32, 32, 3))", 64 * 28),
]


@pytest.mark.parametrize(("text", "params"), KERAS_1)
def test_calls_of_keras_1(text: str, params: int) -> None:
    assert counts(text)[1] == params


def test_a_text_for_keras_1_is_read_so_everywhere() -> None:
    modern, old = "input(5, 3) -> GRU(4)", "input(5, 3) -> GRU(4) -> Dense(output_dim=2)"
    assert (counts(modern)[1], counts(old)[1]) == (3 * ((3 + 4) * 4 + 8), 3 * (3 + 4 + 1) * 4)


# ---------------------------------------------------------------- lists and lines


def test_layers_in_a_row() -> None:
    chain = "input(8, 8, 3) -> Conv2D(4, 3) -> MaxPooling2D() -> Flatten() -> Dense(2)"
    lines = "input(8, 8, 3)\nConv2D(4, 3)\nMaxPooling2D()\nFlatten()\nDense(2)"
    commas = "input(8, 8, 3), Conv2D(4, 3), MaxPooling2D(), Flatten(), Dense(2),"
    listed = "input(8, 8, 3) -> [Conv2D(4, 3), MaxPooling2D(),] -> Sequential([Flatten, Dense(2)])"
    both = "input(8, 8, 3)\nlet n = 2\n[Conv2D(4, 3)]\nSequential(MaxPooling2D(), Flatten()) Dense(n)"
    assert counts(chain) == counts(lines) == counts(commas) == counts(listed) == counts(both)


def test_what_starts_a_chain_of_its_own_still_does() -> None:
    text = "input(8) as a\nDense(3)\ninput(9)\nDense(4)\n@a\nDense(5)\ndef Block = Dense(6)\ninput(2) -> Block"
    assert counts(text) == [0, 27, 0, 40, 45, 0, 18]
    with pytest.raises(SymparamsError, match="dense has no input"):
        sp.parse("input(8)\ndense(3)")


def test_a_repeated_list() -> None:
    assert counts("input(4) -> [Dense(4), ReLU()] * 3") == [0, 20, 0, 20, 0, 20, 0]


def test_ordered_dictionaries_name_their_layers() -> None:
    text = "input(3) -> nn.Sequential(OrderedDict([('fc1', nn.Linear(3, 4)), ('features.3', nn.ReLU())]))"
    assert [node.name for node in net(text).nodes] == ["input_1", "fc1", "features.3"]


# ---------------------------------------------------------------- names


def test_names_in_quotes() -> None:
    text = "input(3) -> dense(4) as \"features.3\" -> relu as 'softmax'\n@\"features.3\" -> share(@'features.3') as x"
    with pytest.raises(SymparamsError, match=r"weights of features\.3"):
        net(text)
    text = text.replace("input(3)", "input(4)")
    assert [node.name for node in net(text).nodes] == ["input_1", "features.3", "softmax", "x"]
    written = printed(read_network(Source("text", text)))
    assert written == (
        'input(4) -> dense(4) as "features.3" -> relu as "softmax"\n@"features.3" -> share(@"features.3") as x\n'
    )
    assert printed(read_network(Source("text", written))) == written


def test_a_name_as_an_argument() -> None:
    names = [node.name for node in net("input(3) -> Dense(4, name='relu') -> Dense(5, name='b') as c").nodes]
    assert names == ["input_1", "relu", "c"]
    assert net("input(3) -> Dense(4, name='h') @h -> Dense(2)").nodes[2].inputs == (1,)


# ---------------------------------------------------------------- records


def call(of: str, *values: object, **keywords: object) -> r.Call:
    at = Span(0)
    given = [r.Argument(None, v, at) for v in values] + [r.Argument(k, v, at) for k, v in keywords.items()]  # type: ignore[arg-type]
    return r.Call(of, tuple(given), at)


def test_records_without_a_text_are_read_alike() -> None:
    items = (
        call("Input", shape=(Number(8), Number(8), Number(3))),
        call(
            "Conv2D", Number(4), (Number(3), Number(3)), activation="'relu'", use_bias=r.FALSE, bias_initializer=r.NONE
        ),
        call(
            "TimeDistributed",
            r.Group(r.Chain((call("Dense", Number(2)),), Span(0)), None, None, None, None, *[Span(0)] * 2),
        ),
        call("Dense", Number(5), Symbol("tf.nn.relu"), name="'features.3'"),
    )
    found = built([r.Chain(items, Span(0))], Source("code", ""))
    assert [node.counts.params for node in found.nodes] == [0, 108, 10, 15]
    assert found.nodes[-1].name == "features.3"


def test_what_only_the_language_read_otherwise_is_no_error_in_records() -> None:
    chain = r.Chain((call("input", Number(3), Number(8), Number(8)), call("nn.Upsample", Number(16))), Span(0))
    assert built([chain], Source("code", "")).nodes[-1].shape == (3, 16, 16)
    chain = r.Chain((call("input", Number(3), Number(8), Number(8)), call("nn.Conv2d", Number(16))), Span(0))
    with pytest.raises(SymparamsError, match=r"^call:1:1: nn\.Conv2d needs out_channels and kernel_size: nn"):
        built([chain], Source("call", " "))
    with pytest.raises(SymparamsError, match=r"up to version 0\.3"):
        network(Source("text", "input(3, 8, 8) -> nn.Upsample(16)"))


# ---------------------------------------------------------------- numbers


@pytest.mark.parametrize("number", ["1e-4", "1E3", ".5", "0.", "1_0", "2.5e-1"])
def test_numbers_of_python(number: str) -> None:
    sp.parse(f"input(3) -> ActivityRegularization(l1={number})")
    assert counts("input(3) -> dense(1_0)") == [0, 40]


def test_printing_keeps_what_was_typed() -> None:
    text = "input(8, 8, 3) -> Conv2D(4, (3, 3), activation='relu') -> Reshape((144,)) -> Dense(2, l2(0.5), None)\n"
    assert printed(read_network(Source("text", text))) == text
