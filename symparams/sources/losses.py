"""The losses of Keras and PyTorch, which are no layers: they compare what a network gives with what is wanted."""

from __future__ import annotations

import re

# Without nn.AdaptiveLogSoftmaxWithLoss and nn.LinearCrossEntropyLoss, which have weights of their own.
_TORCH = (
    "BCELoss BCEWithLogitsLoss CTCLoss CosineEmbeddingLoss CrossEntropyLoss GaussianNLLLoss HingeEmbeddingLoss "
    "HuberLoss KLDivLoss L1Loss MSELoss MarginRankingLoss MultiLabelMarginLoss MultiLabelSoftMarginLoss "
    "MultiMarginLoss NLLLoss NLLLoss2d PoissonNLLLoss SmoothL1Loss SoftMarginLoss TripletMarginLoss "
    "TripletMarginWithDistanceLoss"
)
_KERAS = (
    "BinaryCrossentropy BinaryFocalCrossentropy CTC CategoricalCrossentropy CategoricalFocalCrossentropy "
    "CategoricalGeneralizedCrossEntropy CategoricalHinge Circle CosineSimilarity Dice Hinge Huber KLDivergence LogCosh "
    "MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredError MeanSquaredLogarithmicError Poisson "
    "SparseCategoricalCrossentropy SquaredHinge Tversky"
)
TORCH, KERAS = frozenset(_TORCH.split()), frozenset(_KERAS.split())

_NAME = re.compile(r"(?<![\w.])(?:[A-Za-z_]\w{0,40}\.){0,5}[A-Z]\w{2,40}(?![\w.])")


def is_loss(name: str) -> bool:
    """Whether a name, as it is written in code, is that of a loss; one of Keras needs `losses.` before it."""
    before, _, last = name.rpartition(".")
    return last in TORCH or (last in KERAS and before.rpartition(".")[2] == "losses")


def loss_in(text: str) -> str:
    """The first loss that a text names, as it is written there; "" if it names none."""
    return next((found[0] for found in _NAME.finditer(text) if is_loss(found[0])), "")
