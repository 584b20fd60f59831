"""Adapters: small trained matrices beside a layer that is kept as it is."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from symparams.algebra.formula import ONE, Formula, product
from symparams.errors import LayerError
from symparams.layers.convolution import Convolution
from symparams.layers.dense import Dense
from symparams.layers.feedforward import joint
from symparams.model.arguments import COUNT, LAYER, argument
from symparams.model.citation import found_in
from symparams.model.layer import Incoming, Layer, Outgoing, Reading, Rules, Sight, Unit, layer_class, symbol
from symparams.model.sentence import Text, say, together
from symparams.model.tensor import Sizes, tensor
from symparams.model.work import Work


@layer_class
class LowRankAdapter(Layer):
    """Adds two thin matrices to a layer whose kernel is kept: r·(n_in + n_out) more parameters, the trained ones.

    The change of a dense kernel is a product of an n_in × r and an r × n_out matrix; of a convolution, r filters of the
    same kernel and C_out of size 1. Keras (enable_lora) keeps training the bias; adapters for PyTorch (PEFT) freeze it.
    """

    layer: Layer = argument(LAYER, "the layer: a dense layer or a convolution")
    rank: Formula = argument(COUNT, "rank: the dimensions between the two matrices", short="r")

    names: ClassVar = ("lora",)
    stock: ClassVar = ("keras",)
    cited: ClassVar = found_in("hu2022 §4.1")
    title: ClassVar = "Low-rank adapter"
    by_hand: ClassVar = "the two matrices of an adapter are written as r·(n_in + n_out), with the rank factored out"
    family: ClassVar = "Layers around layers"
    example: ClassVar = "input(128, 4096) -> lora(dense(4096, bias=no), 8)"

    @property
    def reading(self) -> Reading:
        return self.layer.reading

    def rules(self, *arriving: Incoming) -> Rules:
        base = self._base(arriving)
        kernel, *_ = base.tensors
        r = symbol("r", self.rank, "rank")
        convention = arriving[0].convention
        torch = convention == "torch"
        places, seen, last = kernel.of("kernel"), kernel.of("input"), kernel.of("output")
        fixed = [replace(t, trained=t.kind == "bias" and not torch) for t in base.tensors]
        trained = "Only these are" if torch or len(fixed) == 1 else "These and the bias are"
        down, up = ("lora_A.weight", "lora_B.weight") if torch else ("lora_kernel_a", "lora_kernel_b")
        A, B = (*places, *seen, r), (r, *last)
        return replace(
            base,
            tensors=(
                *fixed,
                tensor(convention, "lora A", kernel=places, inputs=seen, outputs=(r,), stored=down),
                tensor(
                    convention,
                    "lora B",
                    kernel=tuple(ONE for _ in places) if torch else (),
                    inputs=(r,),
                    input_word="adapter dimensions",
                    outputs=last,
                    stored=up,
                ),
            ),
            written=base.parameters + r * (product((*places, *seen)) + product(last)),
            because=together(base.because, _told(A, B, r), f"{trained} trained; the kernel is frozen", between=". "),
            unit=None,
            units=(
                Unit("adapted layers", ONE, each=base.parameters),
                Unit("down-projection matrices", ONE, each=product(A)),
                Unit("up-projection matrices", ONE, each=product(B)),
            ),
            differs="" if len(fixed) == 1 else _DIFFERS,
        )

    def _base(self, arriving: tuple[Incoming, ...]) -> Rules:
        if not isinstance(self.layer, (Dense, Convolution)):
            raise LayerError(f"adapts a dense layer or a convolution, not {self.layer.called}")
        return self.layer.rules(*arriving)

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """That of the layer, of r more outputs beside it and of the way up from them; then both are added.

        Keras computes the sum of the matrices instead, which costs n_in·r·n_out whatever the number of positions.
        """
        base = self.layer.work(out, *arriving)
        adapter = Work(additions=out.numbers())
        kernel, *_ = self._base(arriving).tensors
        r = symbol("r", self.rank, "rank")
        beside = say(
            "the adapter takes {=down products} to its {r dimensions} and {=up} from them to the outputs"
            + (", for each position" if out.positions() else ""),
            down=product((*kernel.of("kernel", "input"), r)),
            up=product((r, *kernel.of("output"))),
            r=r,
        )
        return joint(base, adapter, because=together(base.because, beside))

    def reach(self, *arriving: Incoming) -> Sight:
        return self.layer.reach(*arriving)


def _told(A: Sizes, B: Sizes, r: Formula) -> Text:
    """What is added to the layer."""
    return say(
        "The adapter adds two matrices, {A} and {B}, whose product is the change to the kernel; "
        "its rank, the width between them, is {r}",
        A=A,
        B=B,
        r=r,
    )


_DIFFERS = "Keras keeps training the bias of the layer; adapters for PyTorch (PEFT) freeze it"
