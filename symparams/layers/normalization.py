"""Normalization layers with numbers to train."""

from __future__ import annotations

from typing import ClassVar

from symparams.algebra.equality import same
from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, as_formula, product
from symparams.algebra.notation import size
from symparams.algebra.notations import PLAIN
from symparams.algebra.simplification import simplified
from symparams.errors import LayerError
from symparams.layers.gamma_and_beta import RESCALED, Factored, Scaled, beta, named
from symparams.layers.sizes import axes_of, known, sizes_of, spatial_axes
from symparams.model.arguments import COUNT, INTEGERS, SIZES, argument, switch
from symparams.model.layer import (
    EVERYWHERE,
    UNKNOWN,
    Incoming,
    Outgoing,
    Requirement,
    Rules,
    Sight,
    layer_class,
    symbol,
)
from symparams.model.tensor import BOTH, Tensor, tensor
from symparams.model.work import Work


@layer_class
class BatchNormalization(Scaled):
    """Normalizes each channel over the batch: 4·C_in parameters in Keras, 2·C_in in PyTorch.

    gamma and beta are trained. The moving mean and variance are measured: Keras counts them as non-trainable,
    PyTorch as buffers, which are no parameters, with one more for the number of batches. Batch renormalization (Keras)
    measures three more numbers for each channel. Ioffe and Szegedy, Batch Normalization, 2015.
    """

    track: bool = argument(
        switch(),
        "whether it keeps a moving mean and variance (PyTorch)",
        True,
        short="track_running_stats",
        keyword=True,
    )
    renorm: bool = argument(switch("renorm"), "whether it is batch renormalization (Keras)", False, keyword=True)

    names: ClassVar = (
        "bn", "BatchNorm", "BatchNormalization", "BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "SyncBatchNorm",
        "LazyBatchNorm1d", "LazyBatchNorm2d", "LazyBatchNorm3d",
    )  # fmt: skip
    stock: ClassVar = BOTH
    title: ClassVar = "Batch normalization"
    family: ClassVar = "Normalization"
    ranked: ClassVar = False
    example: ClassVar = "input(112, 112, 64) -> bn"
    reads: ClassVar = "channels"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        keras = x.convention == "keras"
        if keras and not self.track:
            raise LayerError("Keras always keeps a moving mean and variance; track=no is for convention torch")
        if not keras and len(x.shape) > 4:
            raise LayerError(f"PyTorch normalizes batches of at most 4 axes, (C, D, H, W), but {x} arrives")
        if self.renorm and not keras:
            raise LayerError("PyTorch has no batch renormalization; leave renorm out")
        C_in = x.C_in()
        trained = self.trained(x, (C_in,))
        measured = _measured(C_in, keras, self.renorm) if self.track else ()
        before = " and a mean and a variance that are only measured"
        if self.renorm:
            before = (
                ", a mean and a variance that are only measured, and three more such numbers for the renormalization"
            )
        if not keras:
            before = "; its mean and variance are buffers, not parameters" if self.track else ""
        counts = len(trained) + (5 if self.renorm else 2), len(trained)
        return Rules(
            output=x.kept(),
            tensors=(*trained, *measured),
            because=f"each channel has {named(trained)} to train{before}",
            shape_because=RESCALED,
            channels_are=None,
            differs=_DIFFERS.format(*counts) if self.track and not self.renorm else "",
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """Once trained, a factor and a term for each number: the statistics are folded into them."""
        return Work(multiplications=out.numbers(), additions=out.numbers())


def _measured(C_in: Formula, keras: bool, renorm: bool) -> tuple[Tensor, ...]:
    """What is measured while training."""
    if not keras:
        names = {"moving mean": "running_mean", "moving variance": "running_var"}
        buffers = [
            tensor("torch", name, outputs=(C_in,), kind="statistic", counted=False, stored=stored)
            for name, stored in names.items()
        ]
        count = tensor("torch", "batches tracked", kind="statistic", counted=False, stored="num_batches_tracked")
        return (*buffers, count)
    every = {"moving mean": "", "moving variance": ""}
    every |= (
        {"moving deviation": "moving_stddev", "renorm mean": "", "renorm deviation": "renorm_stddev"} if renorm else {}
    )
    return tuple(
        tensor("keras", name, outputs=(C_in,), kind="statistic", stored=stored) for name, stored in every.items()
    )


_DIFFERS = (
    "Keras counts {} numbers for each channel, the moving mean and variance among them as non-trainable parameters; "
    "PyTorch counts {} and keeps the mean and variance as buffers"
)


@layer_class
class _OverAxes(Factored):
    """A normalization over the last axis, or over several that are named."""

    family: ClassVar = "Normalization"

    described: ClassVar = ("keras",)  # which axes are normalized is a matter of the framework
    reads: ClassVar = "features"

    shape: tuple[Formula, ...] | None = argument(
        SIZES, "the sizes of the trailing axes that are normalized together, as PyTorch gives them", None
    )
    trailing: tuple[int, ...] | None = argument(
        INTEGERS, "how many trailing axes are normalized together; one if not given", None, keyword=True
    )
    axis: tuple[int, ...] | None = argument(
        INTEGERS, "the axes that are normalized together, as Keras gives them", None, keyword=True
    )

    def places(self, x: Incoming) -> tuple[int, ...]:
        """The axes that are normalized together."""
        given = [name for name in ("shape", "trailing", "axis") if getattr(self, name) is not None]
        rank = len(x.shape)
        if len(given) > 1:
            raise LayerError(f"{given[0]} and {given[1]} both say which axes are normalized; give one of them")
        if self.axis is not None:
            places = axes_of(self.axis, x)
            if x.convention == "torch" and places != tuple(range(rank - len(places), rank)):
                raise LayerError("PyTorch normalizes the last axes only; choose convention keras or permute before it")
            return places
        count = 1
        if self.trailing is not None:
            count = self.trailing[0]
            if len(self.trailing) != 1 or not 1 <= count <= rank:
                raise LayerError(f"trailing must be one number from 1 to {rank}, the axes of {x}")
        if self.shape is not None:
            count = len(self.shape)
            arrived = x.shape[-count:]
            wanted = tuple(simplified(one) for one in self.shape)
            if count > rank or not all(map(same, arrived, wanted)):
                raise LayerError(f"the axes to normalize have the sizes {size(wanted, PLAIN)}, but {x} arrives")
        return tuple(range(rank - count, rank))

    def sizes(self, x: Incoming) -> tuple[Formula, ...]:
        every = sizes_of(x, x.feature_names())
        return tuple(every[place] for place in self.places(x))

    def reach(self, *arriving: Incoming) -> Sight:
        """Everywhere as soon as the numbers of several positions are normalized together; one row has no formula."""
        (x,) = arriving
        last = len(x.shape) - 1
        if not last or self.places(x) != (last,):
            return EVERYWHERE
        return UNKNOWN if x.axis_names()[last] == "width" else ()


@layer_class
class LayerNormalization(_OverAxes):
    """Normalizes the last axis at each position: 2·n_in parameters, a gamma and a beta for each of its numbers.

    Over several axes these are the products of their sizes. Keras and PyTorch count alike; nothing is measured, so
    all of it is trained. Ba, Kiros and Hinton, Layer Normalization, 2016.
    """

    center: bool = beta()

    names: ClassVar = ("ln", "LayerNorm", "LayerNormalization")
    stock: ClassVar = BOTH
    title: ClassVar = "Layer normalization"
    example: ClassVar = "input(16, 512) -> ln"

    def has_beta(self) -> bool:
        return self.center

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        sizes = self.sizes(x)
        weights = self.trained(x, sizes)
        shared = "; all positions share them" if len(sizes) < len(x.shape) else ""
        because = f"each number that is normalized has {named(weights)} to train{shared}"
        alone = "the mean and the variance come from the input itself; there is nothing in it to learn"
        return self.rescaled(x, sizes, because if weights else alone)

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """For each number: into the mean, minus the mean, squared, into the variance, divided by the deviation."""
        return self.scaled_work(out, additions=3, multiplications=2)


@layer_class
class RMSNormalization(_OverAxes):
    """Divides by the root of the mean square of the last axis: n_in parameters, a factor for each of its numbers.

    It subtracts no mean and has no beta, which is half of what layer normalization has. Keras and PyTorch count alike.
    Zhang and Sennrich, Root Mean Square Layer Normalization, 2019.
    """

    names: ClassVar = ("rmsnorm", "RMSNorm", "RMSNormalization")
    stock: ClassVar = BOTH
    title: ClassVar = "Root mean square normalization"
    example: ClassVar = "input(16, 512) -> rmsnorm"

    def stored_gamma(self, x: Incoming) -> str:
        return "scale" if x.convention == "keras" else ""

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        if x.convention == "keras" and not (self.scale and self.affine):
            raise LayerError("RMS normalization of Keras always has its factor")
        sizes, rank = self.sizes(x), len(x.shape)
        if self.places(x) != tuple(range(rank - len(sizes), rank)):  # Keras does not bring the factor to other axes
            raise LayerError("RMS normalization takes the last axes only; permute brings another axis there")
        shared = "; all positions share them" if len(sizes) < rank else ""
        because = f"each number that is normalized has one factor to train and no term{shared}"
        alone = "the mean square comes from the input itself; there is nothing in it to learn"
        return self.rescaled(x, sizes, because if self.trained(x, sizes) else alone)

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """For each number: squared, into the mean, divided by the root."""
        return self.scaled_work(out, additions=1, multiplications=2)


@layer_class
class GroupNormalization(Scaled):
    """Normalizes groups of channels together over all positions: 2·C_in parameters, however many groups.

    The groups share a mean and a variance, but every channel has its own gamma and beta. `groups=channels` makes every
    channel a group. Wu and He, Group Normalization, 2018.
    """

    groups: Formula = argument(COUNT, "groups: they divide the channels", as_formula(32), short="g", told=True)

    names: ClassVar = ("groupnorm", "GroupNorm", "GroupNormalization")
    described: ClassVar = ("keras",)  # which axes are normalized is a matter of the framework
    stock: ClassVar = BOTH
    title: ClassVar = "Group normalization"
    family: ClassVar = "Normalization"
    example: ClassVar = "input(56, 56, 64) -> groupnorm(32)"
    reads: ClassVar = "channels"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        C_in, g = x.C_in(), symbol("g", self.groups, "groups")
        weights = self.trained(x, (C_in,))

        def message() -> str:
            groups, channels = (known(s) for s in (self.groups, as_formula(x.channels)))
            return f"{groups} groups do not divide the input channels ({channels})"

        because = f"each channel has {named(weights)} to train; how many groups there are does not matter"
        requires = () if number(self.groups) == 1 else (Requirement(C_in, "multiple", g, message),)
        return self.rescaled(x, (C_in,), because, requires)

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """For each number: into the mean, minus the mean, squared, into the variance, divided by the deviation."""
        return self.scaled_work(out, additions=3, multiplications=2)

    def reach(self, *arriving: Incoming) -> Sight:
        return EVERYWHERE


@layer_class
class InstanceNormalization(Scaled):
    """Normalizes each channel over its own positions: no parameters by default, 2·C_in with `affine`.

    PyTorch keeps a moving mean and variance only where asked, and as buffers. Keras has it as group normalization with
    as many groups as channels. Ulyanov, Vedaldi and Lempitsky, Instance Normalization, 2016.
    """

    affine: bool = argument(switch("affine"), "whether it has gamma and beta", False, keyword=True)
    track: bool = argument(
        switch(), "whether it keeps a moving mean and variance", False, short="track_running_stats", keyword=True
    )

    names: ClassVar = (
        "instancenorm", "InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d",
        "LazyInstanceNorm1d", "LazyInstanceNorm2d", "LazyInstanceNorm3d",
    )  # fmt: skip
    described: ClassVar = ("keras",)  # which axes are normalized is a matter of the framework
    stock: ClassVar = ("torch",)
    title: ClassVar = "Instance normalization"
    family: ClassVar = "Normalization"
    example: ClassVar = "input(256, 256, 3) -> instancenorm"
    reads: ClassVar = "channels"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        spatial_axes(x)
        C_in = x.C_in()
        if self.track and x.convention == "keras":
            raise LayerError("Keras keeps no moving mean and variance of instances; track is for convention torch")
        weights = self.trained(x, (C_in,))
        places = product(s for i, s in enumerate(sizes_of(x)) if i != x.channel_axis)

        def message() -> str:
            return f"needs more than one position to normalize over, but {x} arrives"

        return Rules(
            output=x.kept(),
            tensors=(*weights, *(_measured(C_in, False, False) if self.track else ())),
            because=f"each channel has {named(weights)} to train"
            if weights
            else "the mean and the variance come from the input itself, and gamma and beta have to be asked for",
            shape_because=RESCALED,
            channels_are=None,
            requires=(Requirement(places, ">=", as_formula(2), message),)
            if x.convention == "torch" and not self.track
            else (),
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """For each number: into the mean, minus the mean, squared, into the variance, divided by the deviation."""
        return self.scaled_work(out, additions=3, multiplications=2)

    def reach(self, *arriving: Incoming) -> Sight:
        return EVERYWHERE
