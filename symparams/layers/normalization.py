"""Normalization layers with trainable parameters."""

from __future__ import annotations

from typing import ClassVar

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, Number, as_formula, product
from symparams.errors import LayerError
from symparams.layers.gamma_and_beta import RESCALED, Scaled, beta, named, positions_share
from symparams.layers.over_axes import OverAxes
from symparams.layers.sizes import known, sizes_of, spatial_axes
from symparams.model.arguments import COUNT, argument, switch
from symparams.model.citation import found_in
from symparams.model.framework import keras, keras1, torch
from symparams.model.layer import (
    EVERYWHERE,
    Incoming,
    Outgoing,
    Requirement,
    Rules,
    Sight,
    Unit,
    layer_class,
    symbol,
)
from symparams.model.sentence import Text, say, together
from symparams.model.tensor import BOTH, Tensor, tensor
from symparams.model.work import Work

_NOT_STORED = "; the mean and the variance are computed from the input itself and not stored"
_ONE_GROUP = (
    "group normalization with a single group normalizes over the same values, but has only one scale and one shift for "
    "each channel"
)
_OF_A_SEQUENCE = 2  # axes of one example, which have no channels of their own
_ALONE = "the mean and the variance are computed from the input itself, and there is no trainable scale or shift"


@layer_class
class BatchNormalization(Scaled):
    """Normalizes each channel over the batch: 4·C_in parameters in Keras, 2·C_in in PyTorch.

    gamma and beta are trainable. Keras counts the moving mean and variance as non-trainable parameters; in PyTorch
    they are buffers, not parameters, with one more for the number of batches. Batch renormalization (Keras) keeps three
    more values for each channel.
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
    calls: ClassVar = (
        keras(
            "BatchNormalization",
            "axis~axis -momentum -epsilon center scale -{beta,gamma,moving_mean,moving_variance}_initializer "
            "-{beta,gamma}_regularizer -{beta,gamma}_constraint renorm -renorm_clipping -renorm_momentum "
            "-synchronized",
        ),
        torch(
            "BatchNorm1d BatchNorm2d BatchNorm3d",
            "num_features~channels -eps -momentum affine track_running_stats:track -device -dtype * bias:center",
        ),
        torch(
            "SyncBatchNorm",
            "num_features~channels -eps -momentum affine track_running_stats:track -process_group -device -dtype "
            "* bias:center",
        ),
        torch(
            "LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d",
            "-eps -momentum affine track_running_stats:track -device -dtype * bias:center",
        ),
        keras1(
            "BatchNormalization",
            "-epsilon -mode axis~axis -momentum -weights -beta_init -gamma_init -{gamma,beta}_regularizer",
        ),
    )
    cited: ClassVar = found_in(shape="ioffe2015 Algorithm 1", params="ioffe2015 §3.2; documentation")
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
        C_in, one = x.C_in(), "channel" if len(x.shape) > 1 else "feature"
        trained = self.trained(x, (C_in,))
        measured = _measured(C_in, keras, self.renorm) if self.track else ()
        counts = len(trained) + (5 if self.renorm else 2), len(trained)
        return Rules(
            output=x.kept(),
            tensors=(*trained, *measured),
            because=together(
                f"each {one} has {named(trained)}" if trained or not keras else "",
                self._measured(keras, one, bool(trained)),
            ),
            shape_because=RESCALED,
            channels_are=None,
            differs=_differs(one, *counts) if self.track and not self.renorm else "",
            unit=Unit(f"{one}s", C_in),
            ignores=positions_share(x) if trained or keras else (),
        )

    def _measured(self, keras: bool, one: str, also: bool) -> str:
        """What is measured, and whether it is counted."""
        if not keras:
            return "its running mean and variance are buffers, not parameters" if self.track else ""
        more = "; batch renormalization keeps three more such values" if self.renorm else ""
        start = "it also has" if also else f"each {one} has"
        return (
            f"{start} a moving mean and a moving variance for inference, which are updated during training but not "
            f"learned by gradient descent{more}"
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


def _differs(one: str, keras: int, torch: int) -> Text:
    text = f"Keras counts {{keras parameters}} for each {one}, the moving mean and variance among them as non-trainable"
    return say(
        f"{text}; PyTorch counts {{torch}} and keeps these two as buffers", keras=Number(keras), torch=Number(torch)
    )


@layer_class
class LayerNormalization(OverAxes):
    """Normalizes the last axis at each position: 2·n_in parameters, a gamma and a beta for each feature.

    Over several axes their sizes are multiplied. Keras and PyTorch count alike; all parameters are trainable.
    """

    center: bool = beta()

    names: ClassVar = ("ln", "LayerNorm", "LayerNormalization")
    stock: ClassVar = BOTH
    calls: ClassVar = (
        torch("LayerNorm", "normalized_shape:shape! -eps elementwise_affine:affine bias:center -device -dtype"),
        keras(
            "LayerNormalization",
            "axis -epsilon center scale -{beta,gamma}_initializer -{beta,gamma}_regularizer -{beta,gamma}_constraint",
        ),
    )
    cited: ClassVar = found_in("ba2016 §3")
    title: ClassVar = "Layer normalization"
    example: ClassVar = "input(16, 512) -> ln"

    def has_beta(self) -> bool:
        return self.center

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        sizes = self.sizes(x)
        weights = self.trained(x, sizes)
        because = f"each normalized {self.normalized(sizes)} has {named(weights)}{_NOT_STORED}" if weights else _ALONE
        if weights and len(sizes) == len(x.shape) > _OF_A_SEQUENCE:  # then the channels are a group of their own
            because = f"{because}; {_ONE_GROUP}"
        return self.rescaled(x, sizes, because, plural=f"{self.normalized(sizes)}s", ignores=self.shared(x))

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """For each number: into the mean, minus the mean, squared, into the variance, divided by the deviation."""
        return self.scaled_work(out, additions=3, multiplications=2)


@layer_class
class RMSNormalization(OverAxes):
    """Divides by the root of the mean square of the last axis: n_in parameters, a scale for each feature.

    It subtracts no mean and has no beta, so it has half as many parameters as layer normalization. Keras and PyTorch
    count alike.
    """

    names: ClassVar = ("rmsnorm", "RMSNorm", "RMSNormalization")
    stock: ClassVar = BOTH
    calls: ClassVar = (
        torch("RMSNorm", "normalized_shape:shape! -eps elementwise_affine:affine -device -dtype"),
        keras("RMSNormalization", "axis -epsilon"),
    )
    cited: ClassVar = found_in("zhang2019 §4")
    title: ClassVar = "Root mean square normalization"
    example: ClassVar = "input(16, 512) -> rmsnorm"

    def stored_gamma(self, x: Incoming) -> str:
        return "scale" if x.convention == "keras" else ""

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        if x.convention == "keras" and not (self.scale and self.affine):
            raise LayerError("RMS normalization of Keras always has its scale")
        sizes, rank = self.sizes(x), len(x.shape)
        if self.places(x) != tuple(range(rank - len(sizes), rank)):  # Keras does not bring the scale to other axes
            raise LayerError("RMS normalization takes the last axes only; use permute to put another axis there")
        because = (
            f"each normalized {self.normalized(sizes)} has a trainable scale but no shift, unlike layer normalization"
            if self.trained(x, sizes)
            else "the mean square is computed from the input itself, and there is no trainable scale"
        )
        return self.rescaled(x, sizes, because, plural=f"{self.normalized(sizes)}s", ignores=self.shared(x))

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """For each number: squared, into the mean, divided by the root."""
        return self.scaled_work(out, additions=1, multiplications=2)


@layer_class
class GroupNormalization(Scaled):
    """Normalizes groups of channels together over all positions: 2·C_in parameters, however many groups.

    Each group shares a mean and a variance, but every channel has its own gamma and beta. `groups=channels` makes every
    channel a group.
    """

    groups: Formula = argument(
        COUNT,
        "number of groups: the channels of a group share a mean and a variance",
        as_formula(32),
        short="g",
        told=True,
    )

    names: ClassVar = ("groupnorm", "GroupNorm", "GroupNormalization")
    described: ClassVar = ("keras",)  # which axes are normalized is a matter of the framework
    stock: ClassVar = BOTH
    calls: ClassVar = (
        torch("GroupNorm", "num_groups:groups! num_channels~channels -eps affine -device -dtype * bias:center"),
        keras(
            "GroupNormalization",
            "groups axis~axis -epsilon center scale -{beta,gamma}_initializer -{beta,gamma}_regularizer "
            "-{beta,gamma}_constraint",
        ),
    )
    cited: ClassVar = found_in("wu2018 §3.1")
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

        because = f"each channel has {named(weights)}{_NOT_STORED}" if weights else _ALONE
        groups = say(
            "the number of groups, {g}, does not matter: the channels of a group share a mean and a variance, "
            "but each channel has its own parameters",
            g=g,
        )
        requires = () if number(self.groups) == 1 else (Requirement(C_in, "multiple", g, message),)
        return self.rescaled(x, (C_in,), because, requires, ignores=(groups, *positions_share(x)))

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """For each number: into the mean, minus the mean, squared, into the variance, divided by the deviation."""
        return self.scaled_work(out, additions=3, multiplications=2)

    def reach(self, *arriving: Incoming) -> Sight:
        return EVERYWHERE


@layer_class
class InstanceNormalization(Scaled):
    """Normalizes each channel over its own positions: no parameters by default, 2·C_in with `affine`.

    PyTorch keeps a moving mean and variance only where asked, and as buffers. Keras has it as group normalization with
    as many groups as channels.
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
    calls: ClassVar = (
        torch(
            "InstanceNorm1d InstanceNorm2d InstanceNorm3d",
            "num_features~channels -eps -momentum affine track_running_stats:track -device -dtype * bias:center",
        ),
        torch(
            "LazyInstanceNorm1d LazyInstanceNorm2d LazyInstanceNorm3d",
            "-eps -momentum affine=yes track_running_stats:track=yes -device -dtype * bias:center",
        ),
    )
    cited: ClassVar = found_in(shape="ulyanov2016", params="ulyanov2016; documentation")
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
            because=f"each channel has {named(weights)}{'' if self.track else _NOT_STORED}" if weights else _ALONE,
            shape_because=RESCALED,
            channels_are=None,
            unit=Unit("channels", C_in),
            ignores=positions_share(x) if weights else (),
            requires=(Requirement(places, ">=", as_formula(2), message),)
            if x.convention == "torch" and not self.track
            else (),
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """For each number: into the mean, minus the mean, squared, into the variance, divided by the deviation."""
        return self.scaled_work(out, additions=3, multiplications=2)

    def reach(self, *arriving: Incoming) -> Sight:
        return EVERYWHERE
