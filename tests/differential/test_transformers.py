"""Every class of every family against the library transformers: random configs, built without memory and compared.

Totals are equal for each; so are the shapes of all tensors, where the library keeps matrices apart as the network does,
else the sums of the layers that have the same name in both.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from symparams.algebra.evaluation import number
from symparams.algebra.formula import as_formula
from symparams.errors import Source
from symparams.model.network import Network, Node
from symparams.quantities.tensor_counts import stored_tensors
from symparams.reading.families import Family, Key, family, family_names
from symparams.reading.huggingface import read_hf
from symparams.sources.language import built

CONFIGS = 30
ALL = [(family(name), one.name) for name in family_names() for one in family(name).classes]
# These join matrices in the library: queries, keys and values, or the experts of a layer.
JOINED = {"bloom", "deepseek_v2", "deepseek_v3", "falcon", "gpt2", "gpt_neox", "mamba", "mixtral", "swin"}

Config = dict[str, Any]

# ---------------------------------------------------------------- random configs

WIDTHS = {"hidden_size", "n_embd", "dim", "d_model", "embed_dim"}
HEADS = {"num_attention_heads", "n_head", "n_heads", "num_heads", "encoder_attention_heads", "decoder_attention_heads"}
KEPT = {"num_key_value_heads", "num_kv_heads"}


def random_config(of: Family, rng: random.Random) -> Config:
    """Keys given, left out or null as a file may have them, under any of their names."""
    config: Config = {}
    for key in of.keys:
        config.update(random_key(key, config, rng))
    fitted = FITTED.get(of.name)
    if fitted is not None:
        fitted(config, rng)
    return {"model_type": of.name, **config}


def random_key(key: Key, config: Config, rng: random.Random) -> Config:
    usual, name, left_out = key.names[0], rng.choice(key.names), rng.random() < 0.2
    if usual in WIDTHS:
        return {name: 24 * rng.randint(1, 3)}
    if usual in HEADS and key.kind == "size":
        return {name: rng.choice((1, 2, 3, 4, 6, 12))}
    if usual in KEPT:
        heads = next(config[one] for one in HEADS if one in config)
        divisors = [n for n in range(1, heads + 1) if heads % n == 0]
        return {name: rng.choice(divisors)} if not left_out else {name: None} if "null" in key.instead else {}
    if left_out:
        is_formula = not key.default.isdigit() and key.kind in ("size", "count")
        return {name: None} if "null" in key.instead or (is_formula and rng.random() < 0.5) else {}
    value = RANDOM[key.kind](name, rng)
    return {} if value is None else {name: value}


def labels(name: str, rng: random.Random) -> int | dict[str, str]:
    count = rng.randint(1, 6)
    return {str(i): f"label {i}" for i in range(count)} if name == "id2label" else count


RANDOM: Mapping[str, Callable[[str, random.Random], Any]] = {
    "size": lambda name, rng: 2 * rng.randint(1, 8) if "head_dim" in name or name == "d_kv" else rng.randint(2, 60),
    "count": lambda name, rng: rng.randint("layers" in name, 4),
    "switch": lambda name, rng: rng.random() < 0.5,
    "function": lambda name, rng: rng.choice(("relu", "gelu", "silu", "gelu_new", "gelu_pytorch_tanh", "tanh")),
    "gate": lambda name, rng: rng.choice(("relu", "gated-gelu", "gelu_new", "gated-silu")),
    "scale": lambda name, rng: rng.choice((0, 1e-6, 0.1)),
    "labels": labels,
    **dict.fromkeys(("sizes", "pair", "ratio"), lambda name, rng: None),
}


def experts(config: Config, rng: random.Random) -> None:
    count = rng.randint(2, 6)
    for name in ("num_experts", "n_routed_experts", "num_local_experts"):
        config.pop(name, None)
    config["num_experts"], config["num_experts_per_tok"] = count, rng.randint(1, count)


def latent(config: Config, rng: random.Random) -> None:
    """Rotary features come in pairs; the groups of experts divide them; a rank of 0 would leave nothing of queries."""
    experts(config, rng)
    count = config.pop("num_experts")
    config["qk_rope_head_dim"] = 2 * rng.randint(1, 5)
    config["q_lora_rank"] = rng.choice((None, rng.randint(1, 20)))
    config.update(n_routed_experts=count, n_group=1, topk_group=1, num_attention_heads=rng.choice((1, 2, 3, 4)))


def crossing(config: Config, rng: random.Random) -> None:
    """Only decoders attend to an encoder."""
    config["is_decoder"] = rng.random() < 0.5
    config["add_cross_attention"] = config["is_decoder"] and rng.random() < 0.5


def roberta(config: Config, rng: random.Random) -> None:
    crossing(config, rng)
    config["max_position_embeddings"] = rng.randint(3, 50)


def opt(config: Config, rng: random.Random) -> None:
    if rng.random() < 0.4:
        config["word_embed_proj_dim"] = config["hidden_size"]


def phi(config: Config, rng: random.Random) -> None:
    """The library normalizes heads as wide as d/h, whatever head_dim says, and cannot run otherwise."""
    if config.get("qk_layernorm"):
        config.pop("head_dim", None)


def falcon(config: Config, rng: random.Random) -> None:
    config.pop("num_ln_in_parallel_attn", None)
    if rng.random() < 0.5:
        config["num_ln_in_parallel_attn"] = rng.choice((1, 2, None))


def mamba(config: Config, rng: random.Random) -> None:
    config["expand"] = rng.randint(1, 4)
    if rng.random() < 0.3:
        config["time_step_rank"] = "auto"


def albert(config: Config, rng: random.Random) -> None:
    names = ("num_hidden_groups", "inner_group_num", "num_hidden_layers")
    config.update({name: rng.randint(1, most) for name, most in zip(names, (4, 3, 7), strict=True)})


def t5(config: Config, rng: random.Random) -> None:
    """The library does not see the other name of num_layers when it makes the decoder as deep."""
    if "num_hidden_layers" in config:
        config["num_layers"] = config.pop("num_hidden_layers")


def image(config: Config, rng: random.Random) -> None:
    patch = rng.choice((2, 4, 5))
    config["image_size"], config["patch_size"] = rng.choice((16, 20, 21, [20, 24])), rng.choice((patch, [patch, 2]))
    config["encoder_stride"] = patch if config["patch_size"] == patch else 1
    if rng.random() < 0.2:
        config.pop("id2label", None)
        config["num_labels"] = 0


def swin(config: Config, rng: random.Random) -> None:
    image(config, rng)
    stages = range(rng.randint(1, 4))
    config.update(
        patch_size=rng.choice((2, 3, 4)),
        image_size=rng.choice((32, 40, 44, [32, 64])),
        embed_dim=rng.choice((12, 24)),
        depths=[rng.randint(1, 4) for _ in stages],
        num_heads=[rng.choice((1, 2, 3, 4, 6)) for _ in stages],
        window_size=rng.choice((2, 3, 4, 7)),
        mlp_ratio=rng.choice((4.0, 2, 2.3, 1.5, 3.7)),
    )
    config["use_absolute_embeddings"] = config["patch_size"] != 3 and rng.random() < 0.5


def convnext(config: Config, rng: random.Random) -> None:
    image(config, rng)
    config.pop("num_hidden_layers", None)
    stages = range(rng.randint(1, 4))
    config.update(image_size=rng.choice((64, 80, [64, 96])), patch_size=rng.choice((2, 4)), num_stages=len(stages))
    config.update(depths=[rng.randint(1, 4) for _ in stages], hidden_sizes=[rng.randint(3, 20) for _ in stages])


FITTED: Mapping[str, Callable[[Config, random.Random], None]] = {
    "albert": albert,
    "bert": crossing,
    "convnext": convnext,
    "deepseek_v2": latent,
    "deepseek_v3": latent,
    "deit": image,
    "electra": crossing,
    "falcon": falcon,
    "mamba": mamba,
    "mixtral": experts,
    "opt": opt,
    "phi": phi,
    "roberta": roberta,
    "swin": swin,
    "t5": t5,
    "vit": image,
    "whisper": lambda config, rng: config.update(pad_token_id=0),
}

# ---------------------------------------------------------------- what both make of it


def theirs(config: Config, architecture: str) -> Any:
    """The library's model, of tensors without memory; None where the library refuses the config."""
    import torch
    import transformers

    transformers.logging.set_verbosity_error()
    keys = {name: value for name, value in config.items() if name != "model_type"}
    try:
        known = transformers.AutoConfig.for_model(config["model_type"], **keys)
        with torch.device("meta"):
            model = getattr(transformers, architecture)(known)
    except (ValueError, TypeError, AttributeError, AssertionError):
        return None
    except Exception as error:  # its own kind of error for a value of the wrong type
        if "Validation" not in type(error).__name__:
            raise
        return None
    model.tie_weights()
    return model


def ours(config: Config) -> Network:
    read = read_hf(Source("config.json", json.dumps(config)))
    return built(read.statements, read.source)


def whole(value: Any) -> int:
    found = number(as_formula(value))
    assert isinstance(found, int)
    return found


def shapes(network: Network) -> Iterator[tuple[tuple[int, ...], int]]:
    """The shapes of the tensors, and how many there are of each."""
    for node in network.nodes:
        one = whole(node.counts.params)
        for t in stored_tensors(node.derived.rules, node.derived.facts) if one else ():
            if not t.is_buffer:
                yield _sizes(map(whole, t.shape)), whole(t.copies) * whole(node.all_counts.params) // one


def _sizes(shape: Any) -> tuple[int, ...]:
    """The sizes without axes of 1, whatever their order: a convolution of one position is a matrix."""
    return tuple(sorted(size for size in shape if size != 1))


def same_shapes(network: Network, model: Any) -> tuple[Counter[Any], Counter[Any]]:
    mine: Counter[Any] = Counter()
    for shape, count in shapes(network):
        mine[shape] += count
    return mine, Counter(_sizes(p.shape) for p in model.parameters() if p.numel())


def same_sums(network: Network, model: Any) -> tuple[Counter[str], Counter[str]]:
    """The parameters by the names of layers that both have; those of all others together."""
    named = [(name.split("."), p.numel()) for name, p in model.named_parameters()]
    parts = {part for path, _ in named for part in path}
    mine: Counter[str] = Counter()
    for node in network.nodes:
        mine[_stem(node, parts)] += whole(node.all_counts.params)
    other: Counter[str] = Counter()
    for path, count in named:
        other[next((part for part in reversed(path) if part in mine), "")] += count
    return +mine, +other


def _stem(node: Node, parts: set[str]) -> str:
    name = re.sub(r"_\d+$", "", node.name)
    name = {"embeddings_norm": "norm"}.get(name, name)
    return name if name in parts else ""


@pytest.mark.transformers
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("of", "architecture"), ALL, ids=[name for _, name in ALL])
def test_random_configs(of: Family, architecture: str) -> None:
    pytest.importorskip("transformers")
    rng, compared = random.Random(architecture), 0
    for _ in range(10 * CONFIGS):
        config = {**random_config(of, rng), "architectures": [architecture]}
        model = theirs(config, architecture)
        if model is None:
            continue
        network = ours(config)
        assert whole(network.counts.params) == sum(p.numel() for p in model.parameters()), config
        mine, other = (same_sums if of.name in JOINED else same_shapes)(network, model)
        assert mine == other, config
        compared += 1
        if compared == CONFIGS:
            return
    pytest.fail(f"only {compared} configs could be compared")
