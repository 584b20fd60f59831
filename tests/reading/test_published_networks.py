"""Networks that frameworks bring along, called by name: VGG16(include_top=False), models.resnet18(weights=…)."""

from __future__ import annotations

import gc
import os
from typing import Any

import pytest

import symparams as sp
from symparams.errors import SymparamsError
from symparams.reading.python.published import names

# The totals that torchvision's documentation and keras.io print.
TORCH = {
    "alexnet": 61_100_840,
    "densenet121": 7_978_856,
    "densenet161": 28_681_000,
    "densenet169": 14_149_480,
    "densenet201": 20_013_928,
    "mobilenet_v2": 3_504_872,
    "resnet18": 11_689_512,
    "resnet34": 21_797_672,
    "resnet50": 25_557_032,
    "resnet101": 44_549_160,
    "resnet152": 60_192_808,
    "resnext50_32x4d": 25_028_904,
    "resnext101_32x8d": 88_791_336,
    "squeezenet1_0": 1_248_424,
    "squeezenet1_1": 1_235_496,
    "vgg11": 132_863_336,
    "vgg11_bn": 132_868_840,
    "vgg13": 133_047_848,
    "vgg13_bn": 133_053_736,
    "vgg16": 138_357_544,
    "vgg16_bn": 138_365_992,
    "vgg19": 143_667_240,
    "vgg19_bn": 143_678_248,
    "wide_resnet50_2": 68_883_240,
    "wide_resnet101_2": 126_886_696,
}
KERAS = {
    "ConvNeXtBase": 88_591_464,
    "ConvNeXtLarge": 197_767_336,
    "ConvNeXtSmall": 50_223_688,
    "ConvNeXtTiny": 28_589_128,
    "ConvNeXtXLarge": 350_196_968,
    "DenseNet121": 8_062_504,
    "DenseNet169": 14_307_880,
    "DenseNet201": 20_242_984,
    "EfficientNetB0": 5_330_571,
    "EfficientNetB1": 7_856_239,
    "EfficientNetB2": 9_177_569,
    "EfficientNetB3": 12_320_535,
    "EfficientNetB4": 19_466_823,
    "EfficientNetB5": 30_562_527,
    "EfficientNetB6": 43_265_143,
    "EfficientNetB7": 66_658_687,
    "EfficientNetV2B0": 7_200_312,
    "EfficientNetV2B1": 8_212_124,
    "EfficientNetV2B2": 10_178_374,
    "EfficientNetV2B3": 14_467_622,
    "EfficientNetV2L": 119_027_848,
    "EfficientNetV2M": 54_431_388,
    "EfficientNetV2S": 21_612_360,
    "InceptionResNetV2": 55_873_736,
    "InceptionV3": 23_851_784,
    "MobileNet": 4_253_864,
    "MobileNetV2": 3_538_984,
    "MobileNetV3Large": 5_507_432,
    "MobileNetV3Small": 2_554_968,
    "NASNetLarge": 88_949_818,
    "NASNetMobile": 5_326_716,
    "ResNet50": 25_636_712,
    "ResNet50V2": 25_613_800,
    "ResNet101": 44_707_176,
    "ResNet101V2": 44_675_560,
    "ResNet152": 60_419_944,
    "ResNet152V2": 60_380_648,
    "VGG16": 138_357_544,
    "VGG19": 143_667_240,
    "Xception": 22_910_480,
}


def test_every_network_has_its_published_total() -> None:
    assert sorted(names("torch")) == sorted(TORCH)
    assert sorted(names("keras")) == sorted(KERAS)


@pytest.mark.parametrize("name", TORCH)
def test_torchvision(name: str) -> None:
    net = sp.read(f"import torchvision.models as models\nmodel = models.{name}(weights='DEFAULT')\n").net
    assert net.params == TORCH[name]


@pytest.mark.parametrize("name", KERAS)
def test_keras_applications(name: str) -> None:
    assert sp.read(f"from keras.applications import {name}\nmodel = {name}()\n").net.params == KERAS[name]


_LARGE = ("ConvNeXtLarge", "ConvNeXtXLarge")  # the same as the others, and gigabytes
# As Keras makes them, which refuses the smaller one by its name where PyTorch computes.
_NASNET: dict[str, dict[str, Any]] = {
    "NASNetMobile": {"penultimate_filters": 1056, "num_blocks": 4, "stem_block_filters": 32, "skip_reduction": False},
    "NASNetLarge": {"penultimate_filters": 4032, "num_blocks": 6, "stem_block_filters": 96, "skip_reduction": True},
}


def _built(name: str, given: dict[str, Any]) -> Any:
    import keras

    if name not in _NASNET:
        return getattr(keras.applications, name)(**given)
    from keras.src.applications.nasnet import NASNet

    return NASNet(**_NASNET[name], default_size=224 if name == "NASNetMobile" else 331, **given)


@pytest.mark.framework
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", [name for name in KERAS if name not in _LARGE])
@pytest.mark.parametrize(
    "settings", ["weights=None", "weights=None, include_top=False, pooling='avg', input_shape=(97, 98, 3)"]
)
def test_every_layer_of_keras(name: str, settings: str) -> None:
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras

    net = sp.read(f"model = keras.applications.{name}({settings})\n").net
    keras.utils.clear_session()
    given: dict[str, Any] = eval(f"dict({settings})")
    model = _built(name, given)
    flat = [one for layer in model.layers for one in getattr(layer, "layers", None) or [layer]]
    wanted = [(layer.name, layer.count_params()) for layer in flat]
    shape, total = model.output.shape[1:], model.count_params()
    del model
    gc.collect()
    found = [(layer.name, layer.params) for layer in net.layers]
    if name.startswith("ConvNeXt"):  # adds with a sign, which is no layer of Keras
        found = [one for one in found if not one[0].startswith("add")]
    assert sorted(found) == sorted(wanted)
    assert (net.params, net.layers[-1].output_shape) == (total, shape)


FROZEN = """import torchvision
model = torchvision.models.resnet18(pretrained=True)
for p in model.parameters():
    p.requires_grad = False
model.fc = nn.Linear(model.fc.in_features, 2)
"""
HEADED = """base = VGG16(weights='imagenet', include_top=False, input_shape=(150, 150, 3))
base.trainable = False
model = Sequential()
model.add(base)
model.add(Flatten())
model.add(Dense(256, activation='relu'))
model.add(Dense(1, activation='sigmoid'))
"""
BRANCHED = """base_model = InceptionV3(weights='imagenet', include_top=False)
x = GlobalAveragePooling2D()(base_model.output)
x = Dense(1024, activation='relu')(x)
predictions = Dense(200, activation='softmax')(x)
model = Model(inputs=base_model.input, outputs=predictions)
for layer in base_model.layers:
    layer.trainable = False
"""


@pytest.mark.parametrize(
    ("text", "total", "trained"),
    [
        (FROZEN, 11_177_538, 2 * 513),
        (HEADED, 14_714_688 + 4 * 4 * 512 * 256 + 256 + 257, 4 * 4 * 512 * 256 + 256 + 257),
        (BRANCHED, 21_802_784 + 2049 * 1024 + 1025 * 200, 2049 * 1024 + 1025 * 200),
        ("model = models.vgg16()\nmodel.classifier[6] = nn.Linear(4096, 10)\n", 134_301_514, 134_301_514),
        ("net = nn.Sequential(*list(models.resnet50().children())[:-1])\n", 23_508_032, 23_508_032),
    ],
)
def test_networks_with_another_head(text: str, total: int, trained: int) -> None:
    net = sp.read(text).net
    assert (net.params, net.trainable) == (total, trained)


def test_what_the_program_defines_itself_goes_first() -> None:
    text = "def VGG16(n):\n    return Sequential([Dense(n, input_shape=(4,))])\nmodel = VGG16(3)\n"
    assert sp.read(text).net.params == 15


def test_parts_of_published_networks_are_not_taken_for_those_of_a_program() -> None:
    text = "model = nn.Sequential(nn.Conv2d(3, 8, 3), BasicBlock(8, 8), nn.AdaptiveAvgPool2d(1), nn.Conv2d(8, 2, 1))\n"
    read = sp.read(text)
    assert [layer.params for layer in read.net.layers if layer.params] == [224, 18]
    assert "`BasicBlock`" in read.assumed[0].what


def test_an_error_stands_at_the_call() -> None:
    with pytest.raises(SymparamsError) as error:
        _ = sp.read("model = VGG16(include_top=False, input_shape=(20, 20, 3))\n").net
    assert str(error.value).splitlines()[1] == "    model = VGG16(include_top=False, input_shape=(20, 20, 3))"


@pytest.mark.parametrize(
    ("call", "total"),
    [
        ("models.resnet18()", 11_689_512),
        ("models.get_model('resnet18', weights=None, num_classes=10)", 11_181_642),
        ("get_model(name='vgg11')", TORCH["vgg11"]),
        ("torch.hub.load('pytorch/vision:v0.10.0', 'resnet18', pretrained=True)", 11_689_512),
        ("timm.create_model('resnet18', pretrained=True, num_classes=10)", 11_181_642),
        ("timm.create_model('densenet121.ra_in1k')", TORCH["densenet121"]),
    ],
)
def test_networks_that_are_called_otherwise(call: str, total: int) -> None:
    assert sp.read(call).net.params == total
    assert sp.read(f"model = {call}\n").net.params == total
    assert sp.read(f"Why does {call} have {total} parameters?").net.params == total


@pytest.mark.parametrize(
    "call",
    [
        "timm.create_model('resnet18', in_chans=1)",  # settings that torchvision does not have
        "timm.create_model('resnet18', num_classes=0)",
        "timm.create_model('vgg16')",  # made of other layers
        "timm.create_model('no_such_net')",
        "torch.hub.load('someone/something', 'whatever')",
        "get_model('none')",
    ],
)
def test_networks_that_are_not_known_are_none(call: str) -> None:
    with pytest.raises(SymparamsError, match=r"there is no network|no model was found"):
        sp.read(f"model = {call}\n")
