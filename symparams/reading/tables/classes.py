"""Class names as tables print them: those of Keras, also where they are cut or only an automatic name is left."""

from __future__ import annotations

import re
from functools import cache

_KERAS = """
Activation ActivityRegularization Add AdditiveAttention AlphaDropout Attention Average AveragePooling1D
AveragePooling2D AveragePooling3D BatchNormalization Bidirectional CategoryEncoding CenterCrop Concatenate Conv1D
Conv1DTranspose Conv2D Conv2DTranspose Conv3D Conv3DTranspose ConvLSTM1D ConvLSTM2D ConvLSTM3D Convolution1D
Convolution2D Convolution3D Cropping1D Cropping2D Cropping3D CuDNNGRU CuDNNLSTM Deconvolution2D Dense DepthwiseConv1D
DepthwiseConv2D Dot Dropout ELU Embedding Flatten Functional GRU GaussianDropout GaussianNoise GlobalAveragePooling1D
GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D
GroupNormalization GroupedQueryAttention Highway Identity InputLayer LSTM Lambda LayerNormalization LeakyReLU
LocallyConnected1D LocallyConnected2D Masking MaxPooling1D MaxPooling2D MaxPooling3D Maximum MaxoutDense Merge Minimum
Model MultiHeadAttention Multiply Normalization PReLU ParametricSoftplus Permute RMSNormalization RNN RandomContrast
RandomFlip RandomRotation RandomZoom ReLU RepeatVector Rescaling Reshape Resizing SReLU SeparableConv1D
SeparableConv2D SeparableConvolution2D Sequential SimpleRNN Softmax SpatialDropout1D SpatialDropout2D SpatialDropout3D
SpectralNormalization Subtract TFOpLambda SlicingOpLambda TextVectorization ThresholdedReLU TimeDistributed
UnitNormalization UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D ZeroPadding3D
"""
_CLASSES = tuple(_KERAS.split())

_CONTAINERS = {"Functional", "Model", "Sequential"}


def is_container(type_: str) -> bool:
    """Whether a row of this class stands for a network of its own."""
    return type_ in _CONTAINERS


def snake(type_: str) -> str:
    """The automatic name of a class, as Keras makes it: max_pooling2d."""
    spaced = re.sub(r"\W+", "", type_)
    spaced = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", spaced)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", spaced).lower()


@cache
def _by_name() -> dict[str, str]:
    return (
        {snake(type_): type_ for type_ in _CLASSES}
        | {type_.lower(): type_ for type_ in _CLASSES}
        | {"input": "InputLayer", "re_lu": "ReLU"}
    )


def completed(type_: str, name: str, rank: int = 0, *, closed: bool = True) -> str:
    """The class that a cut one and the name beside it tell; what is printed where they do not.

    `rank` is the number of spatial axes, which decides between 1D, 2D and 3D where the name does not; a bracket that is
    not `closed` may have been cut behind a whole class.
    """
    if closed and type_ in _CLASSES:
        return type_
    fitting = [known for known in _CLASSES if known.startswith(type_)] if type_ else []
    if len(fitting) == 1 and len(type_) > 2:
        return fitting[0]
    by_name = _by_name().get(re.sub(r"(_input)?(_\d+)?$", "", name))
    if by_name is not None and by_name.startswith(type_):
        return by_name
    if not type_ or not fitting:
        return type_
    worn = [known for known in fitting if snake(known) in name or known.lower() in name]
    fitting = worn or fitting
    return next((known for known in fitting if f"{rank}D" in known), min(fitting, key=len))
