"""Mamba's block: a selective state space between two projections."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import ClassVar

from symparams.algebra.formula import Formula, Number, Symbol, as_formula, ceil, product, total
from symparams.errors import LayerError
from symparams.layers.attended import width
from symparams.layers.feedforward import as_it_came
from symparams.layers.sizes import equal, known
from symparams.model.arguments import COUNT, argument, switch
from symparams.model.citation import found_in
from symparams.model.layer import (
    EVERYWHERE,
    Incoming,
    Layer,
    Outgoing,
    Requirement,
    Rules,
    Sight,
    Unit,
    layer_class,
    symbol,
)
from symparams.model.sentence import Text, say
from symparams.model.tensor import Tensor, tensor
from symparams.model.work import Work


@layer_class
class Mamba(Layer):
    """Runs a state of N values per channel along the sequence, with steps that depend on the input.

    Its d_i = e·d channels have 2·d·d_i parameters in the input projection, which makes a gate beside them, (k + 1)·d_i
    in the causal depthwise convolution, d_i·(r + 2·N) and (r + 1)·d_i in the projections of step, B and C, d_i·N in A,
    d_i in D and d_i·d in the output projection; `rank` is ⌈d/16⌉ if not given. Work: the scan takes two
    multiply-accumulates for each number of the state and position (the state is multiplied by A and takes the input,
    the output is summed with C) and one for D; what makes A and B discrete are 2·N + 1 multiplications and N
    exponentials for each channel. In place of keys and values it keeps d_i·N numbers of the state and the k last inputs
    of the convolution, however long the text is.
    """

    width: Formula | None = argument(COUNT, "width: the features of the input, d_model", None, short="d_model")
    state: Formula = argument(
        COUNT, "state size: the values that each channel keeps", Number(16), short="d_state", told=True
    )
    kernel: Formula = argument(COUNT, "kernel size of the convolution", Number(4), short="d_conv", told=True)
    expand: Formula = argument(
        COUNT, "expansion factor: inner channels for each feature", Number(2), short="e", told=True
    )
    rank: Formula | None = argument(
        COUNT,
        "step rank: a sixteenth of the features, rounded up, if not given",
        None,
        short="dt_rank",
        told=True,
    )
    bias: bool = argument(switch(), "whether the input and output projections have biases", False, keyword=True)
    convbias: bool = argument(switch(), "whether the convolution has biases", True, short="conv_bias", keyword=True)

    names: ClassVar = ("mamba",)
    cited: ClassVar = found_in("gu2023 §3.4", macs="gu2023 Algorithm 2", cache="gu2023 §3.4")
    title: ClassVar = "Mamba layer"
    family: ClassVar = "Transformer"
    example: ClassVar = "input(128, 768) -> mamba"
    reads: ClassVar = "features"
    keeps: ClassVar = (
        "while text is generated, the state and the last inputs of the convolution are kept, however long the text is"
    )

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        if len(x.shape) != 2:
            raise LayerError(f"needs a sequence of shape (T, d), not {x}")
        return Rules(
            output=as_it_came(x),
            tensors=tuple(self._tensors(x)),
            because=self._why(x),
            shape_because=say(
                "the output projection maps back to {d features}, so the shape stays the same", d=width(x)
            ),
            channels_are=None,
            requires=self._requires(width(x)),
            unit=None if self.bias else Unit("inner channels", self._letters(x)[1]),
            ignores=()
            if x.shape[0] == 1
            else (say("the {T positions} do not matter: every position uses the same weights", T=x.sequence().size),),
        )

    def _why(self, x: Incoming) -> Text:
        d, d_i, k, r, N = self._letters(x)
        return say(
            "the input projection maps {d features} to {d_i inner channels} and a gate for each. Each channel has a "
            f"convolution kernel of {{k weights}}{', a bias' if self.convbias else ''}, a value D and a row of "
            "{N values} in A. A projection to {=seen values} per position computes B and C, {N values} each, and a "
            "step of rank {r}, which another projection, with biases, maps to one step per channel. The output "
            "projection maps back to {d features}",
            d=d,
            d_i=d_i,
            k=k,
            r=r,
            N=N,
            seen=r + 2 * N,
        )

    def _tensors(self, x: Incoming) -> Iterator[Tensor]:
        """In the order of the data, under the names of mamba_ssm."""
        d, d_i, k, r, N = self._letters(x)
        own, two = partial(tensor, x.convention), (as_formula(2),)
        yield own("input kernel", parts=two, inputs=(d,), outputs=(d_i,), stored="in_proj.weight")
        if self.bias:
            yield own("input bias", parts=two, outputs=(d_i,), kind="bias", stored="in_proj.bias")
        yield own("convolution kernel", kernel=(k,), outputs=(d_i,), stored="conv1d.weight")
        if self.convbias:
            yield own("convolution bias", outputs=(d_i,), kind="bias", stored="conv1d.bias")
        yield own("step, B and C kernel", inputs=(d_i,), outputs=(r + 2 * N,), stored="x_proj.weight")
        yield own("step kernel", inputs=(r,), outputs=(d_i,), stored="dt_proj.weight")
        yield own("step bias", outputs=(d_i,), kind="bias", stored="dt_proj.bias")
        yield own("A", outputs=(d_i, N), stored="A_log")
        yield own("D", outputs=(d_i,))
        yield own("output kernel", inputs=(d_i,), outputs=(d,), stored="out_proj.weight")
        if self.bias:
            yield own("output bias", outputs=(d,), kind="bias", stored="out_proj.bias")

    def _requires(self, d: Symbol) -> tuple[Requirement, ...]:
        said = self.width
        if said is None:
            return ()
        return equal(said, d, lambda: f"width is {known(said)}, but the input has {known(d)} features")

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """Exponentials: N a channel for A, one each for the step (softplus), the convolution and the gate (SiLU)."""
        (x,) = arriving
        d, d_i, k, r, N = self._letters(x)
        T = symbol("T", x.shape[0], "sequence length", incoming=True)
        each, scan = T * d_i, product([2, T, d_i, N])
        added = [*([2 * each] if self.bias else []), *([each] if self.convbias else []), each]
        return Work(
            macs=total(
                [
                    product([2, T, d, d_i]),
                    product([T, d_i, k]),
                    product([T, d_i, r + 2 * N]),
                    product([T, r, d_i]),
                    scan,
                    each,
                    product([T, d_i, d]),
                ]
            ),
            pairs=scan + each,
            additions=total([*added, *([T * d] if self.bias else [])]),
            multiplications=each * (2 * N + 2),
            exponentials=each * (N + 3),
            because=say(
                "at each of the {T positions} every weight of the projections and the convolution is multiplied once; "
                "the scan takes {=scan products} to update and read the state, and the multiplication by D takes "
                "{d_i} more",
                T=T,
                scan=product([2, d_i, N]),
                d_i=d_i,
            ),
        )

    def reach(self, *arriving: Incoming) -> Sight:
        return EVERYWHERE

    def cache(self, out: Outgoing, *arriving: Incoming) -> Formula:
        """The state and the last inputs of the convolution, whatever the length."""
        _, d_i, k, _, N = self._letters(arriving[0])
        return d_i * (N + k)

    def _letters(self, x: Incoming) -> tuple[Symbol, Symbol, Symbol, Symbol, Symbol]:
        """d, d_i, k, r and N."""
        size = as_formula(x.shape[-1])
        return (
            width(x),
            symbol("d_i", self.expand * size, "inner channels"),
            symbol("k", self.kernel, "kernel size"),
            symbol("r", ceil(size / 16) if self.rank is None else self.rank, "step rank"),
            symbol("N", self.state, "state size"),
        )
