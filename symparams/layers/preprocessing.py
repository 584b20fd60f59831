"""Layers that prepare data: categories, images that are rescaled or varied."""

from __future__ import annotations

from typing import ClassVar

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ZERO, Formula, as_formula
from symparams.layers.passing import Passing
from symparams.layers.sizes import spatial_axes
from symparams.model.arguments import COUNT, SETTINGS, argument, choice
from symparams.model.framework import keras
from symparams.model.layer import (
    UNKNOWN,
    Axis,
    Incoming,
    Layer,
    Outgoing,
    Requirement,
    Rules,
    Sight,
    layer_class,
    nothing_to_learn,
    symbol,
)
from symparams.model.sentence import say
from symparams.model.work import Work

_SAME_SHAPE = "the shape stays the same"


@layer_class
class Rescaling(Passing):
    """Multiplies every value by a fixed scale and adds a fixed offset: same shape, no parameters."""

    scale: tuple[object, ...] = argument(SETTINGS, "scale: the factor", (as_formula(1),))
    offset: tuple[object, ...] | None = argument(SETTINGS, "offset: what is added", None)

    names: ClassVar = ("rescaling", "Rescaling")
    calls: ClassVar = (keras("Rescaling", "scale! offset"),)
    title: ClassVar = "Rescaling"
    family: ClassVar = "Input and data"
    example: ClassVar = "input(28, 28, 1) -> rescaling(1/255)"
    because: ClassVar = "scale and offset are fixed, not learned"
    shape_because: ClassVar = "every value is rescaled by itself, so the shape stays the same"

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        return Work(multiplications=out.numbers(), additions=out.numbers() if self.offset else ZERO)


@layer_class
class Resizing(Layer):
    """Gives images another height and width: (H, W, C) becomes (height, width, C), no parameters.

    Cropping to a size gives these sizes too, since an image that is too small is resized. Keras only.
    """

    height: Formula = argument(COUNT, "height: of the output")
    width: Formula = argument(COUNT, "width: of the output", told=True)

    names: ClassVar = ("resizing", "Resizing", "CenterCrop", "RandomCrop")
    calls: ClassVar = (
        keras(
            "Resizing",
            "height! width! -interpolation -crop_to_aspect_ratio -pad_to_aspect_ratio -fill_mode -fill_value "
            "-antialias -data_format",
        ),
        keras("CenterCrop", "height! width! -data_format"),
        keras("RandomCrop", "height! width! -seed -data_format"),
    )
    title: ClassVar = "Resizing"
    family: ClassVar = "Input and data"
    example: ClassVar = "input(300, 400, 3) -> resizing(224, 224)"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        spatial_axes(x, (2,))
        axes = (
            Axis("height", symbol("H_out", self.height, "output height")),
            Axis("width", symbol("W_out", self.width, "output width")),
        )
        return nothing_to_learn(
            x.arranged(axes, Axis("channels", as_formula(x.channels))),
            "resizing only interpolates or crops the image",
            "the output height and width are given, and the number of channels stays the same",
        )

    def reach(self, *arriving: Incoming) -> Sight:
        return UNKNOWN


@layer_class
class Augmentation(Layer):
    """Varies images at random while training: same shape, no parameters."""

    settings: tuple[object, ...] = argument(SETTINGS, "settings: how much the images vary", (), variadic=True)

    names: ClassVar = (
        "augment", "AugMix", "AutoContrast", "ContrastLimitedAdaptiveHistogramEqualization", "CutMix", "Equalization",
        "MixUp", "RandAugment", "RandomBrightness", "RandomColorDegeneration", "RandomColorJitter", "RandomContrast",
        "RandomElasticTransform", "RandomErasing", "RandomFlip", "RandomGaussianBlur", "RandomGrayscale", "RandomHue",
        "RandomInvert", "RandomPerspective", "RandomPosterization", "RandomRotation", "RandomSaturation",
        "RandomSharpness", "RandomShear", "RandomTranslation", "RandomZoom", "Solarization",
    )  # fmt: skip
    calls: ClassVar = (
        keras(
            "AugMix",
            "-value_range -num_chains -chain_depth -factor -alpha -all_ops -interpolation -seed -data_format",
        ),
        keras("AutoContrast", "-value_range"),
        keras("ContrastLimitedAdaptiveHistogramEqualization", "-value_range -clip_limit -tile_grid_size -data_format"),
        keras("CutMix", "-factor -seed -data_format"),
        keras("Equalization", "-value_range -bins -data_format"),
        keras("MixUp", "-alpha -data_format -seed"),
        keras("RandAugment", "-value_range -num_ops -factor -interpolation -seed -data_format"),
        keras("RandomBrightness RandomContrast", "-factor! -value_range -seed"),
        keras(
            "RandomColorDegeneration RandomHue RandomPosterization RandomSaturation RandomSharpness",
            "-factor! -value_range -data_format -seed",
        ),
        keras(
            "RandomColorJitter",
            "-value_range -brightness_factor -contrast_factor -saturation_factor -hue_factor -seed -data_format",
        ),
        keras(
            "RandomElasticTransform",
            "-factor -scale -interpolation -fill_mode -fill_value -value_range -seed -data_format",
        ),
        keras("RandomErasing", "-factor -scale -fill_value -value_range -seed -data_format"),
        keras("RandomFlip", "-mode -seed -data_format"),
        keras("RandomGaussianBlur", "-factor -kernel_size -sigma -value_range -data_format -seed"),
        keras("RandomGrayscale", "-factor -data_format -seed"),
        keras("RandomInvert", "-factor -value_range -seed -data_format"),
        keras("RandomPerspective", "-factor -scale -interpolation -fill_value -seed -data_format"),
        keras("RandomRotation", "-factor! -fill_mode -interpolation -seed -fill_value -data_format"),
        keras("RandomShear", "-x_factor -y_factor -interpolation -fill_mode -fill_value -data_format -seed"),
        keras(
            "RandomTranslation",
            "-height_factor! -width_factor! -fill_mode -interpolation -seed -fill_value -data_format",
        ),
        keras("RandomZoom", "-height_factor! -width_factor -fill_mode -interpolation -seed -fill_value -data_format"),
        keras("Solarization", "-addition_factor -threshold_factor -value_range -seed"),
    )
    title: ClassVar = "Image augmentation"
    family: ClassVar = "Input and data"
    example: ClassVar = 'input(224, 224, 3) -> RandomFlip("horizontal") -> RandomRotation(0.1)'

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        spatial_axes(x, (2,))
        return nothing_to_learn(x.kept(), "image augmentation only changes the images at random", _SAME_SHAPE)


# How a category is encoded otherwise than by its number: a 1 at its index, or a 1 at the indices of all that occur.
_MODES = ("one_hot", "multi_hot")


def encoded(x: Incoming, tokens: Formula, mode: str) -> Rules:
    """The rules of a layer that encodes categories in one of the ways."""
    because = "categories are encoded by a fixed table, not by learned numbers"
    if mode == "int":
        return nothing_to_learn(
            x.kept(), because, "every category is replaced by its index, so the shape stays the same"
        )
    n = symbol("n", tokens, "categories")
    alone = number(as_formula(x.shape[-1])) == 1
    before = x.shape[1:] if mode == "multi_hot" else x.shape[:-1] if alone else x.shape
    sizes = (*before, n)
    reason = say("every category becomes a vector of {n} zeros and ones, with a single 1 at its own index", n=n)
    if mode == "multi_hot":
        reason = say(
            "all categories along the first axis become one vector of {n} zeros and ones, with a 1 at the index of "
            "every category that occurs",
            n=n,
        )
    longer = mode == "one_hot" and number(as_formula(x.shape[-1])) is None
    requires = (Requirement(as_formula(x.shape[-1]), ">=", as_formula(2), str),) if longer else ()
    axes = tuple(map(Axis, Incoming(sizes, x.convention).feature_names(), map(as_formula, sizes)))
    return nothing_to_learn(axes, because, reason, channels_are="categories", requires=requires)


@layer_class
class CategoryEncoding(Layer):
    """Encodes categories as zeros and ones: (T) becomes (n) with a 1 for each that occurs, no parameters.

    With `one_hot` each is encoded by itself: (T) becomes (T, n), and (1) becomes (n). Keras only.
    """

    tokens: Formula = argument(COUNT, "categories: how many there are", short="num_tokens")
    mode: str = argument(choice(*_MODES), "how they are encoded", "multi_hot", short="output_mode", keyword=True)

    names: ClassVar = ("onehot", "CategoryEncoding")
    calls: ClassVar = (keras("CategoryEncoding", "num_tokens:tokens! output_mode:mode -sparse"),)
    title: ClassVar = "Category encoding"
    family: ClassVar = "Input and data"
    example: ClassVar = "input(20) -> onehot(1000, one_hot)"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        return encoded(x, self.tokens, self.mode)


@layer_class
class Lookup(Layer):
    """Replaces words or numbers with the index of their category: same shape, no parameters.

    With `one_hot` or `multi_hot` it gives zeros and ones instead, as `onehot` does. The vocabulary is a table, not a
    weight. Keras only.
    """

    tokens: Formula = argument(COUNT, "categories: how many there are", as_formula(1))
    mode: str = argument(choice("int", *_MODES), "how they are encoded", "int", short="output_mode", keyword=True)

    names: ClassVar = ("lookup", "StringLookup", "IntegerLookup", "Hashing", "Discretization")
    calls: ClassVar = (
        keras(
            "StringLookup",
            "max_tokens:tokens -num_oov_indices -mask_token -oov_token -vocabulary -idf_weights -invert "
            "output_mode:mode -pad_to_max_tokens -sparse -encoding -salt",
        ),
        keras(
            "IntegerLookup",
            "max_tokens:tokens -num_oov_indices -mask_token -oov_token -vocabulary -vocabulary_dtype -idf_weights "
            "-invert output_mode:mode -sparse -pad_to_max_tokens -oov_method -salt",
        ),
        keras("Hashing", "num_bins:tokens! -mask_value -salt output_mode:mode -sparse"),
        keras("Discretization", "-bin_boundaries num_bins:tokens -epsilon output_mode:mode -sparse -dtype"),
    )
    title: ClassVar = "Lookup of categories"
    family: ClassVar = "Input and data"
    example: ClassVar = "input(20) -> lookup(1000)"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        return encoded(x, self.tokens, self.mode)
