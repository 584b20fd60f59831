"""Configs of published models against the totals that their authors or the library give."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from symparams.errors import Source
from symparams.reading.families import family, family_names
from symparams.reading.huggingface import read_hf
from symparams.sources.language import built
from tests.helpers import value

Row = tuple[str, str, dict[str, Any], int]  # family, class or "" for the usual one, what the config says, total


def llama(d: int, f: int, layers: int, h: int, **more: object) -> dict[str, Any]:
    sizes = {"hidden_size": d, "intermediate_size": f, "num_hidden_layers": layers, "num_attention_heads": h}
    return {**sizes, **more}


def sized(d: int, layers: int, h: int, **more: object) -> dict[str, Any]:
    return {"hidden_size": d, "num_hidden_layers": layers, "num_attention_heads": h, **more}


def vit(d: int, layers: int, h: int, patch: int = 16) -> dict[str, Any]:
    return llama(d, 4 * d, layers, h, patch_size=patch, num_labels=1000)


def gpt2(d: int, layers: int, h: int) -> dict[str, Any]:
    return {"n_embd": d, "n_layer": layers, "n_head": h}


def t5(d: int, f: int, layers: int, h: int, head: int = 64) -> dict[str, Any]:
    return {"d_model": d, "d_ff": f, "num_layers": layers, "num_heads": h, "d_kv": head, "feed_forward_proj": "relu"}


def whisper(d: int, layers: int, h: int) -> dict[str, Any]:
    sides = ("encoder", "decoder")
    layered = {f"{side}_{what}": n for side in sides for what, n in (("layers", layers), ("attention_heads", h))}
    return {"d_model": d, **layered, **{f"{side}_ffn_dim": 4 * d for side in sides}}


def swin(c: int, depths: list[int], heads: list[int]) -> dict[str, Any]:
    return {"embed_dim": c, "depths": depths, "num_heads": heads, "id2label": {str(i): f"x{i}" for i in range(1000)}}


def convnext(sizes: list[int], third: int) -> dict[str, Any]:
    return {"hidden_sizes": sizes, "depths": [3, 3, third, 3], "num_labels": 1000}


def mamba(d: int, layers: int) -> dict[str, Any]:
    return {"hidden_size": d, "num_hidden_layers": layers, "time_step_rank": "auto"}


ROBERTA = {"max_position_embeddings": 514, "type_vocab_size": 1}
WIDE = {"max_position_embeddings": 2048, "layer_norm_elementwise_affine": True}
LITE = {"first_k_dense_replace": 1, "q_lora_rank": None, "moe_intermediate_size": 1408, "n_shared_experts": 2}
STAGES = [[96, 192, 384, 768], [128, 256, 512, 1024], [192, 384, 768, 1536]]

PUBLISHED: list[Row] = [
    ("llama", "", llama(4096, 11008, 32, 32), 6738415616),
    ("llama", "", llama(8192, 28672, 80, 64, num_key_value_heads=8), 68976648192),
    ("llama", "", llama(4096, 14336, 32, 32, num_key_value_heads=8, vocab_size=128256), 8030261248),
    (
        "llama",
        "",
        llama(2048, 8192, 16, 32, num_key_value_heads=8, vocab_size=128256, tie_word_embeddings=True, head_dim=64),
        1235814400,
    ),
    ("mistral", "", llama(4096, 14336, 32, 32, num_key_value_heads=8), 7241732096),
    ("mixtral", "", llama(4096, 14336, 32, 32, num_key_value_heads=8, num_local_experts=8), 46702792704),
    ("qwen2", "", llama(896, 4864, 24, 14, num_key_value_heads=2, tie_word_embeddings=True), 494032768),
    ("qwen2", "", llama(3584, 18944, 28, 28, num_key_value_heads=4, vocab_size=152064), 7615616512),
    (
        "qwen3",
        "",
        llama(1024, 3072, 28, 16, num_key_value_heads=8, head_dim=128, tie_word_embeddings=True),
        596049920,
    ),
    ("qwen3", "", llama(4096, 12288, 36, 32, num_key_value_heads=8, head_dim=128), 8190735360),
    ("gemma", "", llama(2048, 16384, 18, 8, num_key_value_heads=1, head_dim=256), 2506172416),
    ("gemma", "", llama(3072, 24576, 28, 16, num_key_value_heads=16, head_dim=256), 8537680896),
    ("phi", "", llama(2048, 8192, 24, 32), 1418270720),
    ("phi", "", llama(2560, 10240, 32, 32), 2779683840),
    ("gpt2", "", gpt2(768, 12, 12), 124439808),
    ("gpt2", "", gpt2(1024, 24, 16), 354823168),
    ("gpt2", "", gpt2(1280, 36, 20), 774030080),
    ("gpt2", "", gpt2(1600, 48, 25), 1557611200),
    ("gpt_neox", "", llama(6144, 24576, 44, 64), 20554567680),
    ("gpt_neox", "", llama(512, 2048, 6, 8, vocab_size=50304), 70426624),
    ("gpt_neox", "", llama(4096, 16384, 32, 32), 6857302016),
    ("opt", "", WIDE, 125239296),
    (
        "opt",
        "",
        sized(1024, 24, 16, ffn_dim=4096, word_embed_proj_dim=512, do_layer_norm_before=False),
        331196416,
    ),
    ("opt", "", sized(4096, 32, 32, ffn_dim=16384), 6658473984),
    ("falcon", "", {"multi_query": True, "parallel_attn": True}, 6921720704),
    (
        "falcon",
        "",
        sized(8192, 60, 128, num_kv_heads=8, new_decoder_architecture=True),
        41303293952,
    ),
    ("bloom", "", {"n_embed": 1024, "n_layer": 24, "num_attention_heads": 16}, 559214592),
    ("bloom", "", {"hidden_size": 4096, "n_layer": 30, "n_head": 32}, 7069016064),
    ("bloom", "", {"n_embed": 14336, "n_layer": 70, "num_attention_heads": 112}, 176247271424),
    ("mamba", "", mamba(768, 24), 129135360),
    ("mamba", "", mamba(2048, 48), 1372178432),
    ("mamba", "", mamba(2560, 64), 2768345600),
    ("deepseek_v2", "", {**llama(2048, 10944, 27, 16), **LITE}, 15706484224),
    ("deepseek_v3", "", {}, 671026404352),
    ("bert", "", {}, 109482240),
    ("bert", "", llama(1024, 4096, 24, 16), 335141888),
    ("roberta", "", ROBERTA, 124645632),
    ("roberta", "", {**llama(1024, 4096, 24, 16), **ROBERTA}, 355359744),
    ("distilbert", "", {}, 66362880),
    ("electra", "", {}, 13483008),
    ("electra", "", llama(768, 3072, 12, 12, embedding_size=768), 108891648),
    ("electra", "", llama(1024, 4096, 24, 16, embedding_size=1024), 334092288),
    ("albert", "", llama(768, 3072, 12, 12), 11683584),
    ("albert", "", llama(1024, 4096, 24, 16), 17683968),
    ("albert", "", llama(2048, 8192, 24, 16), 58724864),
    ("albert", "", llama(4096, 16384, 12, 64), 222595584),
    ("t5", "T5ForConditionalGeneration", t5(512, 2048, 6, 8), 60506624),
    ("t5", "T5ForConditionalGeneration", t5(768, 3072, 12, 12), 222903552),
    ("t5", "T5ForConditionalGeneration", t5(1024, 4096, 24, 16), 737668096),
    ("t5", "T5ForConditionalGeneration", t5(1024, 16384, 24, 32, 128), 2851598336),
    ("t5", "T5ForConditionalGeneration", t5(1024, 65536, 24, 128, 128), 11307321344),
    ("bart", "", whisper(768, 6, 12), 139420416),
    ("bart", "", {}, 406291456),
    ("vit", "", {}, 86389248),
    ("vit", "ViTForImageClassification", vit(768, 12, 12), 86567656),
    ("vit", "ViTForImageClassification", vit(1024, 24, 16), 304326632),
    ("deit", "DeiTForImageClassificationWithTeacher", vit(768, 12, 12), 87338192),
    ("deit", "DeiTForImageClassificationWithTeacher", vit(384, 12, 6), 22436432),
    ("deit", "DeiTForImageClassificationWithTeacher", vit(192, 12, 3), 5910800),
    ("swin", "SwinForImageClassification", swin(96, [2, 2, 6, 2], [3, 6, 12, 24]), 28288354),
    ("swin", "SwinForImageClassification", swin(96, [2, 2, 18, 2], [3, 6, 12, 24]), 49606258),
    ("swin", "SwinForImageClassification", swin(128, [2, 2, 18, 2], [4, 8, 16, 32]), 87768224),
    ("swin", "SwinForImageClassification", swin(192, [2, 2, 18, 2], [6, 12, 24, 48]), 196532476),
    ("convnext", "ConvNextForImageClassification", convnext(STAGES[0], 9), 28589128),
    ("convnext", "ConvNextForImageClassification", convnext(STAGES[0], 27), 50223688),
    ("convnext", "ConvNextForImageClassification", convnext(STAGES[1], 27), 88591464),
    ("convnext", "ConvNextForImageClassification", convnext(STAGES[2], 27), 197767336),
    ("whisper", "", whisper(384, 4, 6), 37760640),
    ("whisper", "", whisper(512, 6, 8), 72593920),
    ("whisper", "", whisper(768, 12, 12), 241734912),
    ("whisper", "", whisper(1024, 24, 16), 763857920),
    ("whisper", "", whisper(1280, 32, 20), 1543304960),
]


def config(name: str, architecture: str, keys: dict[str, Any]) -> str:
    said = {"architectures": [architecture]} if architecture else {}
    return json.dumps({"model_type": name, **said, **keys}, indent=2)


@pytest.mark.parametrize(("name", "architecture", "keys", "total"), PUBLISHED)
def test_totals(name: str, architecture: str, keys: dict[str, Any], total: int) -> None:
    read = read_hf(Source("config.json", config(name, architecture, keys)))
    assert value(built(read.statements, read.source).counts.params, {}) == total


@pytest.mark.parametrize("name", family_names())
def test_every_total_that_a_file_names_is_one_of_these(name: str) -> None:
    named = {int(number) for number in re.findall(r"\d{7,}", family(name).about)}
    assert named
    assert named <= {total for family, _, _, total in PUBLISHED if family == name}
