"""The trainable scale gamma and the trainable shift beta that a normalization ends with."""

from __future__ import annotations

from typing import Any, ClassVar

from symparams.algebra.formula import Formula
from symparams.errors import LayerError
from symparams.layers.sizes import times
from symparams.model.arguments import argument, switch
from symparams.model.layer import Incoming, Layer, Outgoing, Requirement, Rules, Unit, layer_class
from symparams.model.sentence import Text, say
from symparams.model.tensor import Tensor, flat, tensor
from symparams.model.work import Work

RESCALED = "each value is rescaled in place, so the shape stays the same"


@layer_class
class Factored(Layer):
    """A layer that ends with a trainable scale gamma."""

    scale: bool = argument(switch(), "whether it has gamma, a trainable scale", True, keyword=True)
    affine: bool = argument(
        switch(), "whether it has trainable parameters", True, short="elementwise_affine", keyword=True
    )

    def has_beta(self) -> bool:
        """Whether it has a trainable shift as well."""
        return False

    def stored_gamma(self, x: Incoming) -> str:
        """The name under which its scale is stored, where it is not the usual one."""
        return ""

    def trained(self, x: Incoming, sizes: tuple[Formula, ...]) -> tuple[Tensor, ...]:
        """gamma and beta, as far as the layer has them."""
        if not self.affine:
            return ()
        if x.convention == "torch" and self.has_beta() and not self.scale:
            raise LayerError(
                "PyTorch has no beta without gamma; write affine=no for neither or bias=no for gamma alone"
            )
        return (
            *([tensor(x.convention, "gamma", outputs=sizes, stored=self.stored_gamma(x))] if self.scale else []),
            *([tensor(x.convention, "beta", outputs=sizes, kind="bias")] if self.has_beta() else []),
        )

    def rescaled(
        self,
        x: Incoming,
        sizes: tuple[Formula, ...],
        because: Text,
        requires: tuple[Requirement, ...] = (),
        plural: str = "channels",
        ignores: tuple[Text, ...] = (),
    ) -> Rules:
        """The rules of a layer that keeps the shape and shares gamma and beta of these sizes."""
        return Rules(
            output=x.kept_by_position() if self.reads == "features" else x.kept(),
            tensors=self.trained(x, sizes),
            because=because,
            shape_because=RESCALED,
            channels_are=None,
            requires=requires,
            unit=Unit(plural, flat(sizes)),
            ignores=ignores if self.trained(x, sizes) else (),
        )

    def scaled_work(self, out: Outgoing, additions: int, multiplications: int) -> Work:
        """So many operations for each number, and those of beta and gamma."""
        return Work(
            additions=times(additions + (self.affine and self.has_beta()), out.numbers()),
            multiplications=times(multiplications + (self.affine and self.scale), out.numbers()),
        )


def beta() -> Any:
    """The argument of layers that can have a beta."""
    return argument(
        switch(), "whether it has beta, a trainable shift, which PyTorch calls bias", True, short="bias", keyword=True
    )


@layer_class
class Scaled(Factored):
    """A layer that ends with a trainable scale gamma and a trainable shift beta."""

    center: bool = beta()

    at_any_size: ClassVar = True

    def has_beta(self) -> bool:
        return self.center


def named(tensors: tuple[Tensor, ...]) -> str:
    """A trainable scale and shift, as far as there are tensors for them."""
    called = [{"gamma": "scale (gamma)", "beta": "shift (beta)"}[t.name] for t in tensors]
    return f"a trainable {' and '.join(called)}" if called else "no trainable scale or shift"


def positions_share(x: Incoming) -> tuple[Text, ...]:
    """That the sizes of the spatial axes do not matter; () where there are none."""
    named = {1: "length of the sequence", 2: "size of the image", 3: "size of the volume"}.get(len(x.spatial))
    if named is None:
        return ()
    reason = "does not matter: all positions of a channel share its parameters"
    if not all(isinstance(size, int) for size in x.spatial):
        return (f"the {named} {reason}",)
    return (say(f"the {named}, {{sizes}}, {reason}", sizes=x.spatial),)
