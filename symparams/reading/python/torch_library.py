"""Classes and functions of torchvision that programs import as parts of their own networks, as code to be followed."""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import Any

from symparams.errors import Span
from symparams.reading.python.functions import Scope, code
from symparams.reading.python.run import Run

_CODE = """
class ConvNormActivation(nn.Sequential):
    def __init__(self, in_channels, out_channels, kernel_size=3, stride=1, padding=None, groups=1,
                 norm_layer=nn.BatchNorm2d, activation_layer=nn.ReLU, dilation=1, inplace=True, bias=None,
                 conv_layer=nn.Conv2d):
        if padding is None:
            if isinstance(kernel_size, tuple):
                wide = dilation if isinstance(dilation, tuple) else (dilation,) * len(kernel_size)
                padding = tuple([(k - 1) // 2 * d for k, d in zip(kernel_size, wide)])
            else:
                padding = (kernel_size - 1) // 2 * dilation
        if bias is None:
            bias = norm_layer is None
        parts = [conv_layer(in_channels, out_channels, kernel_size, stride, padding,
                            dilation=dilation, groups=groups, bias=bias)]
        if norm_layer is not None:
            parts.append(norm_layer(out_channels))
        if activation_layer is not None:
            parts.append(activation_layer(**({} if inplace is None else {"inplace": inplace})))
        super().__init__(*parts)
        self.out_channels = out_channels

class Conv2dNormActivation(ConvNormActivation):
    pass

class Conv3dNormActivation(ConvNormActivation):
    def __init__(self, in_channels, out_channels, kernel_size=3, stride=1, padding=None, groups=1,
                 norm_layer=nn.BatchNorm3d, activation_layer=nn.ReLU, dilation=1, inplace=True, bias=None):
        super().__init__(in_channels, out_channels, kernel_size, stride, padding, groups, norm_layer, activation_layer,
                         dilation, inplace, bias, nn.Conv3d)

class SqueezeExcitation(nn.Module):
    def __init__(self, input_channels, squeeze_channels, activation=nn.ReLU, scale_activation=nn.Sigmoid):
        super().__init__()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(input_channels, squeeze_channels, 1)
        self.fc2 = nn.Conv2d(squeeze_channels, input_channels, 1)
        self.activation = activation()
        self.scale_activation = scale_activation()

    def forward(self, input):
        return self.scale_activation(self.fc2(self.activation(self.fc1(self.avgpool(input))))) * input

class MLP(nn.Sequential):
    def __init__(self, in_channels, hidden_channels, norm_layer=None, activation_layer=nn.ReLU, inplace=None,
                 bias=True, dropout=0.0):
        named = {} if inplace is None else {"inplace": inplace}
        parts = []
        width = in_channels
        for hidden in hidden_channels[:-1]:
            parts.append(nn.Linear(width, hidden, bias=bias))
            if norm_layer is not None:
                parts.append(norm_layer(hidden))
            parts.append(activation_layer(**named))
            parts.append(nn.Dropout(dropout, **named))
            width = hidden
        parts.append(nn.Linear(width, hidden_channels[-1], bias=bias))
        parts.append(nn.Dropout(dropout, **named))
        super().__init__(*parts)

class Permute(nn.Module):
    def __init__(self, dims):
        super().__init__()
        self.dims = dims

    def forward(self, x):
        return torch.permute(x, self.dims)

class StochasticDepth(nn.Module):
    def __init__(self, p, mode):
        super().__init__()

    def forward(self, input):
        return input

def stochastic_depth(input, p, mode, training=True):
    return input

def _make_divisible(v, divisor, min_value=None):
    least = divisor if min_value is None else min_value
    near = max(least, int(v + divisor / 2) // divisor * divisor)
    return near + divisor if near < 0.9 * v else near

def _ovewrite_named_param(kwargs, param, new_value):
    kwargs.setdefault(param, new_value)

def _ovewrite_value_param(param, actual, expected):
    return expected

def _log_api_usage_once(obj):
    pass

class WeightsEnum:
    @classmethod
    def verify(cls, obj):
        return obj
"""

_PLACES = ("ops", "ops.misc", "ops.stochastic_depth", "utils", "_utils", "models._utils", "_api", "models._api")
_AMBIGUOUS = frozenset(("MLP", "Permute"))  # names that others use too: only what is imported from there is meant


@cache
def _body() -> list[ast.stmt]:
    return code(_CODE)


@cache
def _names() -> frozenset[str]:
    return frozenset(n.name for n in _body() if isinstance(n, (ast.ClassDef, ast.FunctionDef)))


class Library:
    """What a program may take from torchvision, defined once it asks for something."""

    def __init__(self) -> None:
        self.scope: Scope | None = None

    def find(self, run: Run, path: str, at: Span) -> Any:
        """The class or function that a path of names means; None if it is none of these."""
        place, _, name = path.rpartition(".")
        if name not in _names():
            return None
        known = re.sub(r"^torchvision\.", "", place) in _PLACES
        if not known and (name in _AMBIGUOUS or "." in place):
            return None
        if not known:
            run.assume(f"`{name}` is not defined here: it is taken to be that of torchvision", at)
        if self.scope is None:
            self.scope = Scope(outer=run.globals.outer)
            run.statements(_body(), self.scope)
        return self.scope.names[name]
