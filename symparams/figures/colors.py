"""The colors of boxes by family: of different lightness, so that they are told apart in gray, too."""

from __future__ import annotations

from symparams.model.family import Family

INK, QUIET = "#111827", "#374151"  # of text, of lines
_OTHER = ("#f3f4f6", "#6b7280")
# Of each family the color of its boxes and of their borders.
_COLORS: dict[Family, tuple[str, str]] = {
    "Input and data": ("#ffffff", "#374151"),
    "Dense layers": ("#c7d2fe", "#3730a3"),
    "Convolution": ("#bfdbfe", "#1d4ed8"),
    "Pooling": ("#fecaca", "#b91c1c"),
    "Upsampling and transposed convolution": ("#99f6e4", "#0f766e"),
    "Activation": ("#fef9c3", "#a16207"),
    "Normalization": ("#fef08a", "#a16207"),
    "Regularization": ("#f3f4f6", "#6b7280"),
    "Shape": ("#e5e7eb", "#4b5563"),
    "Branches joined": ("#fafaf9", "#57534e"),
    "Recurrent layers": ("#bbf7d0", "#15803d"),
    "Embedding": ("#fbcfe8", "#be185d"),
    "Attention": ("#fed7aa", "#c2410c"),
    "Transformer": ("#a5f3fc", "#0e7490"),
    "Layers around layers": ("#ddd6fe", "#6d28d9"),
    "Sound": ("#d9f99d", "#4d7c0f"),
}


def colors_of(family: Family) -> tuple[str, str]:
    """The color of a box and of its border."""
    return _COLORS.get(family, _OTHER)
