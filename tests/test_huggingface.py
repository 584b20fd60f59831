"""Hugging Face configs: what is read, what is assumed, what is refused and where."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import symparams as sp
from symparams.errors import LimitError, Source, Span, SymparamsError
from symparams.model.network import Network
from symparams.reading.families import Architecture, Family, family, family_names, read_family
from symparams.reading.huggingface import family_network, read_hf, recognised
from symparams.reading.reading import Reading
from symparams.sources.language import built
from symparams.sources.printer import printed
from tests.conftest import EXAMPLES
from tests.helpers import net, value
from tests.test_cli import run


def reading(text: str | dict[str, Any], model: str | None = None) -> Reading:
    return read_hf(Source("config.json", text if isinstance(text, str) else json.dumps(text)), model)


def network(text: str | dict[str, Any], model: str | None = None) -> Network:
    read = reading(text, model)
    return built(read.statements, read.source)


def total(text: str | dict[str, Any], model: str | None = None) -> int:
    return int(value(network(text, model).counts.params, {}))


SMALL = {"model_type": "llama", "vocab_size": 50, "hidden_size": 12, "num_hidden_layers": 2, "num_attention_heads": 3}
SMALL |= {"intermediate_size": 20}
BLOCK = 4 * 12 * 12 + 3 * 12 * 20 + 2 * 12

# ---------------------------------------------------------------- families


ALL = [(family(name), one) for name in family_names() for one in family(name).classes]


@pytest.mark.parametrize(("of", "architecture"), ALL, ids=[one.name for _, one in ALL])
def test_every_class_of_every_family_is_a_network_with_letters(of: Family, architecture: Architecture) -> None:
    text = family_network(of, architecture)
    letters = {name for name, value in net(text).symbols.items() if value is None}
    assert "d" in letters or of.name in ("swin", "convnext")
    assert letters - {"T", "S", "U"} <= {letter for key in of.keys for letter in key.letters}


def test_a_family_is_one_file_and_every_key_of_it_is_used() -> None:
    assert len(family_names()) == 27
    for name in family_names():
        one = family(name)
        text = one.body + "".join(a.head for a in one.classes) + "".join(s.text for s in (*one.notes, *one.needs))
        text += "".join(key.default + "".join(key.instead.values()) for key in one.keys)
        for key in one.keys:
            used = [word for word in (key.names[0], *key.letters) if word in text]
            assert used or key.letters, (name, key)
        assert {said.key for said in (*one.notes, *one.needs)} <= {key.names[0] for key in one.keys}


def test_a_line_that_is_neither_a_key_nor_a_class_is_told() -> None:
    with pytest.raises(SymparamsError) as caught:
        read_family("new", "# A family.\nsize width as d = 3\n\ninput(d)\n")
    assert str(caught.value) == "new.arch:2: this line is neither a key nor a class: size width as d = 3"
    with pytest.raises(SymparamsError) as caught:
        read_family("new", "size width as d = 3 # width\ninput(d)")
    assert str(caught.value) == "new.arch:2: this line is neither a key nor a class: input(d)"
    with pytest.raises(SymparamsError) as caught:
        read_family("new", "size width as d = 3 # width")
    assert str(caught.value) == "new.arch: an empty line must separate keys and classes from the network"


def test_the_page_is_what_the_command_prints(request: pytest.FixtureRequest) -> None:
    page = EXAMPLES.parent / "docs" / "families.md"
    text = run("families", "--format", "markdown")[1]
    if request.config.getoption("--rewrite"):
        page.write_text(text, "utf-8")
    assert page.read_text("utf-8") == text, "python -m pytest tests/test_huggingface.py --rewrite makes it anew"


def test_the_command_shows_one_family_or_the_nearest_name() -> None:
    shown = run("families", "mamba")[1]
    assert shown.startswith("mamba\n-----\nGu, Dao: Mamba: ")
    assert "  time_step_rank       r  ceil(d/16); auto: ceil(d/16)  rank of the step\n" in shown
    assert "    input(T) -> embedding(V, d) as embeddings -> [block] * L -> rmsnorm as norm_f" in shown
    assert run("families", "lama") == (2, "", "unknown family `lama`; did you mean `llama`?\n")


# ---------------------------------------------------------------- what is read


def test_the_network_is_in_the_language_with_the_letters_of_the_books() -> None:
    assert printed(reading({**SMALL, "num_key_value_heads": 1}).statements) == (
        'model "LlamaForCausalLM"\n'
        "convention torch\n"
        "let V = 50\n"
        "let d = 12\n"
        "let L = 2\n"
        "let h = 3\n"
        "let g = 1\n"
        "let c = d/h\n"
        "let f = 20\n"
        "def block = { rmsnorm as input_layernorm -> attention(h, head=c, kv=g, rope, causal, bias=no) as self_attn | "
        "id } -> add -> { rmsnorm as post_attention_layernorm -> gatedffn(f, silu, bias=no) as mlp | id } -> add\n"
        "input(T) -> embedding(V, d) as embed_tokens -> [block] * L -> rmsnorm as norm -> "
        "dense(V, bias=no) as lm_head\n"
    )


def test_layers_have_the_names_of_the_library_and_tensors_its_shapes() -> None:
    layers = sp.parse(printed(reading({**SMALL, "num_key_value_heads": 1}).statements))
    assert [layer.name for layer in layers][:5] == [
        "input_1",
        "embed_tokens",
        "input_layernorm_1",
        "self_attn_1",
        "add_1",
    ]
    tensors = layers.solve().to_json()
    assert '"name": "key.weight"' in tensors
    assert total({**SMALL, "num_key_value_heads": 1}) == 2 * 50 * 12 + 12 + 2 * (BLOCK - 2 * 12 * 8)


def test_architectures_decide_the_head_and_the_tie() -> None:
    assert total(SMALL) == 2 * BLOCK + 12 + 2 * 50 * 12
    assert total({**SMALL, "tie_word_embeddings": True}) == 2 * BLOCK + 12 + 50 * 12
    assert total({**SMALL, "architectures": ["LlamaModel"]}) == 2 * BLOCK + 12 + 50 * 12
    labels = {"id2label": {"0": "bad", "1": "good", "2": "fair"}, "num_labels": 9}
    classes = {**SMALL, **labels, "architectures": ["LlamaForSequenceClassification"]}
    assert total(classes) == 2 * BLOCK + 12 + 50 * 12 + 3 * 12
    assert total(classes, "LlamaModel") == 2 * BLOCK + 12 + 50 * 12
    assert reading(classes, "LlamaModel").models == ("LlamaModel", "LlamaForSequenceClassification")


def test_without_architectures_decoders_have_their_head_and_others_not() -> None:
    decoders = {"bloom", "deepseek_v2", "deepseek_v3", "falcon", "gemma", "gpt2", "gpt_neox", "llama", "mamba"}
    decoders |= {"mistral", "mixtral", "opt", "phi", "qwen2", "qwen3"}
    for name in family_names():
        usual = family(name).classes[0].name
        assert usual.endswith(("ForCausalLM", "LMHeadModel") if name in decoders else "Model"), usual
        assert reading({"model_type": name}).assumed[0].what == f"it has no `architectures`, so {usual} is taken"


def test_what_a_config_leaves_open_is_said() -> None:
    _, values = reading(SMALL).assumed
    assert values.what == (
        "what it does not say is as the library has it: num_key_value_heads = h, head_dim = d/h, hidden_act = silu, "
        "attention_bias = no, mlp_bias = no, tie_word_embeddings = no"
    )
    assert str(SMALL["model_type"]) in json.dumps(SMALL)[values.at.start : values.at.end]
    whole = {**SMALL, "num_key_value_heads": 3, "head_dim": 4, "hidden_act": "silu", "attention_bias": False}
    whole |= {"mlp_bias": False, "tie_word_embeddings": False, "architectures": ["LlamaForCausalLM"]}
    assert reading({**whole, "rope_theta": 1e4, "torch_dtype": "bfloat16"}).assumed == ()


def test_what_versions_of_the_library_do_differently_is_said() -> None:
    told = reading({"model_type": "t5", "tie_word_embeddings": False, "architectures": ["T5Model"]}).assumed[-1].what
    assert told.startswith("transformers 5 ties the output to the embedding all the same; version 4 gives it")


def test_a_class_alone_names_the_family() -> None:
    config = {key: value for key, value in SMALL.items() if key != "model_type"}
    assert total({**config, "architectures": ["LlamaModel"]}) == 2 * BLOCK + 12 + 50 * 12


def test_null_is_what_the_library_makes_of_it() -> None:
    assert total({**SMALL, "num_key_value_heads": None, "head_dim": None}) == total(SMALL)
    mistral = {**SMALL, "model_type": "mistral", "num_attention_heads": 6}
    assert total({**mistral, "num_key_value_heads": None}) == total({**mistral, "num_key_value_heads": 6})


def test_a_head_width_that_does_not_come_out_whole_is_rounded_down() -> None:
    config = {**SMALL, "model_type": "mistral", "num_attention_heads": 5, "num_key_value_heads": 5}
    assert total(config) == 2 * (4 * 12 * 10 + 3 * 12 * 20 + 2 * 12) + 12 + 2 * 50 * 12


def test_small_damage_is_repaired_and_told() -> None:
    text = "LlamaConfig {\n  “model_type”: 'llama',\n  \"num_hidden_layers\": 1,,\n  'tie_word_embeddings': True,"
    read = reading(text)
    assert [repair.what for repair in read.repairs] == [
        "quotation marks of another kind read as straight double ones",
        "a comma that is missing or too many read as it must be meant",
        "Python's True, False and None read as true, false and null",
        "the end is cut off; what stands before it was read",
    ]
    assert [text[at.start : at.end] for _, at, *_ in read.repairs] == [
        "“model_type”",
        "'tie_word_embeddings'",
        "True",
        ",",
    ]
    assert total(text) == 32000 * 4096 + 4096 + 4 * 4096**2 + 3 * 4096 * 11008 + 2 * 4096


def test_how_a_config_is_recognised() -> None:
    assert recognised(json.dumps(SMALL)) == 1
    assert recognised('BertConfig {\n  "architectures": ["BertModel"]') == 1
    assert recognised('Why so many?\n{"hidden_size": 3, "model_type": "bert"}') == 0.6
    assert recognised('{"class_name": "Functional", "config": {"model_type": "x"}}') == 0
    assert recognised("input(T) -> embedding(V, d)") == 0
    assert recognised('the key "model_type": is missing') == 0


def spans(record: object) -> Iterator[Span]:
    if isinstance(record, Span):
        yield record
    elif isinstance(record, tuple):
        for part in record:
            yield from spans(part)


@pytest.mark.parametrize("name", family_names())
def test_every_place_lies_in_the_config(name: str) -> None:
    text = json.dumps({"hidden_act": "gelu", "num_hidden_layers": 2, "model_type": name, "vocab_size": 70}, indent=1)
    read = reading(text)
    shown = {text[at.start : at.end] for at in spans(read.statements)}
    assert f'"{name}"' in shown
    assert shown <= {f'"{name}"', "2", "70"}
    assert all(text[at.start : at.end] in shown for _, at, *_ in (*read.repairs, *read.assumed))


# ---------------------------------------------------------------- what is refused

FAMILIES = (
    "albert, bart, bert, bloom, convnext, deepseek_v2, deepseek_v3, deit, distilbert, electra, falcon, gemma, gpt2, "
)
FAMILIES += "gpt_neox, llama, mamba, mistral, mixtral, opt, phi, qwen2, qwen3, roberta, swin, t5, vit and whisper"
UNKNOWN = f"is not one of the families that are known: {FAMILIES}"

SEVERAL_PARTS = '"llava" has several parts; the text part is of the family llama: '
SEVERAL_PARTS += "the object under text_config alone can be read"

REFUSED: list[tuple[str, str, str]] = [  # config, message, what the message points at
    ('{"model_type": "rwkv"}', f'"rwkv" {UNKNOWN}; another network can be written in the language', '"rwkv"'),
    ('{"model_type": "lama"}', f'"lama" {UNKNOWN}; did you mean `llama`?', '"lama"'),
    ('{"model_type": 3}', f"3 {UNKNOWN}; another network can be written in the language", "3"),
    (
        '{"model_type": "llava", "text_config": {"model_type": "llama"}}',
        SEVERAL_PARTS,
        '"llama"',
    ),
    (
        '{"hidden_size": 12}',
        'this does not say of which family it is; it needs a key such as "model_type": "llama"',
        "{",
    ),
    (
        '{"model_type": "mamba", "architectures": ["MambaForDogs"]}',
        "MambaForDogs is not one of the classes of mamba that can be read: MambaForCausalLM and MambaModel",
        '"MambaForDogs"',
    ),
    (
        '{"model_type": "bert", "hidden_size": "768"}',
        'hidden_size is a whole number of at least 1, not "768"',
        '"768"',
    ),
    ('{"model_type": "bert", "hidden_size": 7.5}', "hidden_size is a whole number of at least 1, not 7.5", "7.5"),
    ('{"model_type": "bert", "hidden_size": true}', "hidden_size is a whole number of at least 1, not true", "true"),
    (
        '{"model_type": "bert", "num_hidden_layers": -1}',
        "num_hidden_layers is a whole number of at least 0, not -1",
        "-1",
    ),
    ('{"model_type": "llama", "mlp_bias": "yes"}', 'mlp_bias is true or false, not "yes"', '"yes"'),
    (
        '{"model_type": "llama", "hidden_act": "sine"}',
        'hidden_act is the name of an activation such as gelu, silu or relu, not "sine"',
        '"sine"',
    ),
    (
        '{"model_type": "t5", "feed_forward_proj": "gated"}',
        'feed_forward_proj is the name of an activation, with gated- before it where the part has a gate, not "gated"',
        '"gated"',
    ),
    (
        '{"model_type": "swin", "depths": [2, 0]}',
        "depths is a list of whole numbers of at least 1, not [2, 0]",
        "[2, 0]",
    ),
    (
        '{"model_type": "vit", "image_size": [3, 4, 5]}',
        "image_size is a whole number of at least 1, or a list of two, not [3, 4, 5]",
        "[3, 4, 5]",
    ),
    ('{"model_type": "swin", "mlp_ratio": 0}', "mlp_ratio is a number above 0, not 0", "0"),
    (
        '{"model_type": "convnext", "layer_scale_init_value": "x"}',
        'layer_scale_init_value is a number of at least 0, not "x"',
        '"x"',
    ),
    (
        '{"model_type": "bert", "id2label": []}',
        "id2label is an object with one entry for each label, or how many there are, not []",
        "[]",
    ),
    (
        '{"model_type": "convnext", "depths": [2, 2]}',
        "depths has a number for each of the 4 stages that num_stages has, not [2, 2]",
        "[2, 2]",
    ),
    (
        '{"model_type": "swin", "depths": [2, 2], "num_heads": [3]}',
        "num_heads has a number for each of the 2 stages that depths has, not [3]",
        "[3]",
    ),
    (
        '{"model_type": "bert", "hidden_size": 100}',
        "num_attention_heads divides the width of 100, not 12",
        '"bert"',
    ),
    (
        '{"model_type": "gpt2", "n_head": 7}',
        "n_head divides the width of 768, not 7",
        "7",
    ),
    (
        '{"model_type": "llama", "num_key_value_heads": 5}',
        "self_attn_1: 5 key-value heads do not divide 32 query heads",
        "5",
    ),
    (
        '{"model_type": "vit", "image_size": 10}',
        "patch_embeddings: a 16x16 kernel does not fit into 10x10 (valid padding needs H >= 16)",
        '"vit"',
    ),
    ('{"model_type": llama}', "this is not JSON: a value is expected here", "llama"),
    ("{model_type: 3}", "this is not JSON: a key between quotation marks is expected here", "model_type"),
    ('{"model_type" "llama"}', "this is not JSON: a colon is expected here", '"llama"'),
    ('{"depths": [1}', "this is not JSON: a comma or ] is expected here", "}"),
    (r'{"model_type": "\x"}', "this is not JSON: a text with escapes that JSON knows is expected here", r'"\x"'),
]


@pytest.mark.parametrize(("text", "message", "at"), REFUSED)
def test_what_is_refused_and_where(text: str, message: str, at: str) -> None:
    with pytest.raises(SymparamsError) as caught:
        network(text)
    place = caught.value.place
    assert caught.value.matter == message
    assert place is not None
    assert place.source == Source("config.json", text)
    assert text[place.offset : place.until if place.until > 0 else None].startswith(at)


LIMITED = [
    ('{"a":' * 10**5, "this is nested more than 100 deep, which is the limit"),
    ('{"model_type": "llama", "a": ' + "[" * 10**5, "this is nested more than 100 deep, which is the limit"),
    (
        '{"model_type": "llama", "hidden_size": ' + "9" * 10**5 + "}",
        "this number has more than 1,000 digits, which is the limit",
    ),
    (
        '{"model_type": "llama", "num_hidden_layers": 1000000000}',
        "num_hidden_layers is more than 100,000, which is the limit",
    ),
    (
        '{"model_type": "albert", "num_hidden_groups": 1000000000}',
        "num_hidden_groups is more than 100,000, which is the limit",
    ),
    (
        '{"model_type": "albert", "num_hidden_groups": 90000}',
        "this config makes a network of more than 50,000 characters, which is the limit",
    ),
    ('{"model_type": "' + "a" * (1 << 20) + '"}', "the source is larger than 1 MiB, which is the limit"),
]


@pytest.mark.parametrize(("text", "message"), LIMITED, ids=range(len(LIMITED)))
def test_limits(text: str, message: str) -> None:
    with pytest.raises(LimitError) as caught:
        network(text)
    assert caught.value.matter == message


WHOLE = json.dumps({**SMALL, "architectures": ["LlamaModel"], "id2label": {"0": "a"}, "rope_scaling": None, "x": [1.5]})
PIECES = st.sampled_from(
    [*"{}[],:“'x0", '"', "null", "true", "-1", "[[", '{"a":', '"model_type":', "1e400", "NaN", "\\"]
)


@given(st.integers(0, len(WHOLE)), st.integers(0, len(WHOLE)), st.lists(PIECES, max_size=4).map("".join))
@example(len(WHOLE), len(WHOLE), "")
def test_no_config_raises_anything_but_the_one_error(start: int, end: int, between: str) -> None:
    text = WHOLE[:start] + between + WHOLE[end:]
    try:
        network(text)
    except SymparamsError as error:
        str(error)


@given(st.sampled_from(family_names()), st.data())
def test_no_value_raises_anything_but_the_one_error(name: str, data: st.DataObject) -> None:
    values = st.sampled_from([None, True, 0, 1, 3, 7.5, -2, 10**30, "gelu", "x", [], [2, 3], {}, {"0": "a"}])
    keys = [one for key in family(name).keys for one in key.names]
    config = data.draw(st.dictionaries(st.sampled_from(keys), values, max_size=4))
    try:
        network({"model_type": name, **config})
    except SymparamsError as error:
        str(error)


@pytest.mark.parametrize("text", ["", "[1]", "no object"])
def test_a_text_without_an_object(text: str) -> None:
    with pytest.raises(SymparamsError) as caught:
        network(text)
    assert str(caught.value) == "config.json: there is no JSON object here; it starts with {"
