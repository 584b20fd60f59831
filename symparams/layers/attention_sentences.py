"""What attention says of itself: its projections and heads, what does not matter, and the products."""

from __future__ import annotations

from collections.abc import Iterator

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Number, total
from symparams.layers import projections, query_key
from symparams.layers.heads import Heads
from symparams.layers.projections import multiplied, projected, settled
from symparams.layers.sharing import count_of_positions
from symparams.model.layer import Unit
from symparams.model.sentence import Text, say


def told(of: Heads) -> Iterator[Text]:
    """The projections, the heads, and what is learned besides."""
    layer = of.layer
    yield projections.told(of.projections)
    yield _inputs(of)
    yield _widths(of)
    if of.kv is not None:
        yield _shared(of)
    if layer.gate:
        yield "The gate, through a sigmoid, multiplies what the heads produce"
    yield query_key.told(layer.qknorm, settled(of.key), layer.input_bias)
    if layer.biaskv:
        text = "A learned key and a learned value, {d features} each, are appended to the sequence ({@name})"
        yield say(text, d=of.d, name="add_bias_kv")


def _inputs(of: Heads) -> Text:
    """Where keys and values come from."""
    each = "Queries, keys and values are computed from three different inputs"
    return ("", "Keys and values are computed from the second input, the memory", each)[of.given.count - 1]


def _widths(of: Heads) -> Text:
    """How wide a head is, where it has a width of its own."""
    if of.plain:
        return ""
    text = (
        "A head has {key features}"
        if of.same_widths
        else "A head has {key features} for queries and keys and {value} for values"
    )
    if of.given.query.convention == "torch":
        return say(text, key=of.key, value=of.value)
    name = "key_dim" if of.kv is None else "head_dim"
    return say(
        f"{text}: {{@name}} is the width of one head, not of all together", key=of.key, value=of.value, name=name
    )


def _shared(of: Heads) -> Text:
    """How many heads of queries share keys and values."""
    assert of.kv is not None
    each = of.h / of.kv
    text = {
        (True, True): "Keys and values have one head of {=d_h features}",
        (True, False): "Keys and values have only one head of {=d_h features}, which all {h} query heads share",
        (False, True): "Keys and values have {n_kv heads} of {=d_h features}, one for each query head",
        (False, False): "Keys and values have only {n_kv heads} of {=d_h features}, each of which {=each} query "
        "heads share",
    }[number(of.kv) == 1, number(each) == 1]
    return say(text, n_kv=of.kv, d_h=of.key, h=of.h, each=each)


def kinds(of: Heads) -> Iterator[Unit]:
    """What the parameters belong to."""
    yield from projections.kinds(of.projections)
    yield from query_key.kinds(of.layer.qknorm, settled(of.key), of.layer.input_bias)
    if of.layer.biaskv:
        yield Unit("learned vectors", Number(2), each=of.d)


def ignored(of: Heads) -> Iterator[Text]:
    """What readers may look for in the count."""
    if of.plain and of.kv is None and of.layer.qknorm == "none" and number(of.h) != 1:
        yield say(
            "the number of heads does not matter: each of the {h heads} takes {=d_h} of the outputs of the query, "
            "key and value projections and {d_h} of the inputs of the output projection, "
            "and together they have {d} again",
            h=of.h,
            d_h=of.key,
            d=of.d,
        )
    elif of.shares_width and not of.plain and of.kv is None and number(of.h) != 1:
        yield say(
            "the number of heads cancels here, since together the heads are as wide as the input: {=wide features}. "
            "More heads of this width would need more parameters",
            wide=of.h * of.key,
        )
    if of.layer.rope:
        yield "the rotary positions do not matter: their angles are computed, not learned"
    if of.given.count == 1:
        yield count_of_positions(of.rows, "every position uses the same projections")
    else:
        yield "the lengths of the sequences do not matter: every position uses the same projections"


def cached(of: Heads) -> Text:
    """What is kept for each position."""
    start, end = "while text is generated, the cache keeps", "for each of the {=rows positions}"
    if of.same_widths:
        kept = f"{start} a key and a value of {{=key features}} each, {end}"
    else:
        kept = f"{start} a key of {{=key features}} and a value of {{=value features}}, {end}"
    value = settled(of.kept * of.value)
    return say(kept, key=settled(of.kept_width), value=value, rows=of.key_rows)


def worked(of: Heads) -> Text:
    """The products of the projections, then those of queries with keys and of scores with values."""
    pairs, key, value = multiplied(of.rows, of.key_rows), settled(of.key), settled(of.value)
    per_head = "in each of the {h heads}, " if number(of.h) != 1 else ""
    of_all = ", so all heads together take {=mixed}" if per_head else ""
    hidden = "; the causal mask saves nothing, since the scores that it hides are computed all the same"
    return say(
        "the projections take {=projected products}, one for each weight at each position; "
        f"{per_head}queries times keys take {{=scores products}} and weighting the values {{=weighted}} more"
        f"{of_all}{hidden if of.layer.causal else ''}",
        projected=settled(total(projected(of.projections))),
        h=of.h,
        scores=pairs * key,
        weighted=pairs * value,
        mixed=settled(total(of.mixed())),
    )
