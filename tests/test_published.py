"""The example networks against the numbers that papers and frameworks publish for them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
import sympy

import symparams as sp
from tests.conftest import EXAMPLES
from tests.helpers import example

QUANTITIES: dict[str, Callable[[sp.Net], int]] = {
    "parameters": lambda net: net.params,
    "non-trainable": lambda net: net.non_trainable,
    "weights": lambda net: net.weights,
    "parameters before the last layer": lambda net: net.params - net.layers[-1].params,
    "multiply-accumulates": lambda net: net.macs,
    "active parameters": lambda net: net.quantity("active"),
}

PARAMETERS, FIXED, WEIGHTS, TRUNK, MACS, ACTIVE = QUANTITIES

KERAS = "Keras 3, keras.applications: count_params()"
TORCHVISION = "torchvision, num_params and _ops of the weights"
HUGGING_FACE = "Hugging Face transformers, num_parameters() of the published configuration"
WIDE = "Zagoruyko, Komodakis 2016, Tables 4 and 5"
VGG = "Simonyan, Zisserman 2014, Table 2"
MOBILENETS = "Howard et al. 2017, Tables 6 and 7"
MIXER = "Tolstikhin et al. 2021, Table 1, without the last layer"

Row = tuple[str, str, str, "int | str", str]  # example, letters, quantity, number, source

# A number is exact, or a text with the digits that the source has and the unit: "15.47 G".
PUBLISHED: list[Row] = [
    ("vgg-family", "p=1 n=1 m=2 c=0", PARAMETERS, 132863336, TORCHVISION),
    ("vgg-family", "p=1 n=1 m=2 c=0", PARAMETERS, "133 M", VGG),
    ("vgg-family", "p=1 n=1 m=2 c=0", MACS, "7.609 G", TORCHVISION),
    ("vgg-family", "p=2 n=2 m=2 c=0", PARAMETERS, 133047848, TORCHVISION),
    ("vgg-family", "p=2 n=2 m=2 c=0", PARAMETERS, "133 M", VGG),
    ("vgg-family", "p=2 n=2 m=2 c=0", MACS, "11.308 G", TORCHVISION),
    ("vgg-family", "p=2 n=2 m=2 c=1", PARAMETERS, "134 M", VGG),
    ("vgg-family", "p=2 n=2 m=3 c=0", PARAMETERS, 138357544, KERAS),
    ("vgg-family", "p=2 n=2 m=3 c=0", PARAMETERS, "138 M", VGG),
    ("vgg-family", "p=2 n=2 m=3 c=0", MACS, "15.47 G", TORCHVISION),
    ("vgg-family", "", PARAMETERS, 143667240, KERAS),
    ("vgg-family", "", PARAMETERS, "144 M", VGG),
    ("vgg-family", "", MACS, "19.632 G", TORCHVISION),
    ("vgg16", "", MACS, "15.47 G", TORCHVISION),
    ("alexnet", "", PARAMETERS, 60965224, "Caffe, bvlc_alexnet"),
    (
        "alexnet",
        "",
        MACS,
        "724 M",
        "Sze, Chen, Yang, Emer 2017, Efficient Processing of Deep Neural Networks, Table II",
    ),
    ("alexnet-torchvision", "", PARAMETERS, 61100840, TORCHVISION),
    ("alexnet-torchvision", "", MACS, "0.714 G", TORCHVISION),
    ("resnet18-34", "n_1=2 n_2=2 n_3=2 n_4=2", PARAMETERS, 11689512, TORCHVISION),
    ("resnet18-34", "n_1=2 n_2=2 n_3=2 n_4=2", MACS, "1.814 G", TORCHVISION),
    ("resnet18-34", "", PARAMETERS, 21797672, TORCHVISION),
    ("resnet18-34", "", MACS, "3.664 G", TORCHVISION),
    ("resnet101-152", "n_2=4 n_3=6", PARAMETERS, 25636712, KERAS),
    ("resnet101-152", "n_2=4 n_3=6", FIXED, 53120, KERAS),
    ("resnet101-152", "", PARAMETERS, 44707176, KERAS),
    ("resnet101-152", "", FIXED, 105344, KERAS),
    ("resnet101-152", "n_2=8 n_3=36", PARAMETERS, 60419944, KERAS),
    ("resnet101-152", "n_2=8 n_3=36", FIXED, 151424, KERAS),
    ("resnext50", "", PARAMETERS, 25028904, TORCHVISION),
    ("resnext50", "", MACS, "4.23 G", TORCHVISION),
    ("resnext50", "g=32 w=8 n=23", PARAMETERS, 88791336, TORCHVISION),
    ("resnext50", "g=32 w=8 n=23", MACS, "16.414 G", TORCHVISION),
    ("resnext50", "g=64 w=4 n=23", PARAMETERS, 83455272, TORCHVISION),
    ("resnext50", "g=64 w=4 n=23", MACS, "15.46 G", TORCHVISION),
    ("resnext50", "g=1 w=64 n=6", PARAMETERS, 25557032, TORCHVISION),
    ("resnext50", "g=1 w=64 n=6", MACS, "4.089 G", TORCHVISION),
    ("resnext50", "g=1 w=64 n=23", PARAMETERS, 44549160, TORCHVISION),
    ("resnext50", "g=1 w=64 n=23", MACS, "7.801 G", TORCHVISION),
    ("resnext50", "g=1 w=128 n=6", PARAMETERS, 68883240, TORCHVISION),
    ("resnext50", "g=1 w=128 n=6", MACS, "11.398 G", TORCHVISION),
    ("resnext50", "g=1 w=128 n=23", PARAMETERS, 126886696, TORCHVISION),
    ("resnext50", "g=1 w=128 n=23", MACS, "22.753 G", TORCHVISION),
    ("se-resnet50", "", PARAMETERS, 28088024, "timm, seresnet50, and the authors' network"),
    ("wide-resnet", "d=40 k=1", PARAMETERS, "0.6 M", WIDE),
    ("wide-resnet", "d=40 k=2", PARAMETERS, "2.2 M", WIDE),
    ("wide-resnet", "d=40 k=4", PARAMETERS, "8.9 M", WIDE),
    ("wide-resnet", "d=40 k=8", PARAMETERS, "35.7 M", WIDE),
    ("wide-resnet", "d=28 k=10", PARAMETERS, "36.5 M", WIDE),
    ("wide-resnet", "d=22 k=8", PARAMETERS, "17.2 M", WIDE),
    ("wide-resnet", "d=22 k=10", PARAMETERS, "26.8 M", WIDE),
    ("wide-resnet", "d=16 k=8", PARAMETERS, "11.0 M", WIDE),
    ("wide-resnet", "d=16 k=10", PARAMETERS, "17.1 M", WIDE),
    ("mobilenet", "", PARAMETERS, 4253864, KERAS),
    ("mobilenet", "", FIXED, 21888, KERAS),
    ("mobilenet", "alpha=0.75", PARAMETERS, 2601976, KERAS),
    ("mobilenet", "alpha=0.5", PARAMETERS, 1342536, KERAS),
    ("mobilenet", "alpha=0.25", PARAMETERS, 475544, KERAS),
    ("mobilenet", "", MACS, "569 M", MOBILENETS),
    ("mobilenet", "alpha=0.75", MACS, "325 M", MOBILENETS),
    ("mobilenet", "alpha=0.5", MACS, "149 M", MOBILENETS),
    ("mobilenet", "alpha=0.25", MACS, "41 M", MOBILENETS),
    ("mobilenet", "H=192", MACS, "418 M", MOBILENETS),
    ("mobilenet", "H=128", MACS, "186 M", MOBILENETS),
    ("mobilenet-v2", "", PARAMETERS, 3538984, KERAS),
    ("mobilenet-v2", "", FIXED, 34112, KERAS),
    ("mobilenet-v2", "", MACS, "0.301 G", TORCHVISION),
    ("mobilenet-v3", "", PARAMETERS, 5483032, TORCHVISION),
    ("mobilenet-v3", "", MACS, "0.217 G", TORCHVISION),
    ("mnasnet", "", PARAMETERS, 4383312, TORCHVISION),
    ("mnasnet", "", MACS, "0.314 G", TORCHVISION),
    ("regnet", "", PARAMETERS, 5495976, TORCHVISION),
    ("regnet", "", MACS, "0.414 G", TORCHVISION),
    ("densenet", "", PARAMETERS, 8062504, KERAS),
    ("densenet", "", FIXED, 83648, KERAS),
    ("densenet", "", MACS, "2.834 G", TORCHVISION),
    ("densenet", "n_3=32 n_4=32", PARAMETERS, 14307880, KERAS),
    ("densenet", "n_3=32 n_4=32", FIXED, 158400, KERAS),
    ("densenet", "n_3=32 n_4=32", MACS, "3.36 G", TORCHVISION),
    ("densenet", "n_3=48 n_4=32", PARAMETERS, 20242984, KERAS),
    ("densenet", "n_3=48 n_4=32", FIXED, 229056, KERAS),
    ("densenet", "n_3=48 n_4=32", MACS, "4.291 G", TORCHVISION),
    ("squeezenet", "", PARAMETERS, 1248424, TORCHVISION),
    ("squeezenet", "", MACS, "0.819 G", TORCHVISION),
    ("googlenet", "", PARAMETERS, 6998552, "Caffe, bvlc_googlenet for use"),
    ("googlenet-torchvision", "", PARAMETERS, 6624904, TORCHVISION),
    ("googlenet-torchvision", "", MACS, "1.498 G", TORCHVISION),
    ("inception-v3", "", PARAMETERS, 23851784, KERAS),
    ("inception-v3", "", FIXED, 34432, KERAS),
    ("inception-v3", "", MACS, "5.713 G", TORCHVISION),
    ("xception", "", PARAMETERS, 22910480, KERAS),
    ("xception", "", FIXED, 54528, KERAS),
    ("efficientnet-b0", "", PARAMETERS, 5288548, TORCHVISION),
    ("efficientnet-b0", "", MACS, "0.386 G", TORCHVISION),
    ("network-in-network", "", PARAMETERS, 966986, "Lin's Caffe model for CIFAR-10"),
    ("all-cnn-c", "", PARAMETERS, "1.4 M", "Springenberg et al. 2014"),
    ("resnet20-cifar", "", PARAMETERS, 274442, "Keras, examples/cifar10_resnet.py, summary of version 1"),
    ("resnet20-cifar", "", FIXED, 1376, "Keras, examples/cifar10_resnet.py, summary of version 1"),
    ("resnet50", "", MACS, "3.86 G", "Hu, Shen, Sun 2017, Table 2, for ResNet-50"),
    ("deepface", "", PARAMETERS, 137774071, "Keras 2: summary(), with the 8631 classes of VGGFace2"),
    ("deep-autoencoder", "", WEIGHTS, 2833000, "Hinton, Salakhutdinov 2006: 2(784*1000 + 1000*500 + 500*250 + 250*30)"),
    ("dcgan-discriminator", "", PARAMETERS, 2765568, "PyTorch's DCGAN tutorial"),
    ("dcgan-generator", "", PARAMETERS, 3576704, "PyTorch's DCGAN tutorial"),
    ("conv-autoencoder", "", PARAMETERS, 4385, "Keras 3, the network of the tutorial: count_params()"),
    ("unet", "", PARAMETERS, 31030658, "PyTorch, the layers of Ronneberger et al. 2015, Figure 1"),
    ("unet-keras", "", PARAMETERS, 31031685, "github.com/zhixuhao/unet: summary()"),
    ("fcn-resnet50", "", PARAMETERS, 35322218, TORCHVISION),
    ("fcn-resnet50", "", MACS, "152.717 G", TORCHVISION),
    ("convnext", "", PARAMETERS, 28589128, KERAS),
    ("convnext", "", MACS, "4.456 G", TORCHVISION),
    ("convnext", "n=27", PARAMETERS, 50223688, KERAS),
    ("convnext", "n=27", MACS, "8.684 G", TORCHVISION),
    ("convnext", "n=27 c=128", PARAMETERS, 88591464, KERAS),
    ("convnext", "n=27 c=128", MACS, "15.355 G", TORCHVISION),
    ("mlp-mixer", "", PARAMETERS, 59880472, "timm, mixer_b16_224"),
    ("mlp-mixer", "", TRUNK, "59 M", MIXER),
    ("mlp-mixer", "L=8 d=512", TRUNK, "18 M", MIXER),
    ("mlp-mixer", "L=24 d=1024", TRUNK, "207 M", MIXER),
    ("vit", "", PARAMETERS, 86567656, TORCHVISION),
    ("vit", "p=32", PARAMETERS, 88224232, TORCHVISION),
    ("vit", "L=24 d=1024 h=16", PARAMETERS, 304326632, TORCHVISION),
    ("vit", "L=24 d=1024 h=16 p=32", PARAMETERS, 306535400, TORCHVISION),
    ("vit", "L=32 d=1280 h=16 p=14", PARAMETERS, 632045800, TORCHVISION),
    ("transformer", "", PARAMETERS, 44140544 + 37000 * 512, "PyTorch, nn.Transformer(), and one matrix of tokens"),
    ("t5", "", PARAMETERS, 60506624, HUGGING_FACE),
    ("t5", "L=12 d=768 h=12 f=3072", PARAMETERS, 222903552, HUGGING_FACE),
    ("t5", "L=24 d=1024 h=16 f=4096", PARAMETERS, 737668096, HUGGING_FACE),
    ("t5", "L=24 d=1024 h=32 f=16384 c=128", PARAMETERS, 2851598336, HUGGING_FACE),
    ("t5", "L=24 d=1024 h=128 f=65536 c=128", PARAMETERS, 11307321344, HUGGING_FACE),
    ("bert", "", PARAMETERS, 109482240, HUGGING_FACE),
    ("bert", "L=24 d=1024 h=16", PARAMETERS, 335141888, HUGGING_FACE),
    ("gpt2", "", PARAMETERS, 124439808, HUGGING_FACE),
    ("gpt2", "L=24 d=1024 h=16", PARAMETERS, 354823168, HUGGING_FACE),
    ("gpt2", "L=36 d=1280 h=20", PARAMETERS, 774030080, HUGGING_FACE),
    ("gpt2", "L=48 d=1600 h=25", PARAMETERS, 1557611200, HUGGING_FACE),
    ("llama", "", PARAMETERS, 6738415616, HUGGING_FACE),
    ("llama", "L=40 d=5120 h=40 g=40 f=13824", PARAMETERS, 13015864320, HUGGING_FACE),
    ("llama", "L=80 d=8192 h=64 g=8 f=28672", PARAMETERS, 68976648192, HUGGING_FACE),
    ("llama", "g=8 f=14336", PARAMETERS, 7241732096, HUGGING_FACE),
    ("llama", "g=8 f=14336 V=128256", PARAMETERS, 8030261248, HUGGING_FACE),
    ("mixtral", "", PARAMETERS, 46702792704, HUGGING_FACE),
    ("mixtral", "", ACTIVE, "12.9 G", "Mistral AI, Mixtral of experts: 12.9B parameters per token"),
    ("deepseek-v2", "", PARAMETERS, 15706484224, HUGGING_FACE),
    ("qwen3", "", PARAMETERS, 596049920, HUGGING_FACE),
    ("mamba", "", PARAMETERS, 129135360, HUGGING_FACE),
    ("mamba", "L=48 d=1024", PARAMETERS, 371516416, HUGGING_FACE),
    ("mamba", "L=48 d=1536", PARAMETERS, 793204224, HUGGING_FACE),
    ("mamba", "L=48 d=2048", PARAMETERS, 1372178432, HUGGING_FACE),
    ("mamba", "L=64 d=2560", PARAMETERS, 2768345600, HUGGING_FACE),
    ("swin", "", PARAMETERS, 28288354, TORCHVISION),
    ("swin", "", MACS, "4.491 G", TORCHVISION),
    ("swin", "n=18", PARAMETERS, 49606258, TORCHVISION),
    ("swin", "n=18", MACS, "8.741 G", TORCHVISION),
    ("swin", "n=18 c=128", PARAMETERS, 87768224, TORCHVISION),
    ("swin", "n=18 c=128", MACS, "15.431 G", TORCHVISION),
    ("bilstm-imdb", "", PARAMETERS, 2757761, "Keras, the example bidirectional_lstm_imdb: summary()"),
    ("char-rnn", "", PARAMETERS, 4022850, "TensorFlow's tutorial on text generation: summary()"),
    ("seq2seq", "", WEIGHTS, 384000000, "Sutskever, Vinyals, Le 2014, Section 3.4: 384M parameters"),
]

# The last tensor with height and width, before the classifier: in the order of the framework.
FEATURE_MAPS: dict[str, tuple[int, ...]] = {
    "alexnet": (6, 6, 256),
    "alexnet-torchvision": (256, 6, 6),
    "vgg-family": (7, 7, 512),
    "resnet18-34": (512, 7, 7),
    "resnet101-152": (7, 7, 2048),
    "resnext50": (2048, 7, 7),
    "mobilenet-v2": (7, 7, 1280),
    "densenet": (7, 7, 1024),
    "squeezenet": (1000, 13, 13),
    "googlenet": (7, 7, 1024),
    "inception-v3": (8, 8, 2048),
    "xception": (10, 10, 2048),
    "efficientnet-b0": (1280, 7, 7),
    "mobilenet-v3": (960, 7, 7),
    "unet": (388, 388, 2),
    "convnext": (7, 7, 768),
    "swin": (7, 7, 768),
}

ARAUJO = "Araujo, Norris, Sim 2019, Computing Receptive Fields of Convolutional Neural Networks"

# Example, letters, layer, places of the input that one of its outputs sees.
RECEPTIVE_FIELDS: list[tuple[str, str, str, int, str]] = [
    ("alexnet-torchvision", "", "maxpool_3", 195, ARAUJO),
    ("vgg16", "", "maxpool_5", 212, ARAUJO),
    ("mobilenet", "", "relu6_27", 315, ARAUJO),
    ("inception-v3", "", "concat_15", 1311, ARAUJO),
    ("resnet50", "", "add_16", 483, ARAUJO),
    ("resnet101-152", "", "add_33", 1027, ARAUJO),
    ("resnet101-152", "n_2=8 n_3=36", "add_50", 1507, ARAUJO),
    ("wavenet", "", "add_10", 1024, "van den Oord et al. 2016, Section 2.1"),
]

# With letters: the formula instead of a number.
FORMULAS = [
    ("gpt2", "L=l d=D h=H V=v T=t", "12*l*D**2 + 13*l*D + (v + t + 2)*D"),
    ("llama", "L=l d=128*H h=H g=G f=F V=v", "l*(2*128**2*(H**2 + H*G) + 3*128*H*F + 256*H) + (2*v + 1)*128*H"),
    ("t5", "L=l d=D h=H f=F c=C V=v", "l*D*(12*C*H + 4*F + 5) + (v + 2)*D + 64*H"),
    ("transformer", "N=l d=D h=H V=v", "l*(12*D**2 + 13*D) + l*(16*D**2 + 19*D) + (v + 4)*D"),
    ("mamba", "L=l d=16*D V=v", "16*D*(100*l*D + 111*l + v + 1)"),
    ("mobilenet", "alpha=a", "3139584*a**2 + 1113280*a + 1000"),
    ("vgg-family", "p=P n=N m=M c=C", "122059432 + 36928*P + 147584*N + 5309696*M + 591104*C"),
    ("wide-resnet", "d=6*m+4 k=w", "96768*m*w**2 + 448*m*w - 22784*w**2 + 3200*w + 474"),
    ("resnet20-cifar", "n=m", "97888*m - 19222"),
    ("densenet", "n_4=m", "2112*m**2 + 134976*m + 5362216"),
    ("dcgan-discriminator", "f=F", "672*F**2 + 204*F"),
]


def agrees(found: int, published: int | str) -> bool:
    """Equal, or equal when rounded to the digits that are published."""
    if isinstance(published, int):
        return found == published
    digits, unit = published.split()
    expected = Decimal(digits)
    exact = Decimal(found) / {"M": 10**6, "G": 10**9}[unit]
    return abs(exact - expected) <= Decimal((0, (1,), int(expected.as_tuple().exponent))) / 2


@pytest.mark.parametrize(("name", "letters", "quantity", "published", "source"), PUBLISHED)
def test_published_numbers(name: str, letters: str, quantity: str, published: int | str, source: str) -> None:
    found = QUANTITIES[quantity](example(name, letters))
    assert agrees(found, published), f"{name} {letters}: {found:,} {quantity}, but {source} has {published}"


@pytest.mark.parametrize("name", FEATURE_MAPS)
def test_the_last_feature_map(name: str) -> None:
    shapes = [layer.output_shape for layer in example(name) if len(layer.output_shape) == 3]
    assert shapes[-1] == FEATURE_MAPS[name]


@pytest.mark.parametrize(("name", "letters", "layer", "places", "source"), RECEPTIVE_FIELDS)
def test_receptive_fields(name: str, letters: str, layer: str, places: int, source: str) -> None:
    field = example(name, letters).receptive_field(layer)
    assert set(field or ()) == {places}, f"{name} {letters}: {field}, but {source} has {places}"


@pytest.mark.parametrize(("name", "letters", "formula"), FORMULAS)
def test_formulas(name: str, letters: str, formula: str) -> None:
    net = example(name, letters)
    assert sympy.expand(net.params - sympy.sympify(formula, locals=net.symbols)) == 0


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.arch")), ids=lambda path: path.stem)
def test_an_example_is_short_and_says_where_it_is_from(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    assert len(lines) < 60
    assert lines[0].startswith("# ")
    assert example(path.stem).title
