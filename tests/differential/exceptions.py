"""Where a framework and symparams differ on purpose, each with its reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from symparams.algebra.evaluation import number
from symparams.algebra.facts import NOTHING_KNOWN
from symparams.errors import SymparamsError
from symparams.layers.attention import Attention
from symparams.layers.bidirectional import Bidirectional
from symparams.layers.embedding import Positional
from symparams.layers.multihead import GroupedQueryAttention, MultiHeadAttention
from symparams.layers.normalization import GroupNormalization
from symparams.layers.preprocessing import Resizing
from symparams.layers.scores import AdditiveAttention, DotAttention
from symparams.layers.selecting import Slice
from symparams.layers.stacks import Transformer
from symparams.model.derived import derive
from symparams.model.layer import Layer
from tests.differential.family import BOTH, Sizes

REFUSED = "we refuse, the framework accepts"
ACCEPTED = "we accept, the framework refuses"
SHAPE = "shape"
COUNTS = "trainable and non-trainable parameters"
MACS = "multiply-accumulates"
STORED = "names and shapes of the tensors"


def _fits_alone(layer: Layer, arriving: Sequence[Sizes]) -> bool:
    """Whether symparams takes the layer on this input with weights of its own."""
    try:
        derive(layer, tuple(arriving), "keras", NOTHING_KNOWN)
    except SymparamsError:
        return False
    return True


def _shares_heads(layer: Layer, arriving: Sequence[Sizes]) -> bool:
    """Whether the heads would have to divide the width: Keras is then built by the first use, and refused there."""
    return isinstance(layer, Attention) and layer.head is None and arriving[0][-1] % (number(layer.heads) or 1) != 0


@dataclass(frozen=True)
class Excuse:
    """A kind of disagreement that is wanted."""

    layers: tuple[type[Layer], ...]  # (): every layer
    what: str  # REFUSED, ACCEPTED, SHAPE, COUNTS, MACS or STORED
    reason: str
    when: Callable[[Any, Sequence[Sizes]], bool] = lambda layer, arriving: True
    conventions: tuple[str, ...] = BOTH


EXCUSES: tuple[Excuse, ...] = (
    Excuse(
        (Slice,),
        REFUSED,
        "a slice of Python ends with the axis, and may leave no axis; here it has to lie within the axis, and "
        "one value has an axis",
    ),
    Excuse(
        (Positional,),
        REFUSED,
        "the layer that is built here for Keras looks at the width of its first input only, not where it is shared",
        lambda layer, arriving: len(arriving[0]) == 2 and arriving[0][-1] != number(layer.width),
    ),
    Excuse(
        (Attention, MultiHeadAttention, GroupedQueryAttention),
        REFUSED,
        "where weights are shared, Keras repeats an input or a matrix of width 1 to fit the other",
        lambda layer, arriving: _fits_alone(layer, arriving) or _shares_heads(layer, arriving),
        ("keras",),
    ),
    Excuse(
        (),
        REFUSED,
        "where weights are shared, Keras spreads a size of 1 over another one",
        _fits_alone,
        ("keras",),
    ),
    Excuse(
        (DotAttention, AdditiveAttention),
        REFUSED,
        "Keras takes inputs with further axes and spreads the scores over them; here positions and features are wanted",
        lambda layer, arriving: any(len(shape) > 2 for shape in arriving),
        ("keras",),
    ),
    Excuse(
        (DotAttention, AdditiveAttention),
        REFUSED,
        "Keras takes the batch for the positions where they are missing: the examples attend to each other",
        lambda layer, arriving: any(len(shape) == 1 for shape in arriving),
        ("keras",),
    ),
    Excuse(
        (GroupNormalization,),
        ACCEPTED,
        "where it is shared, Keras holds on to the channels of the first use, though there are no weights for them",
        lambda layer, arriving: not layer.affine,
        ("keras",),
    ),
    Excuse(
        (Transformer,),
        REFUSED,
        "PyTorch takes a third tensor for a mask",
        lambda layer, arriving: len(arriving) > 2,
        ("torch",),
    ),
    Excuse(
        (Resizing,),
        REFUSED,
        "Keras takes the batch and two further axes for a single image without a batch",
        lambda layer, arriving: len(arriving[0]) == 2,
        ("keras",),
    ),
    Excuse(
        (Attention, GroupedQueryAttention),
        ACCEPTED,
        "Keras's functional API refuses a memory of another width for grouped queries, though the layer takes it",
        lambda layer, arriving: (
            (isinstance(layer, GroupedQueryAttention) or layer.kv is not None) and len({s[-1] for s in arriving}) > 1
        ),
        ("keras",),
    ),
    Excuse(
        (Attention, MultiHeadAttention),
        REFUSED,
        "Keras's functional API gives a shape where query and memory have different ranks, but cannot compute",
        lambda layer, arriving: len({len(shape) for shape in arriving}) > 1,
        ("keras",),
    ),
    *(
        Excuse(
            (Bidirectional,),
            what,
            "Keras takes the outputs of the forward layer for those of both, until it runs and they are what we say",
            lambda layer, arriving: layer.backward is not None,
            ("keras",),
        )
        for what in (SHAPE, REFUSED)
    ),
)


def excuse(layer: Layer, arriving: Sequence[Sizes], what: str, convention: str) -> Excuse | None:
    """The reason why a disagreement is wanted, if there is one."""
    for one in EXCUSES:
        if (
            (not one.layers or type(layer) in one.layers)
            and one.what == what
            and convention in one.conventions
            and one.when(layer, arriving)
        ):
            return one
    return None
