"""The operators of ONNX, and what reads each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from symparams.reading.onnx import dense, elementwise, normalizing, parts, recurrent, shaping, windows
from symparams.reading.onnx.flows import Thing
from symparams.reading.onnx.placing import Network
from symparams.reading.onnx.records import Operation

# What an operator makes of what feeds it: a tensor, or one for each output; None where it cannot be said.
Reads = Callable[[Network, Operation, Sequence[Thing]], "Thing | tuple[Thing, ...]"]

_KEPT = """Cast CastLike Identity Sqrt Erf Neg Abs Reciprocal Log Sin Cos Tan Sign Floor Ceil Round Not IsNaN IsInf
QuantizeLinear DequantizeLinear DynamicQuantizeLinear LpNormalization MeanVarianceNormalization CumSum Trilu Shrink
Softcap BitwiseNot Acos Asin Atan Cosh Sinh Hardmax Bernoulli EyeLike RandomNormalLike RandomUniformLike"""
_COMPARED = "Where Equal Greater GreaterOrEqual Less LessOrEqual Xor BitShift"
_REDUCED = """ReduceMean ReduceMax ReduceMin ReduceSum ReduceL1 ReduceL2 ReduceSumSquare ReduceLogSum
ReduceLogSumExp"""

OPERATORS: dict[str, Reads] = {
    "Conv": windows.convolution,
    "ConvTranspose": windows.transposed,
    "MaxPool": partial(windows.pooled, "maxpool"),
    "AveragePool": partial(windows.pooled, "avgpool"),
    "LpPool": partial(windows.pooled, "lppool"),
    "GlobalAveragePool": partial(windows.pooled_globally, "globalavgpool"),
    "GlobalMaxPool": partial(windows.pooled_globally, "globalmaxpool"),
    "Gemm": dense.gemm,
    "MatMul": dense.matmul,
    "BatchNormalization": normalizing.by_batch,
    "LayerNormalization": normalizing.by_layer,
    "RMSNormalization": normalizing.by_layer,
    "SimplifiedLayerNormalization": normalizing.by_layer,
    "InstanceNormalization": normalizing.by_instance,
    "GroupNormalization": normalizing.by_group,
    "LRN": normalizing.by_neighbors,
    "Clip": elementwise.clipped,
    "Dropout": elementwise.dropped,
    "PRelu": elementwise.sloped,
    "LSTM": recurrent.recurrent,
    "GRU": recurrent.recurrent,
    "RNN": recurrent.recurrent,
    "Reshape": shaping.reshaped,
    "Flatten": shaping.flattened,
    "Transpose": shaping.transposed,
    "Squeeze": shaping.squeezed,
    "Unsqueeze": shaping.unsqueezed,
    "Expand": shaping.expanded,
    "Concat": parts.concatenated,
    "Split": parts.split,
    "Slice": parts.sliced,
    "Gather": parts.gathered,
    "Pad": parts.bordered,
    "Resize": parts.resized,
    "Upsample": parts.resized,
    "DepthToSpace": parts.shuffled,
    "SpaceToDepth": parts.shuffled,
    "Tile": parts.tiled,
    **dict.fromkeys(elementwise.ACTIVATIONS, elementwise.activated),
    **dict.fromkeys(elementwise.JOINING, elementwise.joined),
    **dict.fromkeys(_KEPT.split(), elementwise.kept),
    **dict.fromkeys(_COMPARED.split(), elementwise.compared),
    **dict.fromkeys(_REDUCED.split(), elementwise.reduced),
}
