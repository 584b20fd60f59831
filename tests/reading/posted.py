"""Longer questions, as people post them: a calculation line by line, two networks side by side, an error message."""

from __future__ import annotations

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
POSTED = CALCULATED
