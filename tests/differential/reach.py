"""What no network can compare with a framework, each with its reason; a run that does compare it is red."""

from __future__ import annotations

from dataclasses import dataclass

from symparams.layers.activation import PReLU
from symparams.layers.adaptive import AdaptiveAveragePooling, AdaptiveMaxPooling
from symparams.layers.attention import Attention
from symparams.layers.bidirectional import Bidirectional
from symparams.layers.convolution import Convolution
from symparams.layers.embedding import Tied
from symparams.layers.multihead import MultiHeadAttention
from symparams.layers.normalization import (
    BatchNormalization,
    InstanceNormalization,
    LayerNormalization,
    RMSNormalization,
)
from symparams.layers.opaque import Opaque
from symparams.layers.pooling import AveragePooling, MaxPooling
from symparams.layers.recurrent import GRU, LSTM, RNN
from symparams.layers.recurrent_cells import GRUCell, LSTMCell, RNNCell
from symparams.layers.reshaping import Permute
from symparams.layers.resizing import Upsampling
from symparams.layers.source import Input
from symparams.layers.spectrogram import MelSpectrogram
from symparams.layers.stacks import Transformer
from symparams.layers.transposed import TransposedConvolution
from symparams.model.layer import Layer
from tests.differential.coverage import ARGUMENTS, LAYERS, Goal
from tests.differential.family import BOTH

KERAS, TORCH = ("keras",), ("torch",)


@dataclass(frozen=True)
class OutOfReach:
    """Layers, or values of an argument, that cannot be compared."""

    layers: tuple[type[Layer], ...]  # (): every layer
    conventions: tuple[str, ...]
    reason: str
    argument: str = ""  # "": the layers at all
    kinds: tuple[str, ...] = ()  # of its values, as `coverage.arguments` calls them; (): all of them


def _named(names: str) -> tuple[type[Layer], ...]:
    by_name = {layer.__name__: layer for layer in LAYERS}
    return tuple(by_name[name] for name in names.split())


_GATED = (LSTM, GRU, LSTMCell, GRUCell)
_OTHER_THAN_TANH = tuple(kind for kind in ARGUMENTS[LSTM]["activation"] if kind != "tanh")
_OTHER_THAN_SIGMOID = tuple(kind for kind in ARGUMENTS[LSTM]["activation"] if kind != "sigmoid")
_NO_NONLINEARITY = tuple(kind for kind in _OTHER_THAN_TANH if kind != "relu")
_KERAS_WORDS = ("sparse_plus", "sparse_sigmoid", "sparsemax", "squareplus")
_FUNCTIONS = ("function", "activation", "recurrent_activation")

OUT_OF_REACH: tuple[OutOfReach, ...] = (
    OutOfReach((Input,), BOTH, "the shape of the data is given, not computed"),
    OutOfReach((Opaque,), BOTH, "a layer that is not known: its shape and its count are given"),
    OutOfReach(
        _named(
            "LowRankAdapter Bidirectional Dot EinsumDense ConvLSTM ReversibleEmbedding GroupedQueryAttention "
            "Normalization SpectralNormalization UnitNormalization Augmentation CategoryEncoding Lookup Rescaling "
            "ActivityRegularization GaussianNoise Masking RepeatVector AdditiveAttention DotAttention MelSpectrogram "
            "STFTSpectrogram StackedCells"
        ),
        TORCH,
        "a layer of Keras: torch.nn has no such class",
    ),
    OutOfReach(
        _named(
            "GLU FractionalMaxPooling Bilinear CosineSimilarity PairwiseDistance EmbeddingBag "
            "LocalResponseNormalization Padding PowerPooling Unflatten ChannelShuffle Fold PixelShuffle PixelUnshuffle "
            "Unfold Transformer TransformerEncoder TransformerEncoderLayer EncoderLayer DecoderLayer MaxUnpooling"
        ),
        KERAS,
        "a layer of PyTorch: keras.layers has no such class",
    ),
    OutOfReach(
        _named("LocallyConnected"),
        BOTH,
        "a layer of Keras 2, which Keras 3 has no more; tests/test_locally_connected.py counts it position by position",
    ),
    OutOfReach(
        _named("LatentAttention WindowAttention Mamba"),
        KERAS,
        "no layer of either framework: its authors and their followers write it as a module of PyTorch",
    ),
    # ------------------------------------------------------------ functions
    *(OutOfReach((), KERAS, "Keras has no random slopes", name, ("rrelu",)) for name in _FUNCTIONS),
    *(OutOfReach((), TORCH, "PyTorch has no such function", name, _KERAS_WORDS) for name in _FUNCTIONS),
    OutOfReach((RNN, RNNCell), TORCH, "PyTorch has tanh and relu here", "activation", _NO_NONLINEARITY),
    OutOfReach((RNN,), TORCH, "PyTorch runs no cell over a sequence", "units", ("a layer",)),
    OutOfReach(_GATED, TORCH, "PyTorch has no argument for it", "activation", _OTHER_THAN_TANH),
    OutOfReach(_GATED, TORCH, "PyTorch has no argument for it", "recurrent_activation", _OTHER_THAN_SIGMOID),
    OutOfReach((GRU, GRUCell), TORCH, "PyTorch resets after the matrix", "reset_after", ("no",)),
    # ------------------------------------------------------------ space
    OutOfReach((Convolution,), TORCH, "PyTorch has no causal padding", "padding", ("causal",)),
    OutOfReach(
        (AveragePooling, MaxPooling, TransposedConvolution), TORCH, "PyTorch wants numbers here", "padding", ("same",)
    ),
    OutOfReach((AveragePooling, MaxPooling), KERAS, "Keras always rounds down", "ceil", ("yes",)),
    OutOfReach((MaxPooling,), KERAS, "Keras pools places side by side", "dilation", ("another", "several")),
    OutOfReach((AdaptiveAveragePooling, AdaptiveMaxPooling), KERAS, "Keras wants every size", "size", ("keep",)),
    OutOfReach((TransposedConvolution,), KERAS, "Keras has no groups here", "groups", ("another",)),
    OutOfReach((TransposedConvolution,), KERAS, "Keras has words here", "padding", ("given", "several")),
    OutOfReach((Upsampling,), KERAS, "Keras takes a factor", "size", ("given", "several")),
    OutOfReach((Upsampling,), KERAS, "Keras interpolates images only", "mode", ("linear", "trilinear")),
    # ------------------------------------------------------------ normalization
    OutOfReach((BatchNormalization,), TORCH, "PyTorch has no batch renormalization", "renorm", ("yes",)),
    OutOfReach((BatchNormalization,), KERAS, "Keras always measures", "track", ("no",)),
    OutOfReach((InstanceNormalization,), KERAS, "Keras measures nothing here", "track", ("yes",)),
    OutOfReach((RMSNormalization,), KERAS, "Keras always has the factor", "scale", ("no",)),
    OutOfReach((RMSNormalization,), KERAS, "Keras always has the factor", "affine", ("no",)),
    OutOfReach(
        (LayerNormalization, RMSNormalization), BOTH, "how many axes, a number", "trailing", ("several", "from the end")
    ),
    # ------------------------------------------------------------ attention and recurrence
    OutOfReach((Attention,), BOTH, "neither framework tells the biases apart", "qkvbias", ("yes", "no")),
    OutOfReach((Attention,), BOTH, "neither framework tells the biases apart", "keybias", ("yes", "no")),
    OutOfReach((Attention,), KERAS, "an argument of PyTorch", "biaskv", ("yes",)),
    OutOfReach((Attention,), KERAS, "Keras's attention has no norms inside", "qknorm", ("rms", "layer")),
    OutOfReach((Attention,), KERAS, "Keras's attention has no positions inside", "rope", ("yes",)),
    *(
        OutOfReach((Attention,), TORCH, "an argument of Keras", name, ("given",))
        for name in ("head", "value", "output", "kv")
    ),
    OutOfReach((Attention,), TORCH, "an argument of Keras", "gate", ("yes",)),
    *(
        OutOfReach((MultiHeadAttention,), KERAS, "an argument of PyTorch", name, ("given",))
        for name in ("embed_dim", "kdim", "vdim")
    ),
    OutOfReach((MultiHeadAttention,), KERAS, "an argument of PyTorch", "add_bias_kv", ("yes",)),
    *(
        OutOfReach((MultiHeadAttention,), TORCH, "an argument of Keras", name, ("given",))
        for name in ("key_dim", "value_dim", "output_shape")
    ),
    OutOfReach((MultiHeadAttention,), TORCH, "an argument of Keras", "use_gate", ("yes",)),
    OutOfReach((LSTM,), KERAS, "Keras has no projection", "projection", ("given",)),
    OutOfReach((Bidirectional,), KERAS, "two outputs are a fork here", "merge", ("none",)),
    OutOfReach((Transformer,), TORCH, "512 features, wider than the networks here", "d_model", ("default",)),
    # ------------------------------------------------------------ the rest
    OutOfReach((MelSpectrogram,), KERAS, "2,048 places, longer than the waves here", "fft_length", ("default",)),
    OutOfReach((PReLU,), KERAS, "Keras says which axes share a slope", "parameters", ("given",)),
    OutOfReach(
        (PReLU,),
        TORCH,
        "PyTorch has no shared axes",
        "shared",
        ("another", "several", "from the start", "from the end"),
    ),
    OutOfReach((Permute,), BOTH, "axes are counted from 1", "order", ("from the end",)),
    OutOfReach((Tied,), KERAS, "the way back has no bias", "bias", ("yes",)),
)


def is_out_of_reach(goal: Goal, convention: str) -> bool:
    """Whether it is declared that this cannot be compared."""
    return any(_covers(one, goal) for one in OUT_OF_REACH if convention in one.conventions)


def _covers(one: OutOfReach, goal: Goal) -> bool:
    if one.layers and goal.layer not in one.layers:
        return False
    return not one.argument or any(
        name == one.argument and (not one.kinds or kind in one.kinds) for name, kind in goal.values
    )
