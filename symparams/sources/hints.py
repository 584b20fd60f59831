"""What to write here for what Keras and PyTorch write: for messages about arguments that a layer does not have."""

from __future__ import annotations

from collections.abc import Collection

from symparams.errors import nearest
from symparams.sources.losses import is_loss

# The size of what arrives, which the frameworks want to be told and the language knows.
_ARRIVES = (
    "in_channels in_features in1_features in2_features input_size input_shape input_dim input_length "
    "num_features num_channels batch_input_shape batch_shape"
)

# Settings that no shape and no count depends on.
_IDLE = (
    "kernel_initializer bias_initializer recurrent_initializer embeddings_initializer gamma_initializer "
    "beta_initializer depthwise_initializer pointwise_initializer kernel_regularizer bias_regularizer "
    "recurrent_regularizer embeddings_regularizer activity_regularizer kernel_constraint bias_constraint "
    "dtype device seed momentum eps epsilon inplace batch_first batch_size recurrent_dropout go_backwards "
    "stateful unroll mask_zero padding_idx max_norm norm_type sparse count_include_pad return_indices "
    "synchronized"
)

# What the frameworks call an argument: what layers here may call it.
_CALLED = {
    "out_channels": "filters",
    "out_features": "units",
    "hidden_size": "units",
    "hidden_features": "hidden",
    "d_hid": "hidden",
    "kernel_size": "kernel size",
    "pool_size": "size",
    "strides": "stride",
    "dilation_rate": "dilation",
    "use_bias": "bias",
    "num_embeddings": "vocabulary length",
    "max_tokens": "vocabulary",
    "input_dim": "vocabulary",
    "embedding_dim": "width",
    "output_dim": "width",
    "num_tokens": "tokens",
    "num_heads": "heads",
    "nhead": "heads",
    "embed_dim": "width",
    "key_dim": "head",
    "value_dim": "value",
    "num_groups": "groups",
    "normalized_shape": "shape",
    "target_shape": "target",
    "dims": "order",
    "dim": "axis",
    "n": "times",
    "p": "rate",
    "return_sequences": "sequences",
    "merge_mode": "merge",
    "ceil_mode": "ceil",
    "padding_mode": "mode",
    "interpolation": "mode",
    "align_corners": "mode",
    "scale_factor": "factor",
    "upscale_factor": "factor",
    "downscale_factor": "factor",
    "output_size": "size output",
    "cropping": "amount",
    "padding": "amount",
    "depth_multiplier": "multiplier",
    "alpha": "settings",
    "negative_slope": "settings",
    "stddev": "deviation",
}

_OTHERWISE = {
    "name": "a name comes after the layer: {layer}(…) as first",
    "trainable": "the flag `frozen` makes its parameters non-trainable",
    "frozen": "`frozen` is a flag and stands alone",
    "data_format": "`convention torch` at the start puts the channels first",
}


def instead(keyword: str, known: Collection[str], layer: str) -> str:
    """What to do in place of an argument that a layer does not have: `; did you mean `kernel`?`."""
    here = next((name for name in _CALLED.get(keyword, "").split() if name in known), None)
    if here is not None:
        return f"; here it is `{here}`"
    if keyword in _OTHERWISE:
        return "; " + _OTHERWISE[keyword].format(layer=layer)
    if keyword in _ARRIVES.split():
        return "; the size of the input is known, so leave it out"
    if keyword in _IDLE.split():
        return "; no shape or count depends on it, so leave it out"
    if not known:
        return "; it has no arguments"
    return nearest(keyword, known)


# The layers whose constructors in PyTorch begin with the size of what arrives, in small letters as our own names are.
_TOLD = (
    "linear conv1d conv2d conv3d convtranspose1d convtranspose2d convtranspose3d batchnorm1d batchnorm2d batchnorm3d "
    "syncbatchnorm instancenorm1d instancenorm2d instancenorm3d rnn lstm gru rnncell lstmcell grucell bilinear"
)


def too_many(name: str, known: Collection[str], text: str) -> str:
    """The likely reason why there is a number too many."""
    if name.casefold() in _TOLD.split():
        return "; the size of the input is known and is not written"
    return f"; a stride is stride={text}" if "stride" in known else ""


# Classes of the frameworks that are no layers, and why.
_REASONS = {
    "sequential modulelist pipeline": "layers follow each other with -> and repeat with [ … ] * N",
    "lambda": "nobody can see into code; say what it does with layers",
    "model module layer": "it is a whole network or a base class; write the layers that it has",
}


def no_layer(name: str) -> str:
    """Why a class of a framework is no layer here, if it is one."""
    if is_loss(name):
        return "; a loss is not part of the network and has no parameters"
    name = name.rpartition(".")[2].casefold()
    return next((f"; {reason}" for names, reason in _REASONS.items() if name in names.split()), "")
