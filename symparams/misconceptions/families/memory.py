"""Memory: bytes of a number, what training keeps beside the parameters, what a cache holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ZERO, Formula, Number, Product, Sum, Symbol, parts, total
from symparams.misconceptions.edits import bound, exchanged, named, some, without_factor
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.task import Subject
from symparams.quantities.settings import BYTES, a_value
from symparams.quantities.storage import cache

_IN_BYTES = ("memory", "activations", "cache")
_RAJBHANDARI = "Rajbhandari et al., ZeRO: Memory Optimizations Toward Training Trillion Parameter Models, 2020"


@misconception(
    "bits in place of bytes",
    *_IN_BYTES,
    explanation="you multiplied by the bits of a value, not its bytes",
    repair="a byte has eight bits, so a 32-bit value takes four bytes",
    claim="A float32 value takes 32 bytes.",
    source="questions on the memory of a model: 32 for float32",
    credit=Fraction(1, 2),
)
def bits(s: Subject) -> Iterable[Formula]:
    """b → 8·b."""
    size = BYTES[s.task.settings.dtype]
    yield from some(bound(s.rule, "b", Number(8 * size), f"bits of {a_value(s.task.settings.dtype)}"))


@misconception(
    "bytes of a number left out",
    *_IN_BYTES,
    explanation="you counted values, not bytes",
    repair="each value takes a number of bytes that depends on its type: four for float32, two for float16",
    claim="A model needs as many bytes of memory as it has parameters, whatever their type.",
    source="questions on the memory of a model: parameters given as bytes",
    credit=Fraction(1, 2),
)
def numbers_only(s: Subject) -> Iterable[Formula]:
    """P·b → P."""
    if BYTES[s.task.settings.dtype] == 1:
        return
    edited = without_factor(s.rule, named("b"))
    if edited is not None and s.quantity == "memory":
        edited = without_factor(edited, lambda node: isinstance(node, Number)) or edited
    yield from some(edited)


@misconception(
    "bytes of another type",
    *_IN_BYTES,
    explanation="you used the bytes of a different data type",
    repair="a float64 value takes eight bytes, float32 four, float16 and bfloat16 two, int8 one",
    claim="A float32 value takes eight bytes.",
    source="NumPy and Python have float64 by default, frameworks float32",
    credit=Fraction(1, 2),
)
def other_type(s: Subject) -> Iterable[Formula]:
    """P·4 → P·8, P·2, P·1."""
    for dtype in ("float64", "float32", "float16", "int8"):
        if BYTES[dtype] != BYTES[s.task.settings.dtype]:
            yield from some(bound(s.rule, "b", Number(BYTES[dtype]), f"bytes of {a_value(dtype)}"))


def _terms(s: Subject) -> tuple[Formula, ...]:
    """Parameters, gradients, and what the optimizer keeps; one term where nothing is trained."""
    return s.rule.terms if s.quantity == "memory" and isinstance(s.rule, Sum) else (s.rule,)


@misconception(
    "gradients left out",
    "memory",
    explanation="you left out the gradients",
    repair="during training, every trainable parameter has a gradient, which takes as much memory as the parameter",
    claim="During training, gradients take no memory.",
    source=_RAJBHANDARI,
    credit=Fraction(1, 2),
)
def gradients_left_out(s: Subject) -> Iterable[Formula]:
    """P·b + P·b + P·s·4 → P·b + P·s·4."""
    terms = _terms(s)
    if len(terms) > 1:
        yield total([terms[0], *terms[2:]])


@misconception(
    "states of the optimizer left out",
    "memory",
    explanation="you left out the state of the optimizer",
    repair="in addition to the gradient, momentum stores one value for each trainable parameter and Adam two",
    claim="Adam needs as much memory as plain gradient descent.",
    source=_RAJBHANDARI,
    credit=Fraction(1, 2),
)
def states_left_out(s: Subject) -> Iterable[Formula]:
    """P·b + P·b + P·s·4 → P·b + P·b."""
    terms = _terms(s)
    if len(terms) > 2:
        yield total(terms[:2])


@misconception(
    "one state of the optimizer left out",
    "memory",
    explanation="you counted one value too few per trainable parameter in the state of the optimizer",
    repair="Adam stores running means of the gradient and of its square for each trainable parameter; training in "
    "16 bits also stores a 32-bit copy",
    claim="In addition to the gradient, Adam stores one value for each trainable parameter.",
    source="Kingma and Ba, Adam: A Method for Stochastic Optimization, 2015, algorithm 1",
    credit=Fraction(1, 2),
)
def one_state(s: Subject) -> Iterable[Formula]:
    """n_state → n_state - 1."""

    def fewer(node: Formula) -> Formula:
        assert isinstance(node, Symbol)
        kept = number(node)
        return Symbol(node.name, Number((kept or 0) - 1), node.meaning)

    if any(isinstance(f, Symbol) and f.name == "n_state" and number(f) != 1 for f in _last_factors(s)):
        yield from some(exchanged(s.rule, named("n_state"), fewer))


def _last_factors(s: Subject) -> tuple[Formula, ...]:
    last = _terms(s)[-1]
    return last.factors if isinstance(last, Product) else (last,)


@misconception(
    "only the parameters themselves",
    "memory",
    explanation="you counted only the parameters, without the gradients and the optimizer state",
    repair="training stores a gradient for each trainable parameter, and most optimizers store further values",
    claim="Training a model takes no more memory than using it.",
    source=_RAJBHANDARI,
)
def parameters_only(s: Subject) -> Iterable[Formula]:
    """P·b + P·b + P·s·4 → P·b."""
    terms = _terms(s)
    if len(terms) > 1:
        yield terms[0]


@misconception(
    "gradients for parameters that are not trained",
    "memory",
    explanation="you counted gradients and optimizer state for parameters that are not trained",
    repair="only trainable parameters have gradients and optimizer state; frozen parameters and running statistics "
    "have none",
    claim="Adam stores state for frozen parameters too.",
    source="Hu et al., LoRA, 2021, section 4.2, on the memory that frozen weights save",
    credit=Fraction(1, 2),
)
def gradients_for_all(s: Subject) -> Iterable[Formula]:
    """P·b + P_t·b → P·b + P·b."""
    params = s.task.node.counts.params
    if len(_terms(s)) > 1 and params != s.task.node.counts.trainable:
        first = _terms(s)[0]
        if isinstance(first, Product):
            yield from some(exchanged(s.rule, named("P_t"), first.factors[0]))


@misconception(
    "memory of training counted",
    "memory",
    explanation="you counted gradients or optimizer state, although nothing is trained here",
    repair="for inference only the parameters are stored",
    claim="A trained model stores the gradients of its parameters during inference.",
    source=_RAJBHANDARI,
    credit=Fraction(1, 2),
)
def training_counted(s: Subject) -> Iterable[Formula]:
    """P·b → 2·P·b; → 4·P·b."""
    if s.rule != ZERO and s.task.settings.optimizer == "none":
        yield 2 * s.rule
        yield 4 * s.rule


@misconception(
    "gradients of activations counted",
    "activations",
    explanation="you counted the outputs twice, as if a gradient were stored for each of them",
    repair="activation memory holds the outputs; the gradients of the backward pass are not included",
    source="questions on the memory of training: activations times two",
    credit=Fraction(1, 2),
)
def activations_twice(s: Subject) -> Iterable[Formula]:
    """n·b → 2·n·b."""
    if s.rule != ZERO:
        yield 2 * s.rule


# ---------------------------------------------------------------- the key-value cache


@misconception(
    "cache where nothing is generated",
    "cache",
    explanation="you counted a cache for attention that generates nothing",
    repair="keys and values are kept by causal attention, and by attention to a memory in a network that has causal "
    "attention, because only there are tokens generated one after another",
    claim="Every attention layer, also that of an encoder, keeps a key-value cache.",
    source="Pope et al., Efficiently Scaling Transformer Inference, 2023: the cache is that of decoding steps",
    credit=Fraction(1, 2),
)
def nothing_generated(s: Subject) -> Iterable[Formula]:
    """0 → 2·T·d·b."""
    if s.rule == ZERO and s.arriving:
        node = replace(s.task.node, derived=s.task.derived)
        yield from some(cache(node, replace(s.task.settings, cache_all=True)))


@misconception(
    "keys or values only in the cache",
    "cache",
    explanation="you counted only the keys or only the values",
    repair="a key-value cache stores a key and a value for every earlier position",
    claim="A key-value cache stores only the keys of earlier positions.",
    source="Pope et al., Efficiently Scaling Transformer Inference, 2023",
    credit=Fraction(1, 2),
)
def keys_only(s: Subject) -> Iterable[Formula]:
    """2·T·h·d_h·b → T·h·d_h·b; T·h·(d_k + d_v)·b → T·h·d_k·b, T·h·d_v·b."""
    halved = without_factor(s.rule, lambda node: node == Number(2))
    if halved is not None:
        yield halved
    else:
        yield from some(
            exchanged(s.rule, _both_widths, lambda node: parts(node)[0]),
            exchanged(s.rule, _both_widths, lambda node: parts(node)[1]),
        )


def _both_widths(node: Formula) -> bool:
    """d_k + d_v."""
    return isinstance(node, Sum) and all(map(named("d_k", "d_v"), node.terms))


@misconception(
    "queries kept in the cache",
    "cache",
    explanation="you counted queries in addition to keys and values",
    repair="during generation a query is needed only at its own step; later steps need only the keys and values",
    claim="While generating text, a transformer must store the queries of all earlier positions.",
    source="Pope et al., Efficiently Scaling Transformer Inference, 2023",
)
def queries_kept(s: Subject) -> Iterable[Formula]:
    """2·T·h·d_h → 3·T·h·d_h."""
    if s.rule != ZERO:
        yield from some(exchanged(s.rule, lambda node: node == Number(2), 3))
