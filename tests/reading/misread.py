"""Questions that are easily misread: stacks told in prose, calls in one sentence, parts that change a layer."""

from __future__ import annotations

_BLOCK = """def block(x, d):
    y = layers.Conv1D(24, 3, padding='causal', dilation_rate=d)(x)
    y = layers.Conv1D(24, 3, padding='causal', dilation_rate=d)(y)
    return layers.add([x, y])
"""
MISREAD = {
    "a stack that prose tells": (
        "For my TCN I have kernel size=6, dilation values of [1,2,4] and stacks=2. How long should my sequence be so "
        "that it covers the receptive field?"
    ),
    "dilations up to the last": "WaveNet, kernel size 2, dilations 1, 2, 4, ..., 64: how large is the receptive field?",
    "a block for each dilation": (
        f"I have 4 blocks with dilation_rate 1, 3, 9, 27. Every block is\n\n{_BLOCK}\nA blog says that the receptive "
        "field is 1 + 2*40 = 81. Is that right for my net?"
    ),
    "strides left out": """Receptive field with strides

(0): Conv2d(1, 16, kernel_size=(5, 5), stride=(2, 2), padding=(2, 2))
(1): MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)
(2): Conv2d(16, 32, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))
(3): Conv2d(32, 32, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))

Every layer adds k - 1, so I get 5 + 1 + 2 + 2 = 10 for the receptive field of (3). Why is it more?
""",
    "no strides": """How large is the receptive field of conv3?

self.conv1 = nn.Conv2d(1, 8, 5)
self.conv2 = nn.Conv2d(8, 8, 3)
self.conv3 = nn.Conv2d(8, 8, 3)

I add 5 + 3 + 3 = 11.
""",
    "pooling that is not shown": """Where does the 784 come from? I train on MNIST.

self.conv1 = nn.Conv2d(1, 8, kernel_size=3, padding=1)
self.conv2 = nn.Conv2d(8, 16, kernel_size=3, padding=1)
self.drop = nn.Dropout2d(0.25)
self.fc1 = nn.Linear(784, 10)
""",
    "calls in a sentence": (
        "My tensor is (8, 48, 12, 12). I replaced nn.BatchNorm2d(48) by nn.LayerNorm(48) and got\n\nRuntimeError: "
        "Given normalized_shape=[48], expected input with shape [*, 48], but got input of size[8, 48, 12, 12]\n\nWith "
        "nn.LayerNorm([48, 12, 12]) it runs, but has 13824 parameters. Why so many?"
    ),
    "the same layer on different inputs": """Why do both differ?

old = Sequential()
old.add(LSTM(5, input_dim=4))

new = Sequential()
new.add(LSTM(5, input_shape=(4, 1)))

old has 200 parameters and new 140. Where does the difference between both come from?
""",
    "a size of two inputs": (
        "up = nn.ConvTranspose2d(16, 8, kernel_size=3, stride=2, padding=1)\nx = torch.randn(1, 16, 25, 25)\nprint("
        "up(x).shape)\n\nWhy is the output not 8 x 50 x 50?"
    ),
    "groups": (
        "How to understand the `groups` parameter\n\nm = nn.Conv2d(8, 24, 3, groups=4)\nx = torch.randn(1, 8, 30, 30)\n"
        "y = m(x)\n\nWhat is the output shape of each group?"
    ),
    "groups of one channel": (
        "What do the groups do here?\n\nmodel = Sequential([Input((30, 30, 6)), Conv2D(6, 3, groups=6)])\n\nIt has 60 "
        "parameters."
    ),
    "parts that change a layer": """A classifier:

    Embedding(9000, 40)  ->  Bidirectional(GRU(24))  ->  Dense(1, activation='sigmoid')

a) Give the number of parameters in total.
b) What changes when reviews are padded to 300 tokens instead?
c) What changes with Bidirectional(GRU(24), merge_mode='sum')?
d) What changes if the batch size is 64?

For a) I have no clue about the GRU.
""",
    "a setting that changes": """model = Sequential([Input((30, 30, 1)), Conv2D(8, 5), Flatten(), Dense(4)])

What changes if I use strides=2 in conv2d?
""",
    "a setting that changes no count": """model = Sequential([Input((20, 8)), LSTM(16), Dense(1)])

What changes if I set return_sequences=True in the LSTM?
""",
    "a dense layer in place of a convolution": (
        "A convolution with 7 filters of size 3x3 and same padding sees an 8x9x2 input. How many parameters has it? "
        "How many would a fully connected layer with the same input and output sizes have?"
    ),
    "channels that come first": (
        "model = Sequential([Convolution3D(20, (3, 3, 3), input_shape=(3, 8, 40, 40))])\n\n"
        "The summary displays 1640 parameters, how is this number made?"
    ),
    "the GRU of older versions": (
        "model = Sequential([GRU(12, input_shape=(17, 9)), Dense(1)])\n\n"
        "How can my model have 792 parameters in the GRU?"
    ),
    "a calculation that is right": (
        "model = Sequential([Input((28, 28, 1)), Conv2D(32, 3), Conv2D(64, 3)])\n\n"
        "For the second layer I get (3*3*32 + 1)*64 = 18496. Is that right?"
    ),
}
