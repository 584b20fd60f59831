"""Ten networks of different kinds, for figures over many banks."""

from __future__ import annotations

NETS = {
    "digits": """
        range k in 3, 5
        range F in 8..32 step 4
        input(28, 28, 1) -> conv(F, k, relu) -> maxpool(2) -> flatten -> dense(10, softmax)""",
    "colors": """
        range F in 16..64 step 16
        range s in 1, 2
        input(64, 48, 3) -> conv(F, 5, s=s, same) -> bn -> relu -> conv(2*F, 3) -> maxpool(2) -> dropout(0.2)
        -> conv(F, 1, bias=no) -> globalavgpool -> dense(64) -> dense(7)""",
    "torch": """
        convention torch
        range F in 8..40 step 8
        range g in 2, 4
        input(3, 56, 56) -> conv(F, 7, stride=2, padding=3, bias=no) -> bn -> relu -> maxpool(3, stride=2, padding=1)
        -> conv(2*F, 3, groups=g, padding=1) -> conv(F, 3, d=2) -> tconv(F, 2, s=2) -> flatten -> dense(10)""",
    "mobile": """
        range F in 8..32 step 8
        range m in 10..100 step 10
        input(32, 32, 3) -> conv(F, 3, s=2, same) -> depthwise(3, same) -> conv(2*F, 1) -> bn -> separable(F, 3)
        -> avgpool(2) -> flatten -> dense(m)""",
    "text": """
        range V in 1000..9000 step 1000
        range d in 16, 32, 64
        range h in 16..96 step 16
        input(50) -> embedding(V, d) -> lstm(h) -> dense(h, relu) -> dense(3)""",
    "both ways": """
        range h in 8..64 step 8
        range d in 32..96 step 32
        input(30) -> embedding(5000, d) -> bidirectional(lstm(h, sequences)) -> gru(h) -> dropout(0.5) -> dense(h)
        -> dense(5)""",
    "steps": """
        convention torch
        range h in 8..64 step 8
        range n in 4..20 step 4
        input(20, n) -> lstm(h) -> gru(2*h) -> rnn(h) -> dense(2)""",
    "heads": """
        range d in 64, 128, 256
        range V in 2000..8000 step 2000
        input(64) -> embedding(V, d) -> attention(4) -> layernorm -> dense(4*d) -> dense(d) -> layernorm -> dense(2)""",
    "series": """
        range F in 8..48 step 8
        range k in 3, 5, 7
        input(100, 6) -> conv(F, k) -> maxpool(2) -> conv(2*F, k, same) -> bn -> globalmaxpool -> dense(20) -> dense(4)""",
    "table": """
        range n in 5..60 step 5
        range m in 8..128 step 8
        input(n) -> dense(m, relu) -> bn -> dense(2*m, relu) -> dropout(0.3) -> dense(m) -> dense(1)""",
}
