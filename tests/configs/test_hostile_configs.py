"""Configs that are damaged, or meant to do harm: the program's own message, at once."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from symparams.errors import LimitError, Source, SymparamsError
from symparams.reading.configs.archive import archived_config, config_in, is_archive
from symparams.reading.configs.keras import CONFIG_BYTES, read_keras_config, recognised
from symparams.reading.configs.yaml_text import read_yaml
from tests.configs.reading import chain, graph, layer, network, read, rows
from tests.configs.test_keras1_and_2 import YAML

INPUT = {**layer("InputLayer", "x", batch_input_shape=[None, 4]), "name": "x", "inbound_nodes": []}
DENSE = layer("Dense", "d", [["x", 0, 0, {}]], units=3)


def message(config: Any) -> str:
    with pytest.raises(SymparamsError) as caught:
        network(config)
    return str(caught.value)


def one_line(config: object) -> str:
    return json.dumps(config)


def test_a_class_that_is_not_of_keras() -> None:
    assert message(chain(layer("Custom>MyConv", "mine", units=3, batch_input_shape=[None, 4]))) == (
        "model.json:7:19: `MyConv` (mine) is no layer of Keras; did you mean `Conv3D`?; what it computes does not "
        "stand in a config, so it has to be added as a layer of your own\n"
        '        "class_name": "Custom>MyConv",\n'
        "                      ^"
    )


def test_a_layer_that_does_not_exist_is_called_and_one_that_feeds_itself() -> None:
    broken = graph(["x"], ["d"], INPUT, layer("Dense", "d", [["y", 0, 0, {}]], units=3))
    assert message(one_line(broken)).splitlines()[0].endswith(": there is no layer `y` in this model")
    around = graph(["x"], ["d"], INPUT, layer("Dense", "d", [["d", 0, 0, {}]], units=3))
    assert message(one_line(around)).splitlines()[0].endswith(": d is fed by what it feeds")
    often = graph(["x"], ["d"], INPUT, DENSE, layer("Dense", "e", [["d", 7, 0, {}]], units=3))
    assert message(one_line(often)).splitlines()[0].endswith(": `d` is not called so often as this says")


def test_what_is_missing_is_said_with_its_place() -> None:
    assert message(chain(layer("Dense", "d", batch_input_shape=[None, 4]))).splitlines()[0] == (
        "model.json:7:19: Dense needs units: Dense(units, …)"
    )
    assert message(chain()) == "model.json:1:1: this model has no layers\n    {\n    ^"
    nothing = (
        "model.json: there is no model here; a config of Keras has `class_name` and a list of `layers`, as "
        "model.to_json() gives"
    )
    assert message("no") == nothing
    assert message('{"a": 1}') == nothing


@pytest.mark.parametrize(
    ("text", "matter"),
    [
        ('{"class_name": "Sequential", "config', "the text breaks off in a table"),
        (
            '{"layers": [{"class_name": "Dense", "config": {"units" 3}}]}',
            "a key between quotes and a colon are expected",
        ),
        ('{"layers": [{"class_name": "Dense"} {}]}', "`{` is not expected; a comma or `]` must follow"),
        ('{"layers": [{"class_name": "Dense"}, ', "this is not JSON: expecting value"),
        ('{"layers": [1]}', "a layer is a table with `class_name` and `config`"),
        ('{"layers": [{"config": {}}]}', "this layer has no `class_name`"),
    ],
)
def test_text_that_breaks_off(text: str, matter: str) -> None:
    assert matter in message(text)


def test_nesting_without_end() -> None:
    for text in (
        '{"class_name": "Sequential", "config": ' + "[" * 100_000,
        '{"class_name": "Sequential", "config": {"x": ' + "[" * 100_000,
        '{"layers": [{"class_name": "Dense", "config": {"units": ' + "9" * 5_000 + "}}]}",
        "class_name: Sequential\nconfig: " + "[" * 100_000,
        "class_name: Sequential\nconfig:\n" + "\n".join(f"{' ' * i}- " for i in range(200)) + "x",
    ):
        with pytest.raises(LimitError):
            read(text)


def test_aliases_that_multiply() -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"{b}: &{b} [{', '.join([f'*{a}'] * 10)}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)]
    with pytest.raises(LimitError) as caught:
        read_yaml(Source("x.yaml", "\n".join(lines)), 0)
    assert caught.value.matter == "this has more than 100,000 values, which is the limit"


def test_tags_make_nothing(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    assert rows(YAML.replace("{mark}", str(mark)))[-1] == ("dense_1", (4,), 564)
    assert not mark.exists()
    assert message(YAML.replace("output_dim: 4", "output_dim: !!python/object/apply:os.getpid []")).startswith(
        "model.json:35:17: output_dim is an object of Python here, which is not made; a number or a word would do\n"
    )


def test_a_config_too_large() -> None:
    with pytest.raises(LimitError) as caught:
        read_keras_config(Source("model.json", " " * (CONFIG_BYTES + 1)))
    assert str(caught.value) == "model.json: the config is larger than 4 MiB, which is the limit"


# ---------------------------------------------------------------- archives


def archive(config: bytes, name: str = "config.json", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as whole:
        whole.writestr("metadata.json", "{}")
        whole.writestr(name, config)
        whole.writestr("model.weights.h5", b"weights")
    return file.getvalue()


def test_the_config_in_an_archive(tmp_path: Path) -> None:
    data = archive(json.dumps(chain(layer("Dense", "d", units=3, batch_input_shape=[None, 4]))).encode())
    assert is_archive(data[:8])
    (tmp_path / "model.keras").write_bytes(data)
    source = archived_config(tmp_path / "model.keras")
    assert source.name == f"{tmp_path / 'model.keras'}/config.json"
    assert rows(source.text)[-1] == ("d", (3,), 15)


def test_archives_that_are_too_large_damaged_or_of_another_kind() -> None:
    bomb = archive(b" " * (CONFIG_BYTES * 20))
    lying = bytearray(bomb)
    size = (CONFIG_BYTES * 20).to_bytes(4, "little")
    while (at := lying.find(size)) >= 0:
        lying[at : at + 4] = (100).to_bytes(4, "little")
    for data, matter in (
        (bomb, "x: config.json is larger than 4 MiB, which is the limit"),
        (bytes(lying), "x: this is a damaged archive; `.keras` files are ZIP archives"),
        (archive(b"{}", "other.json"), "x: there is no config.json in this archive, as there is in `.keras` files"),
        (archive(b"\xff\xfe"), "x: config.json is not UTF-8 text"),
        (archive(b"{}")[:-30], "x: this is a damaged archive; `.keras` files are ZIP archives"),
        (
            b"\x89HDF\r\n\x1a\n" + bytes(100),
            "x: HDF5 files are not read; the text of model.to_json(), or what model.save gives as `.keras`, is",
        ),
    ):
        with pytest.raises(SymparamsError) as caught:
            config_in(data, "x")
        assert str(caught.value) == matter


def test_an_archive_of_many_files_is_refused_before_they_are_listed() -> None:
    data = bytearray(archive(b"{}"))
    end = data.rfind(b"PK\x05\x06")
    data[end + 12 : end + 16] = (1 << 30).to_bytes(4, "little")
    with pytest.raises(LimitError) as caught:
        config_in(bytes(data), "x")
    assert str(caught.value) == "x: this archive holds more files than a model has"


def test_what_a_look_says() -> None:
    assert recognised(json.dumps(chain(DENSE))) == 1.0
    assert recognised(YAML) == 1.0
    assert recognised("Here it is: " + json.dumps(chain(DENSE))) == 0.8
    for text in (
        "",
        "input(3) -> dense(4)",
        '{"model_type": "bert", "architectures": ["BertModel"]}',
        "class Net: pass",
    ):
        assert recognised(text) == 0.0
