"""Programs of TensorFlow 1: variables and the functions that use them, TF-Slim, recurrent cells."""

from __future__ import annotations

import pytest

from symparams.errors import Source
from symparams.model.network import Network
from symparams.reading.door import network


def read(text: str) -> Network:
    return network(Source("<text>", text))


def rows(text: str) -> list[tuple[str, tuple[object, ...], object]]:
    return [(n.name, tuple(n.shape), n.counts.params) for n in read(text).nodes]


DICTIONARIES = """\
x = tf.placeholder(tf.float32, [None, 144])
y = tf.placeholder(tf.float32, [None, 7])

def conv2d(x, W, b, strides=1):
    x = tf.nn.conv2d(x, W, strides=[1, strides, strides, 1], padding='SAME')
    x = tf.nn.bias_add(x, b)
    return tf.nn.relu(x)

def net(x, weights, biases, keep):
    x = tf.reshape(x, shape=[-1, 12, 12, 1])
    x = conv2d(x, weights['wc1'], biases['bc1'])
    x = tf.nn.max_pool(x, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding='SAME')
    x = tf.reshape(x, [-1, weights['wd1'].get_shape().as_list()[0]])
    x = tf.nn.dropout(tf.nn.relu(tf.add(tf.matmul(x, weights['wd1']), biases['bd1'])), keep)
    return tf.matmul(x, weights['out'])

weights = {
    'wc1': tf.Variable(tf.random_normal([3, 5, 1, 4])),
    'wd1': tf.Variable(tf.truncated_normal([6*6*4, 20], stddev=0.1)),
    'out': tf.Variable(0.1 * tf.random_normal([20, 7]), trainable=False),
}
biases = {'bc1': tf.Variable(tf.constant(0.1, shape=[4])), 'bd1': tf.Variable(tf.zeros([20]))}
prediction = tf.nn.softmax(net(x, weights, biases, 0.5))
loss = tf.reduce_mean(-tf.reduce_sum(y * tf.log(prediction), reduction_indices=[1]))
"""


def test_variables_are_the_weights_of_the_functions_that_use_them() -> None:
    assert rows(DICTIONARIES) == [
        ("input_1", (144,), 0),
        ("reshape", (12, 12, 1), 0),
        ("wc1", (12, 12, 4), 3 * 5 * 4 + 4),
        ("relu", (12, 12, 4), 0),
        ("max_pooling2d", (6, 6, 4), 0),
        ("reshape_1", (144,), 0),
        ("wd1", (20,), 144 * 20 + 20),
        ("relu_1", (20,), 0),
        ("dropout", (20,), 0),
        ("out", (7,), 20 * 7),
        ("softmax", (7,), 0),
    ]
    assert read(DICTIONARIES).counts.non_trainable == 140


@pytest.mark.parametrize(
    ("call", "shape", "params"),
    [
        ("tf.nn.conv2d(x, v(3, 3, 6, 8), [1, 2, 2, 1], 'VALID')", (4, 5, 8), 3 * 3 * 6 * 8),
        ("tf.nn.conv2d(x, v(3, 3, 6, 8), strides=2, padding='SAME') + v(8)", (5, 6, 8), 3 * 3 * 6 * 8 + 8),
        ("tf.nn.atrous_conv2d(x, v(3, 3, 6, 8), 2, 'VALID')", (6, 8, 8), 3 * 3 * 6 * 8),
        ("tf.nn.depthwise_conv2d(x, v(3, 3, 6, 2), [1, 1, 1, 1], 'SAME')", (10, 12, 12), 3 * 3 * 6 * 2),
        (
            "tf.nn.bias_add(tf.nn.conv2d_transpose(x, v(2, 2, 5, 6), [9, 20, 24, 5], [1, 2, 2, 1]), v(5))",
            (20, 24, 5),
            2 * 2 * 5 * 6 + 5,
        ),
        ("tf.nn.lrn(tf.nn.avg_pool(x, [1, 2, 3, 1], [1, 2, 3, 1], 'VALID'), 4)", (5, 4, 6), 0),
        ("tf.nn.batch_normalization(x, *tf.nn.moments(x, [0]), v(6), v(6), 1e-3)", (10, 12, 6), 12),
        ("tf.nn.xw_plus_b(tf.reduce_mean(x, [1, 2]), v(6, 4), v(4))", (4,), 28),
        ("tf.squeeze(tf.reduce_max(x, axis=[1, 2], keepdims=True), [1, 2])", (6,), 0),
        ("tf.concat(3, [x, tf.expand_dims(tf.reshape(x, [-1, 10, 72]), -1)])", None, None),
        ("tf.concat([x, tf.nn.relu(x)], 3)", (10, 12, 12), 0),
    ],
)
def test_functions_of_variables(call: str, shape: tuple[int, ...] | None, params: int | None) -> None:
    text = "def v(*shape):\n    return tf.get_variable('v', shape, initializer=tf.zeros_initializer())\n"
    text += f"x = tf.placeholder(tf.float32, [None, 10, 12, 6])\ny = {call}\n"
    if shape is None:  # sizes that do not go together
        with pytest.raises(Exception, match="concatenate"):
            read(text)
        return
    found = read(text)
    assert (tuple(found.nodes[-1].shape), found.counts.params) == (shape, params)


def test_weights_used_twice_are_counted_once() -> None:
    text = "w = tf.Variable(tf.ones([5, 5]))\ny = tf.matmul(tf.matmul(x, w), w)\n"
    assert rows(text) == [("x", (5,), 0), ("w", (5,), 25), ("w_2", (5,), 0)]


SLIM = """\
def scope(decay=0.1):
    with slim.arg_scope([slim.conv2d, slim.fully_connected], weights_regularizer=slim.l2_regularizer(decay)):
        with slim.arg_scope([slim.conv2d], padding='VALID') as made:
            return made

with slim.arg_scope(scope()):
    net = slim.repeat(tf.placeholder(tf.float32, [None, 16, 16, 3]), 2, slim.conv2d, 8, [3, 3], scope='c')
net = slim.max_pool2d(net, [2, 2], scope='pool')
net = slim.conv2d(net, 4, 1, normalizer_fn=slim.batch_norm, activation_fn=None, scope='n')
net = slim.separable_conv2d(net, None, [3, 3], 2, biases_initializer=None, scope='dw')
net = slim.stack(slim.flatten(net), slim.fully_connected, [6, 5], scope='fc')
net = slim.dropout(net, 0.4)
"""


def test_slim_makes_layers_with_what_its_scopes_say() -> None:
    found = [row for row in rows(SLIM) if not row[0].startswith("relu")]
    assert found == [
        ("input_1", (16, 16, 3), 0),
        ("c_1", (14, 14, 8), 3 * 3 * 3 * 8 + 8),
        ("c_2", (12, 12, 8), 3 * 3 * 8 * 8 + 8),
        ("pool", (6, 6, 8), 0),
        ("n", (6, 6, 4), 8 * 4),
        ("batch_normalization", (6, 6, 4), 3 * 4),
        ("dw", (6, 6, 8), 3 * 3 * 4 * 2),
        ("flatten", (288,), 0),
        ("fc_1", (6,), 288 * 6 + 6),
        ("fc_2", (5,), 6 * 5 + 5),
        ("dropout", (5,), 0),
    ]


@pytest.mark.parametrize(
    ("cell", "params"),
    [
        ("rnn.BasicLSTMCell(8)", 4 * 8 * (3 + 8 + 1)),
        ("tf.nn.rnn_cell.GRUCell(8)", 3 * 8 * (3 + 8 + 1)),
        ("tf.contrib.rnn.BasicRNNCell(num_units=8)", 8 * (3 + 8 + 1)),
        ("rnn.MultiRNNCell([rnn.DropoutWrapper(rnn.LSTMCell(8), 0.5) for _ in range(2)])", 4 * 8 * (12 + 17)),
    ],
)
@pytest.mark.parametrize(
    "run",
    [
        "outputs, state = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)\nlast = outputs[:, -1]",
        "outputs, state = rnn.static_rnn(cell, tf.unstack(x, 5, 1), dtype=tf.float32)\nlast = outputs[-1]",
        "o, s = tf.nn.dynamic_rnn(cell, x)\no = tf.transpose(o, [1, 0, 2])\nlast = tf.gather(o, o.shape[0] - 1)",
    ],
)
def test_cells_are_run_over_the_steps(cell: str, params: int, run: str) -> None:
    text = f"x = tf.placeholder(tf.float32, [None, 5, 3])\ncell = {cell}\n{run}\ny = tf.layers.dense(last, 2)\n"
    found = read(text)
    assert (tuple(found.nodes[-1].shape), found.counts.params) == ((2,), params + 8 * 2 + 2)


def test_both_directions_of_cells_are_joined() -> None:
    text = (
        "x = tf.placeholder(tf.float32, [None, 5, 3])\nf, b = rnn.LSTMCell(8), rnn.LSTMCell(8)\n"
        "outputs, states = tf.nn.bidirectional_dynamic_rnn(f, b, x, dtype=tf.float32)\ny = tf.concat(outputs, 2)\n"
    )
    found = read(text)
    assert (tuple(found.nodes[-1].shape), found.counts.params) == ((5, 16), 2 * 4 * 8 * 12)


def test_both_directions_of_cells_may_run_over_steps() -> None:
    text = (
        "x = tf.unstack(tf.placeholder(tf.float32, [None, 5, 3]), 5, 1)\n"
        "o, f, b = rnn.static_bidirectional_rnn(rnn.LSTMCell(8), rnn.LSTMCell(8), x, dtype=tf.float32)\n"
        "y = tf.matmul(o[-1], tf.Variable(tf.zeros([16, 2])))\n"
    )
    assert read(text).counts.params == 2 * 4 * 8 * 12 + 32


@pytest.mark.parametrize(
    "layer",
    [
        "tf.layers.dense(x, 4)",
        "slim.fully_connected(x, 4)",
        "tf.matmul(x, tf.get_variable('w', [4, 4])) + tf.get_variable('b', [4])",
    ],
)
@pytest.mark.parametrize(
    ("scope", "again"),
    [("reuse=again", "True"), ("reuse=again", "tf.AUTO_REUSE"), ("None", "True")],
)
def test_scopes_that_are_used_again_have_their_weights(layer: str, scope: str, again: str) -> None:
    text = (
        f"def net(x, again):\n    with tf.variable_scope('net', {scope}) as s:\n"
        f"        {'if again: s.reuse_variables()' if scope == 'None' else 'pass'}\n"
        f"        x = {layer}\n        return {layer}\n"
        "a = net(tf.placeholder(tf.float32, [None, 4]), False)\n"
        f"b = net(tf.placeholder(tf.float32, [None, 4]), {again})\n"
        "y = tf.concat([a, b], axis=0)\n"
    )
    assert read(text).counts.params == 2 * 20


def test_layers_are_called_on_data_of_known_sizes() -> None:
    text = "x = np.random.rand(4, 10, 8, 3)\ny = tf.keras.layers.Conv2D(2, 3)(x)\n"
    assert rows(text) == [("input_1", (10, 8, 3), 0), ("conv2d", (8, 6, 2), 56)]


MODULE = """\
class Row(tf.Module):
    def __init__(self, n, units):
        super().__init__()
        self.w = tf.Variable(tf.random.normal([n, units]), name='w')
        self.b = tf.Variable(tf.zeros([units]), name='b')
    def __call__(self, x):
        return tf.nn.relu(tf.matmul(x, self.w) + self.b)

class Rows(tf.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = Row(3, 6), Row(6, 2)
    def __call__(self, x):
        return self.second(self.first(x))

rows = Rows()
print(rows(tf.constant([[2.0, 2.0, 2.0]])))
"""


def test_modules_of_tensorflow_have_variables_of_their_own() -> None:
    assert [row for row in rows(MODULE) if row[2]] == [("row", (6,), 24), ("row_1", (2,), 14)]
