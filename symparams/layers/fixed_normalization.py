"""Normalizations without trainable parameters, and the one that wraps a layer."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import ClassVar

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, Formula, Number, as_formula
from symparams.errors import LayerError
from symparams.layers.gamma_and_beta import RESCALED, positions_share
from symparams.layers.sizes import axes_of, sizes_of
from symparams.model.arguments import COUNT, INTEGERS, LAYER, argument, switch
from symparams.model.citation import found_in
from symparams.model.framework import keras, torch
from symparams.model.layer import (
    EVERYWHERE,
    Incoming,
    Layer,
    Outgoing,
    Rules,
    Sight,
    Unit,
    layer_class,
    nothing_to_learn,
    symbol,
)
from symparams.model.sentence import say, together
from symparams.model.tensor import flat, tensor
from symparams.model.work import Work


@layer_class
class UnitNormalization(Layer):
    """Divides by the length of the vector along the last axis, or along other axes: same shape, no parameters."""

    axis: tuple[int, ...] = argument(INTEGERS, "the axes of one vector", (-1,))

    names: ClassVar = ("unitnorm", "UnitNormalization")
    described: ClassVar = ("keras",)  # which axes are normalized is a matter of the framework
    calls: ClassVar = (keras("UnitNormalization", "axis"),)
    title: ClassVar = "Unit normalization"
    family: ClassVar = "Normalization"
    example: ClassVar = "input(16, 64) -> unitnorm"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        axes_of(self.axis, x)
        return nothing_to_learn(
            x.kept(),
            "each value is divided by the length of its vector, which is computed from the input, not learned",
            RESCALED,
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """For each number: squared, into the sum, divided by the length."""
        return Work(additions=out.numbers(), multiplications=2 * out.numbers())

    def reach(self, *arriving: Incoming) -> Sight:
        (x,) = arriving
        return () if axes_of(self.axis, x) == (x.channel_axis,) and len(x.shape) > 1 else EVERYWHERE


@layer_class
class LocalResponseNormalization(Layer):
    """Divides each value by the strength of its neighbors in n channels: same shape, no parameters."""

    size: Formula = argument(
        COUNT, "neighborhood: the number of neighboring channels that count", as_formula(5), told=True
    )

    names: ClassVar = ("lrn", "LocalResponseNorm", "CrossMapLRN2d")
    described: ClassVar = ("keras",)  # which axes are normalized is a matter of the framework
    calls: ClassVar = (torch("LocalResponseNorm CrossMapLRN2d", "size! -alpha -beta -k"),)
    cited: ClassVar = found_in(shape="krizhevsky2012 §3.3")
    title: ClassVar = "Local response normalization"
    family: ClassVar = "Normalization"
    ranked: ClassVar = False
    example: ClassVar = "input(55, 55, 96) -> lrn(5)"
    reads: ClassVar = "channels"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        if len(x.shape) < 2:
            raise LayerError(f"needs an input with channels and at least one spatial axis, but {x} arrives")
        return nothing_to_learn(
            x.kept(),
            say(
                "each value is divided by a number that is computed, not learned, from the {n channels} around its own",
                n=symbol("n", self.size, "neighboring channels"),
            ),
            RESCALED,
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """For each number: its square, the sum over n of them, a power of it, and a division."""
        n = symbol("n", self.size, "neighboring channels")
        return Work(
            additions=out.numbers() if number(self.size) == 1 else n * out.numbers(),
            multiplications=2 * out.numbers(),
            exponentials=out.numbers(),
        )


@layer_class
class Normalization(Layer):
    """Normalizes data by a mean and a variance that are measured beforehand: 2·C_in + 1 non-trainable parameters.

    They are the mean and the variance of every channel, and one counter. With a mean and a variance that are given
    (`fixed`) it keeps nothing. Keras only; in PyTorch it is a preprocessing step outside of the network.
    """

    axis: tuple[int, ...] = argument(INTEGERS, "axes with means and variances of their own", (-1,))
    fixed: bool = argument(switch("fixed"), "whether the mean and the variance are given", False, keyword=True)

    names: ClassVar = ("normalization", "Normalization")
    described: ClassVar = ("keras",)  # which axes are normalized is a matter of the framework
    stock: ClassVar = ("keras",)
    calls: ClassVar = (keras("Normalization", "axis^ mean:fixed+ -variance -invert"),)
    title: ClassVar = "Normalization of data"
    family: ClassVar = "Normalization"
    example: ClassVar = "input(32, 32, 3) -> normalization"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        places = axes_of(self.axis, x)
        if self.fixed:
            return nothing_to_learn(x.kept(), "the mean and the variance are given, not learned", RESCALED)
        sizes = tuple(sizes_of(x)[place] for place in places)
        return Rules(
            output=x.kept(),
            tensors=(
                *(tensor(x.convention, name, outputs=sizes, kind="statistic") for name in ("mean", "variance")),
                tensor(x.convention, "count", kind="statistic"),
            ),
            because="means and variances are measured on the data before training, and a counter is kept with them; "
            "none of them is trained",
            shape_because=RESCALED,
            channels_are=None,
            units=(Unit("mean-variance pairs", flat(sizes), each=Number(2)), Unit("counters", ONE, each=ONE)),
            ignores=positions_share(x) if places == (x.channel_axis,) else (),
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """For each number: minus the mean, divided by the deviation."""
        return Work(additions=out.numbers(), multiplications=out.numbers())


_NORMALIZED = ("kernel", "embeddings", "weight")  # what the frameworks call a matrix that they can normalize


@layer_class
class SpectralNormalization(Layer):
    """Divides the kernel of a layer by its largest singular value: the parameters of the layer and C_out more.

    The vector u that the singular value is estimated with is kept and not trained. In Keras it has the size of the
    last axis of the kernel and counts as non-trainable; PyTorch keeps u and a second vector v as buffers.
    """

    layer: Layer = argument(LAYER, "the layer whose kernel is normalized")

    names: ClassVar = ("spectralnorm", "SpectralNormalization")
    stock: ClassVar = ("keras",)
    calls: ClassVar = (keras("SpectralNormalization", "layer! -power_iterations"),)
    cited: ClassVar = found_in(params="miyato2018 §2.1; documentation")
    title: ClassVar = "Spectral normalization"
    family: ClassVar = "Normalization"
    example: ClassVar = "input(28, 28, 1) -> spectralnorm(conv(64, 3))"

    def rules(self, *arriving: Incoming) -> Rules:
        rules = self.layer.rules(*arriving)
        matrices = [t for t in rules.tensors if t.kind == "weight" and t.of("kernel", "input")]
        wraps = any(isinstance(getattr(self.layer, field.name), Layer) for field in fields(self.layer))
        if wraps or len(matrices) != 1 or matrices[0].stored.name not in _NORMALIZED:
            raise LayerError(f"needs a layer with one kernel, such as conv or dense, not {self.layer.called}")
        keras = arriving[0].convention == "keras"
        kernel = matrices[0]
        if keras:
            u = kernel.stored.shape[-1]
            vectors = [tensor("keras", "vector u", outputs=(u,), kind="statistic", shape=(as_formula(1), u))]
        else:
            u = flat(kernel.of("output"))
            vectors = [
                tensor("torch", name, outputs=(size,), kind="statistic", counted=False, stored=f"weight_{name}")
                for name, size in (("u", u), ("v", flat(kernel.of("kernel", "input"))))
            ]
        estimate = "with which the largest singular value of the kernel is estimated"
        kept = (
            say(f"A vector of {{u values}}, {estimate}, is stored as well, but not trained", u=u)
            if keras
            else f"The vectors {estimate} are buffers, not parameters"
        )
        own = (Unit("wrapped layers", ONE, each=rules.parameters), Unit("estimation vectors", ONE, each=u))
        return replace(
            rules,
            tensors=(*rules.tensors, *vectors),
            because=together(rules.because, kept, between=". "),
            unit=None if keras else rules.unit,
            units=own if keras else rules.units,
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """That of the layer; once trained, the kernel is divided beforehand."""
        return self.layer.work(out, *arriving)

    def reach(self, *arriving: Incoming) -> Sight:
        return self.layer.reach(*arriving)
