"""Mixture of experts: many feed-forward networks, of which a position uses a few."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, Formula, Number, Symbol, product, total
from symparams.layers.activation import ACTIVATION
from symparams.layers.dense import same_everywhere
from symparams.layers.feedforward import as_it_came, joint, letters, part_rule, part_tensors, part_work, places
from symparams.layers.sizes import known
from symparams.model.arguments import COUNT, Kind, argument, switch, whole_number
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
from symparams.model.sentence import Text, say, together
from symparams.model.tensor import Tensor, tensor
from symparams.model.work import Saved, Work

_NUMBER = Kind("a whole number of at least 0", lambda raw: whole_number(raw, 0), least=0)


@layer_class
class Experts(Layer):
    """Sends every position to k of E feed-forward networks: d·E + E·3·d·f parameters.

    The router has d·E weights; an expert is gated (3·d·f), with `gated=no` it is plain (2·d·f). All experts are kept,
    but a position uses k of them, so the work counts k only. `shared=s` more experts serve every position.
    """

    experts: Formula = argument(COUNT, "number of experts")
    top: Formula = argument(COUNT, "experts per token: how many of them a position uses")
    hidden: Formula = argument(COUNT, "hidden width of an expert", told=True)
    gated: bool = argument(switch("gated"), "whether the experts have gates", True, keyword=True)
    shared: Formula = argument(
        _NUMBER, "shared experts: those that every position uses in addition", Number(0), keyword=True
    )
    bias: bool = argument(switch(), "whether the layers of the experts have biases", False, keyword=True, told=True)
    activation: str = argument(ACTIVATION, "function inside the experts", "silu", keyword=True, told=True)

    names: ClassVar = ("moe", "MixtureOfExperts")
    cited: ClassVar = found_in(shape="shazeer2017 §2", params="shazeer2017 §2; jiang2024 §2.1", macs="jiang2024 §2.1")
    title: ClassVar = "Mixture of experts"
    by_hand: ClassVar = "routed and shared experts have the same size, so they are counted together: (E + s)·3·d·f"
    family: ClassVar = "Transformer"
    example: ClassVar = "input(128, 4096) -> moe(8, 2, 14336)"
    reads: ClassVar = "features"

    def _symbols(self) -> tuple[Symbol, Symbol, Symbol | None]:
        """E, k and s."""
        return (
            symbol("E", self.experts, "experts"),
            symbol("k", self.top, "experts that a position uses"),
            None if number(self.shared) == 0 else symbol("s", self.shared, "shared experts"),
        )

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        d, f = letters(x, self.hidden)
        E, k, s = self._symbols()
        one = part_rule(d, f, gated=self.gated, bias=self.bias)
        every: list[Tensor] = [tensor(x.convention, "router kernel", inputs=(d,), outputs=(E,))]
        n = product(places(x))
        for name, copies, uses in (("expert", E, n * k / E), *([("shared", s, n)] if s is not None else [])):
            for t in part_tensors(x.convention, d, f, gated=self.gated, bias=self.bias):
                each = replace(t, uses=uses).called(f"{name} {t.name}", f"{name}s.*.{t.stored.name}")
                every.append(each.repeated(copies))
        return Rules(
            output=as_it_came(x),
            tensors=tuple(every),
            written=d * E + (E if s is None else E + s) * one,
            because=self._because(d, f),
            shape_because=say(
                "the outputs of the experts have {d features} each and are added, weighted by the router, "
                "so the shape stays the same",
                d=d,
            ),
            channels_are=None,
            units=(
                Unit("routers", ONE, each=d * E),
                Unit("experts", E, each=one),
                *([] if s is None else [Unit("shared experts", s, each=one)]),
            ),
            ignores=(
                _active(d * E + (k if s is None else k + s) * one, k, s is not None),
                *(same_everywhere(x) if len(x.shape) > 1 else ()),
            ),
            requires=(Requirement(E, ">=", k, lambda: _too_few(E, k)),),
        )

    def _because(self, d: Symbol, f: Symbol) -> Text:
        E, _, s = self._symbols()
        shared = "" if s is None else say("In addition, every position uses {s shared experts} of the same size", s=s)
        layers = (
            "three layers between {d} and {f} features" if self.gated else "two layers between {d} and {f} features"
        )
        text = (
            "the router has one weight for each pair of the {d} features and an expert; every expert is a "
            f"feed-forward network of its own, with {layers}, {'with' if self.bias else 'without'} biases"
        )
        return together(say(text, d=d, E=E, f=f), shared, between=". ")

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """The k experts of a position and the shared ones; a softmax over E scores; k weighted sums of d numbers."""
        (x,) = arriving
        d, f = letters(x, self.hidden)
        E, k, s = self._symbols()
        used = k if s is None else k + s
        n = places(x)
        parts = part_work(x, self.hidden, self.bias, self.activation, gated=self.gated, each=(used,))
        router = Work(
            macs=product([*n, d, E]),
            multiplications=product([*n, k, d]),
            additions=product([*n, used, d]),
            exponentials=product([*n, E]),
        )
        text = (
            "the router takes {=scored products}, one for each of its weights at each position; a position uses "
            "{=used experts}, with {=each products} each, so all positions together take {=all more}"
        )
        one = (3 if self.gated else 2) * d * f
        because = say(text, scored=product([*n, d, E]), used=used, each=one, all=product([*n, used, one]))
        return joint(router, parts, because=because)

    def active(self, *arriving: Incoming) -> Formula:
        """The router, the experts that a token uses and the shared ones."""
        d, f = letters(arriving[0], self.hidden)
        E, k, s = self._symbols()
        return d * E + (k if s is None else k + s) * part_rule(d, f, gated=self.gated, bias=self.bias)

    def saved(self, out: Outgoing, *arriving: Incoming) -> Saved:
        """The input, the router's scores, and inside the experts of each position what a feed-forward part keeps."""
        (x,) = arriving
        d, f = letters(x, self.hidden)
        E, k, s = self._symbols()
        n, inside = product(places(x)), 4 if self.gated else 2
        return Saved(total((n * d, n * E, product((n, k if s is None else k + s, Number(inside), f)))))

    def reach(self, *arriving: Incoming) -> Sight:
        return EVERYWHERE if len(arriving[0].shape) == 1 else ()


def _active(rule: Formula, k: Formula, shared: bool) -> Text:
    """What of it one token uses."""
    beside = " besides the shared ones" if shared else ""
    return say(
        f"how many experts a token uses, {{k}}{beside}, does not matter, since all of them are stored; "
        "one token uses {=rule parameters}",
        k=k,
        rule=rule,
    )


def _too_few(E: Formula, k: Formula) -> str:
    counts = [known(count) for count in (k, E)]
    return f"a position cannot use {counts[0]} of {counts[1]} experts"
