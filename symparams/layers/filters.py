"""What one filter or kernel of a convolution is made from, and what its count does not depend on, in sentences."""

from __future__ import annotations

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula
from symparams.algebra.simplification import simplified
from symparams.layers.spatial_letters import input_sizes
from symparams.model.layer import Incoming
from symparams.model.sentence import Text, say
from symparams.model.tensor import Sizes

ONE_CHANNEL = "Each filter produces one output channel"


def filter_of(k: Sizes, seen: Formula, grouped: bool, bias: bool) -> Text:
    """What a filter is made from."""
    of_group = " of its group" if grouped else ""
    added = ", and a bias is added" if bias else "; there is no bias"
    summed = f"its products are summed to one value{added}"
    point = all(number(size) == 1 for size in k)
    all_seen = "{=seen}" if grouped else "{seen}"
    steps = "{k} steps of the sequence and at " if len(k) == 1 and not point else ""
    block = f"a filter looks at {steps}all {all_seen} input channels{of_group} at once, so it is a {{block}} block"
    if number(seen) == 1:
        one = "it sees only one input channel" if grouped else "there is only one input channel"
        text = (
            f"a filter is a single weight, since {one}{added}"
            if point
            else f"a filter is a {kernel_of(k)}, since {one}"
        )
    elif point:
        text = f"a filter has one weight for each of the {all_seen} input channels{of_group}"
    else:
        cube = _is_cube(k)
        flat = ("row of {k} weights", "{k} square" if cube else "{k} rectangle", "{k} cube" if cube else "{k} box")
        text = f"{block}, not a {flat[len(k) - 1]}"
    if not (point and number(seen) == 1):
        text = f"{text}; {summed}"
    return say(text, f"{block}; {summed}", seen=seen, k=k, block=(*k, seen))


def so_many(m: Formula, plural: str) -> str:
    """So many for each channel; m is not named where there is one, since the rules do not name it either."""
    return f"one {plural.removesuffix('s')}" if number(m) == 1 else f"{{m {plural}}}"


def kernel_of(k: Sizes) -> str:
    """A kernel with its size, for a sentence."""
    return "kernel of size {k}" if len(k) == 1 else "{k} kernel"


def _is_cube(k: Sizes) -> bool:
    """Whether a kernel is as long along every axis."""
    return len(set(map(simplified, k))) == 1


_SPACES = {1: "length of the sequence", 2: "size of the image", 3: "size of the volume"}


def positions_share(x: Incoming, what: str) -> tuple[Text, ...]:
    """The size of the image does not matter, since all positions share the weights."""
    named = _SPACES.get(len(x.spatial), "size of the input")
    reason = f"does not matter: the same {what} is used at every position"
    if len(x.spatial) not in _SPACES or not all(isinstance(size, int) for size in x.spatial):
        return (f"the {named} {reason}",)
    return (say(f"the {named}, {{sizes}}, {reason}", sizes=input_sizes(x)),)


def sums(values: Formula, products: Formula) -> Text:
    """How many values are computed, and from how many products each."""
    several = "each of the {=values output values} is the sum of {=products products}"
    text = "each of the {=values output values} is one product" if number(products) == 1 else several
    return say(text, several, values=values, products=products)


def filter_by_channel(k: Sizes, C_in: Formula, m: Formula, bias: bool) -> Text:
    """How each channel is filtered by itself."""
    each = "each of the {C_in} input channels"
    added = ", and a bias is added" if bias else "; there is no bias"
    own = f"a {kernel_of(k)} of its own" if number(m) == 1 else "{m} kernels of its own, of size {k} each"
    summed = f"The products of a kernel are summed to one value{added}"
    general = f"{each} has {own}, and no kernel sees another channel. {summed}"
    text = general
    if all(number(size) == 1 for size in k):
        own = "one weight of its own" if number(m) == 1 else "{m} weights of its own"
        text = f"{each} is multiplied by {own}{added}"
    elif number(C_in) == 1:
        text = f"{each} has {own}. {summed}"
    if number(C_in) == 1:
        text = text.replace(each, "the only input channel")
    return say(text, general, C_in=C_in, k=k, m=m)
