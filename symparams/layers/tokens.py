"""Small parts of transformers: class tokens, scales for each channel."""

from __future__ import annotations

from typing import ClassVar

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, Formula
from symparams.errors import LayerError
from symparams.layers.dense import same_everywhere
from symparams.layers.feedforward import as_it_came
from symparams.layers.filters import positions_share
from symparams.model.arguments import COUNT, argument
from symparams.model.citation import found_in
from symparams.model.layer import Axis, Incoming, Layer, Outgoing, Rules, Unit, layer_class, symbol
from symparams.model.sentence import say
from symparams.model.tensor import tensor
from symparams.model.work import Work


@layer_class
class ClassToken(Layer):
    """Places a learned token before the sequence: (T, d) becomes (T + 1, d), d parameters.

    With `classtoken(n)` there are n of them, n·d parameters, as the registers of later vision transformers.
    """

    tokens: Formula = argument(COUNT, "number of tokens", ONE)

    names: ClassVar = ("classtoken",)
    cited: ClassVar = found_in("dosovitskiy2021 Eq. (1)")
    title: ClassVar = "Class token"
    family: ClassVar = "Transformer"
    example: ClassVar = "input(196, 768) -> classtoken"
    reads: ClassVar = "features"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        if len(x.shape) != 2:
            raise LayerError(f"needs a sequence of shape (T, d), not {x}")
        length = x.sequence()
        one = number(self.tokens) == 1
        n = symbol("n", self.tokens, "tokens")
        d = symbol("d", x.shape[-1], "input features", incoming=True)
        return Rules(
            output=(
                Axis("length", length.size + (1 if one else n)),
                Axis(x.last_name, as_it_came(x)[-1].size),
            ),
            tensors=(tensor(x.convention, "token", copies=() if one else (n,), outputs=(d,)),),
            because=say(_SINGLE if one else _SEVERAL, n=n, d=d),
            shape_because=say(
                f"{'the token is' if one else 'the {n tokens} are'} placed before the {{T positions}} of the sequence",
                n=n,
                T=length.size,
            ),
            channels_are=None,
            unit=None if one else Unit("tokens", n),
            ignores=(say("the length of the sequence, {T}, does not matter", T=length.size),),
        )


_SINGLE = "the class token is one learned vector of {d values}, as long as the vector of each position"
_SEVERAL = "each of the {n tokens} is a learned vector of {d values}, as long as the vector of each position"


@layer_class
class LayerScale(Layer):
    """Multiplies each channel by a learned factor: d parameters, the shape stays.

    The channels are those of the convention for images (ConvNeXt), the last axis for sequences (vision transformers).
    """

    names: ClassVar = ("layerscale",)
    cited: ClassVar = found_in("touvron2021 §2")
    title: ClassVar = "Scale for each channel"
    family: ClassVar = "Transformer"
    example: ClassVar = "input(56, 56, 96) -> depthwise(7, same) -> layerscale"
    reads: ClassVar = "features"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        images = len(x.shape) > 2
        size = x.channels if images else x.shape[-1]
        d = symbol("d", size, "input channels" if images else "input features", incoming=True)
        return Rules(
            output=x.kept() if images else as_it_came(x),
            tensors=(tensor(x.convention, "scale", outputs=(d,)),),
            because=say(f"each of the {{d {'channels' if images else 'features'}}} has one learned factor", d=d),
            shape_because="every value is only multiplied by a factor, so the shape stays the same",
            channels_are=None,
            ignores=positions_share(x, "factor") if images else same_everywhere(x) if len(x.shape) > 1 else (),
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        return Work(multiplications=out.numbers())
