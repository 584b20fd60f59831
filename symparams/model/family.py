"""The families of layers, in the order of a course: the headings of the catalogue."""

from __future__ import annotations

from typing import Literal, TypeAlias

Family: TypeAlias = Literal[
    "Input and data",
    "Dense layers",
    "Convolution",
    "Pooling",
    "Upsampling and transposed convolution",
    "Activation",
    "Normalization",
    "Regularization",
    "Shape",
    "Branches joined",
    "Recurrent layers",
    "Embedding",
    "Attention",
    "Transformer",
    "Layers around layers",
    "Sound",
    "Further layers",
]
