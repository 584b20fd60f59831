"""Longer questions, as people post them: a calculation line by line, two networks side by side, an error message."""

from __future__ import annotations

import re
from pathlib import Path

_NET = """net = nn.Sequential(nn.Conv2d(3, 12, 5, bias=False), nn.BatchNorm2d(12), nn.Conv2d(12, 20, 3), nn.Flatten(),
                    nn.Linear(20 * 6 * 6, 60), nn.Linear(60, 10))
"""
_KERAS = """model = keras.Sequential([
    keras.Input((32, 32, 3)),
    layers.Conv2D(16, 3, use_bias=False),  # 3*3*3*16 = 432
    layers.BatchNormalization(),  # 2*16 = 32
    layers.Conv2D(24, 3),  # (3*3*16 + 1)*24
    layers.BatchNormalization(),  # 2*24 = 48
    layers.GlobalAveragePooling2D(),
    layers.Dense(10),  # 24*10 + 10 = 250
])
"""
CALCULATED = {
    "lines with a total": f"""Which line is wrong? My total is 44994.

conv 1: 3*5*5*12 = 900
batchnorm: 2*12 = 24
conv 2: 3*3*20 + 20 = 200
first linear: 720*60 + 60 = 43260
last linear: 60*10 + 10 = 610

{_NET}""",
    "comments with mistakes that are made again": f"""My sum is 4242. What is wrong?

{_KERAS}""",
    "two lines": f"""Is this right?

conv 2: 3*3*20 + 20 = 200
last linear: 60*10 = 600

{_NET}""",
    "two lines with their sum": f"""Is this right? I get 800 for both.

conv 2: 3*3*20 + 20 = 200
last linear: 60*10 = 600

{_NET}""",
    "lines without a total": """Is this right?

layer 1: 30*12 + 12
layer 2: 12*5

net = nn.Sequential(nn.Linear(30, 12), nn.Linear(12, 5))
""",
    "right lines, a wrong sum": """Is this right?

layer 1: 30*12 + 12
layer 2: 12*5 + 5
total: 447

net = nn.Sequential(nn.Linear(30, 12), nn.Linear(12, 5))
""",
    "wrong lines, another sum": """Is this right?

layer 1: 30*12
layer 2: 12*5
total: 430

net = nn.Sequential(nn.Linear(30, 12), nn.Linear(12, 5))
""",
    "mistakes that cancel out": """How many parameters are there? Is this right?

layer 1: 5*5 + 5
layer 2: 5*5

net = nn.Sequential(nn.Linear(5, 5, bias=False), nn.Linear(5, 5))
""",
}
COMPARED = {
    "a separable convolution": """I want to replace

nn.Conv2d(32, 64, kernel_size=3, padding=1)

by

nn.Conv2d(32, 32, kernel_size=3, padding=1, groups=32)
nn.Conv2d(32, 64, kernel_size=1)

The feature map is 14x14. How many multiply-accumulates do the two versions need, and do both give the same shape?
""",
    "three kinds of normalization": """Is it normal that they differ? For GroupNorm I expected 8*2 = 16 parameters.

def n(m): return sum(p.numel() for p in m.parameters())
n(nn.BatchNorm2d(64))
n(nn.GroupNorm(8, 64))
n(nn.LayerNorm([64, 4, 4]))

BatchNorm2d vs GroupNorm vs LayerNorm, which one is smallest?
""",
    "two rows": """I replaced one by the other. Why isn't it the same number?

 batch_normalization (BatchNormalization)   (None, 32, 32, 64)    256

vs.

 layer_normalization (LayerNormalization)   (None, 32, 32, 64)    128
""",
    "two layers without names": """Which has fewer parameters? Both should give the same output.

nn.Conv2d(32, 32, kernel_size=5, padding=2)

or

nn.Conv2d(32, 32, kernel_size=3, padding=1)

or

nn.Conv2d(32, 32, kernel_size=1)
""",
}
MISFITS = {
    "features": """RuntimeError: mat1 and mat2 shapes cannot be multiplied (64x3872 and 4608x100)

My images are 28 x 28. What should in_features be?

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3)
        self.conv2 = nn.Conv2d(16, 32, 3)
        self.pool = nn.MaxPool2d(2)
        self.fc1 = nn.Linear(32*12*12, 100)

    def forward(self, x):
        x = self.pool(F.relu(self.conv1(x)))
        x = F.relu(self.conv2(x))
        return self.fc1(x.view(x.size(0), -1))
""",
    "features in Keras": """ValueError: Input 0 of layer "dense" is incompatible with the layer: expected axis -1 of
input shape to have value 1152, but received input with shape (None, 800). Where does the 800 come from?

model = keras.Sequential([
    keras.Input((28, 28, 1)), layers.Conv2D(16, 5), layers.MaxPooling2D(2), layers.Conv2D(32, 3),
    layers.MaxPooling2D(2), layers.Flatten(), layers.Dense(100),
])
""",
    "channels of a concatenation": """Given groups=1, weight of size [24, 16, 3, 3], expected input[4, 32, 64, 64] to
have 16 channels, but got 32 channels instead

class Up(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = double_conv(3, 16)
        self.same = nn.Conv2d(16, 16, 3, padding=1)
        self.last = nn.Conv2d(16, 24, 3, padding=1)

    def forward(self, x):  # 4 x 3 x 64 x 64
        a = self.down(x)
        return self.last(torch.cat([a, self.same(a)], dim=1))
""",
    "two sizes": """The size of tensor a (57) must match the size of tensor b (60) at non-singleton dimension 3

My pictures are 60x60. Why is it 57?

net = nn.Sequential(
    nn.Conv2d(1, 16, 3, stride=2, padding=1), nn.Conv2d(16, 32, 3, stride=2, padding=1),
    nn.ConvTranspose2d(32, 16, 3, stride=2, padding=1), nn.ConvTranspose2d(16, 1, 3, stride=2, padding=1),
)
""",
}
LISTED = {
    "an inception block": """Two questions:

1. what's the output shape, 28x28x24 or 28x28x8 (are the branches added or what)?
2. how many params in total and does concatenate have any?
3. why is the sky blue?

inp = Input(shape=(28, 28, 16))
b1 = Conv2D(8, 1)(inp)
b2 = Conv2D(16, 3, padding='same')(inp)
out = concatenate([b1, b2])
model = Model(inp, out)
""",
    "a bidirectional layer": """(i) I calculate 4*(12*(40+12)+12) = 2544 parameters. pytorch: 5184. why?
(ii) what will be the shapes of the output?

lstm = nn.LSTM(input_size=40, hidden_size=12, batch_first=True, bidirectional=True)
out, (h_n, c_n) = lstm(torch.randn(16, 30, 40))
""",
}
TRAINED = {
    "a checkpoint": """Checkpoint is three times larger than the model

I have an MLP, 600 -> 900 -> 300 -> 12, all nn.Linear with bias and ReLU in between, float32. The file of
torch.save(model.state_dict(), ...) has 3.3 MB, but the training checkpoint

    torch.save({"model": model.state_dict(), "opt": optimizer.state_dict()}, "ckpt.pt")

with optimizer = torch.optim.Adam(model.parameters()) has 9.8 MB. Are the gradients stored in there? How much of this
do I need on the GPU during training?
""",
    "momentum": """How much GPU memory do I need to train this, without the activations?

model = nn.Sequential(nn.Conv2d(3, 64, 3), nn.ReLU(), nn.Conv2d(64, 32, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
""",
    "half precision": """An MLP with layer sizes [1024, 4096, 1024] without biases, in PyTorch, is trained in fp16 with
AdamW. How much memory do parameters, gradients and optimizer states need?
""",
    "a number of parameters": "How much memory does a 7B model need for inference in fp16?",
    "a frozen layer": """How much memory does training need with plain SGD?

model = keras.Sequential([keras.Input((30,)), layers.Dense(50, trainable=False), layers.Dense(n)])
""",
}
_PASTES = Path(__file__).parent.parent / "tables" / "pastes"
_PRINTED = """
----------------------------------------------------------------
        Layer (type)               Output Shape         Param #
================================================================
            Conv2d-1           [-1, 16, 64, 64]             448
              ReLU-2           [-1, 16, 64, 64]               0
         MaxPool2d-3           [-1, 16, 32, 32]               0
           Flatten-4                [-1, 16384]               0
            Linear-5                    [-1, 5]          81,925
================================================================
Total params: 82,373
Trainable params: 82,373
Non-trainable params: 0
----------------------------------------------------------------
Input size (MB): 0.05
Forward/backward pass size (MB): 1.25
Params size (MB): 0.31
Estimated Total Size (MB): 1.61
----------------------------------------------------------------
"""
SIZES = {
    "forward and backward": f"""How is "Forward/backward pass size (MB)" calculated?
{_PRINTED}
16x64x64 + 16x64x64 + 16x32x32 + 16384 + 5 = 163845 floats, x 4 bytes = 655380 bytes = 0.625 MB, which is half of it.
""",
    "the size of the parameters": f"What does the params size (MB) mean?\n{_PRINTED}",
    "a batch of two": "What is the estimated total size below this table?\n\n"
    + re.sub("(?m)^# ", "", (_PASTES / "torchinfo_functional_pools.txt").read_text("utf-8")),
}
COUNTED = {
    "a profiler and a paper": """MACs of a strided conv, my number is 4x too high

    nn.Conv2d(128, 256, kernel_size=3, stride=2, padding=1, bias=False)

and it gets a 56x56 feature map. I calculate 56*56 * 3*3 * 128 * 256 = 924,844,032 multiply-adds but the profiler
says 0.231 GMac. And a table in a paper lists 0.46 GFLOPs for the same layer. Which one is right??
""",
    "with biases": """torch.nn.Conv2d FLOPs: what does thop count?

thop gives 20,321,280 and another tool 38,610,432 for

conv = nn.Conv2d(1, 128, 3)   # input is 128x128

but 2*9*126*126*128 = 36,578,304. Which one is right?
""",
    "a batch": """torchinfo: what is Total mult-adds?

==========================================================================================
Layer (type:depth-idx)                   Output Shape              Param #
==========================================================================================
LeNet                                    [2, 10]                   --
├─Conv2d: 1-1                            [2, 6, 28, 28]            156
├─Conv2d: 1-2                            [2, 16, 10, 10]           2,416
├─Linear: 1-3                            [2, 120]                  48,120
├─Linear: 1-4                            [2, 84]                   10,164
├─Linear: 1-5                            [2, 10]                   850
==========================================================================================
Total params: 61,706
Trainable params: 61,706
Non-trainable params: 0
Total mult-adds (M): 0.85
==========================================================================================

I calculate 5*5*1*6*28*28 + 5*5*6*16*10*10 + 400*120 + 120*84 + 84*10 = 416,520 multiply-accumulates, half of that.
Does it count FLOPs?
""",
    "called FLOPs": """The paper says 18.3 MFLOPs for this layer on a 128x128 image. Is that right?

conv = nn.Conv2d(1, 128, 3)
""",
}
POSTED = CALCULATED | COMPARED | MISFITS | LISTED | TRAINED | SIZES | COUNTED
