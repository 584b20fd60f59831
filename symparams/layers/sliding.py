"""What all convolutions share: a kernel that slides over the input."""

from __future__ import annotations

from typing import ClassVar

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, Formula, Function
from symparams.layers.activation import ACTIVATION
from symparams.layers.filters import positions_share
from symparams.layers.window import Window
from symparams.model.arguments import PADDING, SIZES, argument, switch
from symparams.model.layer import (
    Incoming,
    Layer,
    Requirement,
    layer_class,
)
from symparams.model.sentence import Text

ONE_EACH = (ONE,)


@layer_class
class Sliding(Layer):
    """What all convolutions have: a kernel that slides over the input, and what is done with its output."""

    reads: ClassVar = "channels"

    stride: tuple[Formula, ...] = argument(
        SIZES, "stride: how far the kernel moves", ONE_EACH, short="s", keyword=True, told=True
    )
    padding: str | tuple[Formula, ...] = argument(
        PADDING, "padding: positions on each side", "valid", short="p", keyword=True, told=True
    )
    dilation: tuple[Formula, ...] = argument(
        SIZES, "dilation: the distance between neighboring weights", ONE_EACH, short="d", keyword=True, told=True
    )
    bias: bool = argument(switch(), "whether each output channel has a bias", True, keyword=True, told=True)
    activation: str = argument(ACTIVATION, "function on the output", "linear", keyword=True, told=True)

    def window(self, x: Incoming, kernel: tuple[Formula, ...]) -> Window:
        """The kernel as it slides over x."""
        return Window(x, kernel, self.stride, self.padding, self.dilation)

    def ignored(self, x: Incoming, what: str) -> tuple[Text, ...]:
        """What does not affect the count of its parameters: the positions, and how far apart they are."""
        shared = positions_share(x, what)
        if any(number(d) != 1 for d in self.dilation):
            return (*shared, "dilation only spreads the weights of a kernel apart; it adds none")
        if any(number(s) != 1 for s in self.stride):
            return (*shared, "the stride does not matter: it only changes the output size")
        return shared

    def not_both(self) -> tuple[Requirement, ...]:
        """Keras takes a stride or a dilation, not both."""
        pairs = [(s, d) for s in self.stride for d in self.dilation if 1 not in (number(s), number(d))]
        return tuple(Requirement(ONE, ">=", Function("min", pair), _both) for pair in dict.fromkeys(pairs))


def _both() -> str:
    return "Keras cannot combine a stride with a dilation; one of them must be 1"
