"""Tables of positions in PyTorch: added whole, cut to what arrives, or looked up; models of two inputs."""

from __future__ import annotations

import pytest

from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.errors import Source
from symparams.model.network import Network
from symparams.reading.door import network

MODEL = """\
class Tagger(nn.Module):
    def __init__(self, vocab=50, d=8, longest=20):
        super().__init__()
        self.words = nn.Embedding(vocab, d)
        self.pos = TABLE
        self.layer = nn.TransformerEncoderLayer(d, 2, 16, batch_first=True)
        self.out = nn.Linear(d, 3)

    def forward(self, x):
        n = x.size(1)
        h = self.words(x) + ADDED
        return self.out(self.layer(h))

model = Tagger()
"""
LEARNED = "nn.Parameter(torch.randn({}longest, d) * 0.02)"


def read(text: str) -> Network:
    return network(Source("<text>", text))


@pytest.mark.parametrize(
    ("table", "added"),
    [
        (LEARNED.format("1, "), "self.pos[:, :n]"),
        (LEARNED.format("1, "), "self.pos[:, :x.shape[1], :]"),
        (LEARNED.format(""), "self.pos[:n]"),
        (LEARNED.format(""), "self.pos[None, :n]"),
        (LEARNED.format(""), "self.pos[:n].unsqueeze(0)"),
        ("nn.Embedding(longest, d)", "self.pos.weight[:n]"),
        ("nn.Embedding(longest, d)", "self.pos.weight[None, :n, :]"),
        ("nn.Embedding(longest, d)", "self.pos(torch.arange(n))"),
        ("nn.Embedding(longest, d)", "self.pos(torch.arange(n, device=x.device).unsqueeze(0))"),
        ("nn.Embedding(longest, d)", "self.pos(torch.arange(n).expand(x.size(0), -1))"),
    ],
)
def test_a_table_of_positions_is_as_long_as_what_arrives(table: str, added: str) -> None:
    found = read(MODEL.replace("TABLE", table).replace("ADDED", added))
    assert found.counts.params == 50 * 8 + 20 * 8 + (4 * 72 + 2 * 8 * 16 + 16 + 8 + 4 * 8) + 27
    shape = found.nodes[-1].shape
    assert (shown(shape[0], PLAIN), shape[1]) == ("T", 3)


def test_a_whole_table_keeps_its_length() -> None:
    text = MODEL.replace("TABLE", LEARNED.format("1, ")).replace("ADDED", "self.pos")
    assert tuple(read(text).nodes[-1].shape) == (20, 3)


def test_a_table_may_have_the_examples_behind_the_positions() -> None:
    text = """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(7, 8)
        self.pos = nn.Parameter(torch.zeros(50, 1, 8))
        self.stack = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16), 1)

    def forward(self, x):
        x = self.inner(x.permute(1, 0, 2))
        return self.stack(x + self.pos[:x.size(0), :])

model = Net()
"""
    assert read(text).counts.params == 64 + 400 + (4 * 72 + 2 * 8 * 16 + 16 + 8 + 4 * 8)


def test_a_model_may_have_two_inputs() -> None:
    text = """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(4, 8), nn.Linear(5, 8)

    def forward(self, x, y):
        return self.a(x) + self.b(y)

model = Net()
"""
    assert [(n.name, tuple(n.shape)) for n in read(text).nodes[:2]] == [("x", (4,)), ("y", (5,))]
    assert read(text).counts.params == 40 + 48


def test_a_transformer_reads_source_and_target() -> None:
    text = """\
class Translator(nn.Module):
    def __init__(self, d=8):
        super().__init__()
        self.source, self.target = nn.Embedding(30, d), nn.Embedding(40, d)
        self.pos = nn.Embedding(20, d)
        self.transformer = nn.Transformer(d, 2, 2, 1, 16, batch_first=True)
        self.out = nn.Linear(d, 40)

    def forward(self, src, tgt):
        s = self.source(src) + self.pos(torch.arange(src.size(1)).unsqueeze(0))
        t = self.target(tgt) + self.pos(torch.arange(tgt.size(1)).unsqueeze(0))
        mask = self.transformer.generate_square_subsequent_mask(tgt.size(1))
        return self.out(self.transformer(s, t, tgt_mask=mask))

model = Translator()
"""
    found = read(text)
    encoder, decoder = 4 * 72 + 2 * 8 * 16 + 16 + 8 + 32, 8 * 72 + 2 * 8 * 16 + 16 + 8 + 48
    assert found.counts.params == 8 * (30 + 40 + 20) + 2 * encoder + 16 + decoder + 16 + 360
    assert tuple(map(str, found.nodes[-1].shape))[1] == "40"
