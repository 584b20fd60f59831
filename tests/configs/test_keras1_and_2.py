"""Configs as Keras 1 and 2 wrote them, JSON and YAML."""

from __future__ import annotations

from symparams.sources.printer import printed
from tests.configs.reading import chain, graph, layer, network, read, rows

THEANO = chain(
    layer("Convolution2D", "c", nb_filter=32, nb_row=3, nb_col=5, batch_input_shape=[None, 3, 32, 40],
          dim_ordering="th", border_mode="same", subsample=[1, 2], bias=True, activation="linear"),
    layer("BatchNormalization", "b", axis=1, mode=0),
    layer("MaxPooling2D", "p", pool_size=[2, 2], strides=[2, 2], border_mode="valid", dim_ordering="th"),
    layer("Flatten", "f"),
    layer("Dense", "d", output_dim=480, bias=False, input_dim=None),
    layer("Reshape", "r", target_shape=[3, 16, 10]),
    layer("Convolution2D", "e", nb_filter=2, nb_row=1, nb_col=1, dim_ordering="th"),
)  # fmt: skip


def test_channels_first_is_read_with_the_channels_last() -> None:
    assert rows(THEANO) == [
        ("c_input", (32, 40, 3), 0),
        ("c", (32, 20, 32), 3 * 5 * 3 * 32 + 32),
        ("b", (32, 20, 32), 4 * 32),
        ("p", (16, 10, 32), 0),
        ("f", (5120,), 0),
        ("d", (480,), 5120 * 480),
        ("r", (16, 10, 3), 0),
        ("e", (16, 10, 2), 8),
    ]


def test_a_sequential_of_keras_1_is_a_list_of_layers() -> None:
    config = chain(layer("Dense", "dense_1", output_dim=3, batch_input_shape=[None, 4], activation="relu"))
    inner = config["config"]
    assert isinstance(inner, dict)
    assert rows({**config, "config": inner["layers"], "keras_version": "1.1.0"}) == rows(config)


def test_merge_joins_chains_or_calls() -> None:
    branches = [chain(layer("Dense", f"dense_{i}", output_dim=i, batch_input_shape=[None, 4])) for i in (1, 2)]
    merge = {"class_name": "Merge", "config": {"name": "m", "mode": "concat", "concat_axis": -1, "layers": branches}}
    assert rows(chain(merge, layer("Dense", "out", output_dim=1)))[-2:] == [("m", (3,), 0), ("out", (1,), 4)]
    config = graph(
        ["a"], ["s"],
        layer("InputLayer", "a", batch_input_shape=[None, 6], ),
        layer("Dense", "x", [["a", 0, 0]], output_dim=6),
        layer("Merge", "s", [["a", 0, 0], ["x", 0, 0]], mode="sum", concat_axis=-1, dot_axes=-1, layers=None),
    )  # fmt: skip
    config["config"]["layers"][0] |= {"name": "a", "inbound_nodes": []}  # type: ignore[index]
    assert printed(read(config).statements).endswith("{ @a | @x } -> Add as s\n")


def test_a_model_inside_of_keras_2_counts_its_own_building_as_its_first_call() -> None:
    inner = chain(
        layer("Conv2D", "conv", filters=8, kernel_size=[3, 3], padding="same", use_bias=False, trainable=False,
              batch_input_shape=[None, 9, 9, 8]),
        layer("BatchNormalization", "norm", axis=-1),
    )  # fmt: skip
    config = graph(
        ["image"], ["sum"],
        {**layer("InputLayer", "image", batch_input_shape=[None, 9, 9, 8]), "name": "image", "inbound_nodes": []},
        {**inner, "name": "block", "inbound_nodes": [[["image", 0, 0, {}]], [["block", 1, 0, {}]]]},
        layer("Add", "sum", [["image", 0, 0, {}], ["block", 2, 0, {}]]),
    )  # fmt: skip
    nodes = network(config).nodes
    assert [n.name for n in nodes] == ["image", "conv", "norm", "conv_call_2", "norm_call_2", "sum"]
    assert [n.counts.trainable for n in nodes] == [0, 0, 16, 0, 0, 0]
    assert nodes[-1].inputs == (0, 4)


def test_calls_with_tensors_by_name_and_operations_of_tensorflow() -> None:
    config = graph(
        ["x"], ["d"],
        {**layer("InputLayer", "x", batch_input_shape=[None, None, 16]), "name": "x", "inbound_nodes": []},
        {**layer("InputLayer", "m", batch_input_shape=[None, 5, 12]), "name": "m", "inbound_nodes": []},
        layer("MultiHeadAttention", "att", ["x", 0, 0, {"value": ["m", 0, 0]}], num_heads=2, key_dim=8, use_bias=True),
        layer("TFOpLambda", "tf.__operators__.add", ["x", 0, 0, {"y": ["att", 0, 0], "name": None}],
              function="__operators__.add"),
        layer("TFOpLambda", "tf.nn.relu", ["tf.__operators__.add", 0, 0, {"name": None}], function="nn.relu"),
        layer("Dense", "d", [["tf.nn.relu", 0, 0, {}]], units=1),
    )  # fmt: skip
    assert rows(config) == [
        ("x", ("T", 16), 0),
        ("m", (5, 12), 0),
        ("att", ("T", 16), 17 * 16 + 2 * 13 * 16 + 17 * 16),
        ("tf.__operators__.add", ("T", 16), 0),
        ("tf.nn.relu", ("T", 16), 0),
        ("d", ("T", 1), 17),
    ]


def test_a_lambda_is_taken_to_keep_the_shape_and_that_is_said() -> None:
    config = chain(layer("Lambda", "twice", batch_input_shape=[None, 3], function=["4wEA\n", None, None]))
    reading = read(chain(layer("Dense", "d", units=3, batch_input_shape=[None, 3]), *config["config"]["layers"]))  # type: ignore[index]
    assert [one.what for one in reading.assumed] == ["twice is taken to leave the shape as it is"]
    assert printed(reading.statements).endswith(" -> Identity as twice\n")


def test_what_get_config_gives_and_what_tensorflow_js_stores() -> None:
    config = chain(layer("Dense", "d", units=2, batch_input_shape=[None, 7]))
    assert rows(config["config"]) == rows({"format": "layers-model", "modelTopology": {"model_config": config}})
    assert rows(config)[1] == ("d", (2,), 16)


def test_without_an_input_the_sizes_are_letters() -> None:
    images = read(chain(layer("Conv2D", "c", filters=5, kernel_size=[3, 3])))
    assert "input(H, W, C) as c_input" in printed(images.statements)
    assert [one.what for one in images.assumed] == ["H, W and C stand for what the config leaves open"]
    assert "input(T)" in printed(read(chain(layer("Embedding", "e", input_dim=9, output_dim=4))).statements)
    assert "input(n)" in printed(read(chain(layer("Dense", "d", units=4))).statements)


YAML = """\
backend: theano
class_name: Sequential
config:
- class_name: Convolution2D
  config:
    activation: relu
    batch_input_shape: !!python/tuple
    - null
    - 10
    - 12
    - 1
    bias: true
    border_mode: valid
    dim_ordering: tf
    name: convolution2d_1
    nb_col: 3
    nb_filter: !!python/object/apply:numpy.core.multiarray.scalar
    - !!python/object/apply:numpy.dtype
      args: [i8, 0, 1]
      state: !!python/tuple [3, <, null, null, null, -1, -1, 0]
    - !!binary |
      BwAAAAAAAAA=
    nb_row: 2
    subsample: !!python/tuple [1, 1]
    trainable: true
- class_name: MaxPooling2D
  config: {border_mode: valid, name: 'max ''1''', pool_size: &id001 !!python/tuple [2, 2],
    strides: *id001}
- class_name: Flatten
  config:
    name: flatten_1
- class_name: Dense
  config:
    name: dense_1
    output_dim: 4
    W_regularizer: !!python/object/apply:os.system ["echo read > {mark}"]
keras_version: 1.0.8
"""


def test_yaml_with_tuples_anchors_and_numbers_of_numpy() -> None:
    assert rows(YAML) == [
        ("convolution2d_1_input", (10, 12, 1), 0),
        ("convolution2d_1", (9, 10, 7), 2 * 3 * 7 + 7),
        ("max '1'", (4, 5, 7), 0),
        ("flatten_1", (140,), 0),
        ("dense_1", (4,), 141 * 4),
    ]
