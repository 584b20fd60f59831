"""Layers that a program of Keras makes itself, and functions of TensorFlow 1 that make a layer and call it."""

from __future__ import annotations

import pytest

from symparams.errors import Source
from symparams.model.network import Network
from symparams.reading.door import network
from symparams.reading.python.program import read_python

LINEAR = """\
class Linear(keras.layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], self.units), initializer="random_normal")
        self.b = self.add_weight(shape=(self.units,), initializer="zeros"BIAS)

    def call(self, inputs):
        return tf.matmul(inputs, self.w) + self.b


inputs = keras.Input((7,))
x = Linear(5)(inputs)
model = keras.Model(inputs, Linear(3)(x))
"""


def read(text: str) -> Network:
    return network(Source("<text>", text))


def rows(text: str) -> list[tuple[str, str, tuple[object, ...], object]]:
    return [(n.name, n.kind, tuple(n.shape), n.counts.params) for n in read(text).nodes[1:]]


def test_a_product_with_a_bias_is_a_dense_layer() -> None:
    assert rows(LINEAR.replace("BIAS", "")) == [
        ("linear", "dense", (5,), 7 * 5 + 5),
        ("linear_1", "dense", (3,), 5 * 3 + 3),
    ]


def test_a_bias_that_is_not_trained_stands_by_itself() -> None:
    found = read(LINEAR.replace("BIAS", ", trainable=False"))
    assert (found.counts.params, found.counts.non_trainable) == (7 * 5 + 5 + 5 * 3 + 3, 5 + 3)


@pytest.mark.parametrize(
    ("body", "params", "shape"),
    [
        ("return x * self.g", 4, (6, 4)),
        ("return self.g + x", 4, (6, 4)),
        ("return K.dot(x, self.w)", 4 * 9 + 4, (6, 9)),
        ("return x @ self.w", 4 * 9 + 4, (6, 9)),
        ("return ops.concatenate([x, ops.broadcast_to(self.t, (ops.shape(x)[0], 2, 4))], 1)", 2 * 4 + 4, (8, 4)),
        ("return tf.einsum('btc,c->btc', x, self.g)", 4, (6, 4)),
        ("return x", 4, (6, 4)),
    ],
)
def test_what_is_done_with_weights(body: str, params: int, shape: tuple[int, ...]) -> None:
    text = (
        "class Own(Layer):\n"
        "    def build(self, shape):\n"
        "        self.g = self.add_weight('g', (4,))\n"
        f"        {'self.w = self.add_weight(shape=[shape[-1], 9])' if 'self.w' in body else 'pass'}\n"
        f"        {'self.t = self.add_weight(shape=(2, shape[-1]))' if 'self.t' in body else 'pass'}\n"
        f"    def call(self, x):\n        {body}\n"
        "i = Input((6, 4))\nmodel = Model(i, Own()(i))\n"
    )
    found = read(text)
    assert (found.counts.params, tuple(found.nodes[-1].shape)) == (params, shape)


def test_weights_of_which_nobody_knows_what_they_do_are_counted_and_said() -> None:
    text = "class Own(Layer):\n  def build(self, s):\n    self.g = self.add_weight(shape=(4,))\n"
    text += "  def call(self, x):\n    return x\ni = Input((4,))\nmodel = Model(i, Own()(i))\n"
    said = [one.what for one in read_python(Source("<text>", text)).assumed]
    assert said == ["what the weights of `own` do is not known: they are counted, and it is taken to keep the sizes"]


def test_the_table_of_an_embedding_is_used_again() -> None:
    text = (
        "i = Input((9,))\ne = Embedding(50, 8)\nx = e(i)\nx = Dense(8)(x)\n"
        "y = tf.matmul(x, e.embeddings, transpose_b=True)\nmodel = Model(i, y)\n"
    )
    assert rows(text) == [
        ("embedding", "embedding", (9, 8), 400),
        ("dense", "dense", (9, 8), 72),
        ("tied", "tied", (9, 50), 0),
    ]


FUNCTIONS = """\
def model_fn(features, labels, mode):
    x = tf.reshape(features["x"], [-1, 28, 28, 1])
    conv1 = tf.layers.conv2d(inputs=x, filters=6, kernel_size=[5, 5], padding="same", activation=tf.nn.relu)
    pool1 = tf.layers.max_pooling2d(inputs=conv1, pool_size=[2, 2], strides=2)
    bn = tf.layers.batch_normalization(pool1, training=mode == tf.estimator.ModeKeys.TRAIN)
    flat = tf.reshape(bn, [-1, 14 * 14 * 6])
    dense = tf.layers.dense(flat, 20, tf.nn.relu, name="first")
    logits = tf.layers.dense(inputs=tf.layers.dropout(dense, rate=0.4), units=10)
    loss = tf.losses.sparse_softmax_cross_entropy(labels=labels, logits=logits)
"""


def test_functions_that_make_a_layer_and_call_it() -> None:
    assert rows(FUNCTIONS) == [
        ("conv2d", "conv", (28, 28, 6), 156),
        ("max_pooling2d", "maxpool", (14, 14, 6), 0),
        ("batch_normalization", "bn", (14, 14, 6), 24),
        ("reshape", "reshape", (1176,), 0),
        ("first", "dense", (20,), 23540),
        ("dropout", "dropout", (20,), 0),
        ("dense", "dense", (10,), 210),
    ]


def test_a_placeholder_is_an_input() -> None:
    text = (
        "x = tf.placeholder(tf.float32, [None, 12])\nh = tf.layers.dense(x, 5)\ny = tf.layers.dense(h, 2)\n"
        "loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=y_, logits=y))\n"
    )
    assert rows(text) == [("dense", "dense", (5,), 65), ("dense_1", "dense", (2,), 12)]
