"""Sound: a waveform becomes frames of frequencies."""

from __future__ import annotations

from typing import ClassVar

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, as_formula, floor
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.algebra.simplification import simplified
from symparams.errors import LayerError
from symparams.layers.sizes import known, spatial_axes
from symparams.layers.spatial_letters import input_sizes
from symparams.layers.window import Window
from symparams.model.arguments import COUNT, argument, choice, switch
from symparams.model.framework import keras
from symparams.model.layer import (
    EVERYWHERE,
    Axis,
    Incoming,
    Layer,
    Outgoing,
    Requirement,
    Rules,
    Sight,
    Unit,
    layer_class,
    nothing_to_learn,
    symbol,
)
from symparams.model.sentence import say, together
from symparams.model.tensor import tensor
from symparams.model.work import Work

_ONE = as_formula(1)
_HALVED = "a frame of one sample cannot be halved; give a step"


@layer_class
class STFTSpectrogram(Layer):
    """Multiplies frames of a waveform by cosines and sines: 2·k·(⌊n_fft/2⌋ + 1) parameters, which are trained.

    The real and the imaginary part have a kernel each, so modes that need only one of them have half the parameters.
    Every channel is transformed by itself with the same kernels. The frames overlap by half unless a step is given, and
    n_fft is the next power of two unless given. Keras only.
    """

    frame_length: Formula = argument(COUNT, "frame length: samples in a frame", as_formula(256))
    frame_step: Formula | None = argument(COUNT, "frame step: how far apart the frames start", None, short="s")
    fft_length: Formula | None = argument(COUNT, "transform length: points of the Fourier transform", None)
    mode: str = argument(
        choice("log", "magnitude", "psd", "real", "imag", "angle", "stft"), "what is returned", "log", keyword=True
    )
    padding: str = argument(choice("valid", "same"), "padding", "valid", short="p", keyword=True, told=True)
    expand_dims: bool = argument(switch(), "whether frequencies and channels each have an axis", False, keyword=True)

    names: ClassVar = ("stft", "STFTSpectrogram")
    stock: ClassVar = ("keras",)
    calls: ClassVar = (
        keras(
            "STFTSpectrogram",
            "mode frame_length frame_step fft_length -window -periodic -scaling padding expand_dims -data_format",
        ),
    )
    title: ClassVar = "Spectrogram"
    family: ClassVar = "Sound"
    example: ClassVar = "input(16000, 1) -> stft(400, 160, 512)"
    reads: ClassVar = "channels"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        window, k, bins = self._window(x), *self._kernel()
        C_in = x.C_in()
        frequencies = 2 * bins if self.mode == "stft" else bins
        (frames,) = window.axes()
        kernels = [part for part in ("real", "imag") if self.mode not in ("real", "imag") or part == self.mode]
        both = len(kernels) > 1
        (L_in,) = input_sizes(x)
        channels = Axis("channels", C_in if self.expand_dims else C_in * frequencies)
        spatial = (frames, Axis("width", frequencies)) if self.expand_dims else (frames,)
        return Rules(
            output=x.arranged(spatial, channels),
            tensors=tuple(
                tensor(
                    "keras",
                    f"{part} kernel",
                    kernel=(k,),
                    outputs=(bins,),
                    uses=C_in * frames.size,
                    stored=f"{part}_kernel",
                    shape=(k, _ONE, bins),
                )
                for part in kernels
            ),
            because=say(
                "each frequency has one weight for each of the {k samples} of a frame"
                + (", once for its cosine (real part) and once for its sine (imaginary part)" if both else "")
                + "; Keras trains these weights",
                k=k,
            ),
            shape_because=together(
                window.reason(),
                say(
                    "Every channel gives {bins frequencies}"
                    + (", each with two values" if self.mode == "stft" else ""),
                    bins=bins,
                ),
                between=". ",
            ),
            channels_are="frequencies",
            unit=Unit("frequencies", bins),
            ignores=(
                say("the length of the waveform, {L}, does not matter: every frame uses the same weights", L=L_in),
                *(
                    []
                    if number(C_in) == 1
                    else [say("the {C_in channels} do not matter either: they share the weights", C_in=C_in)]
                ),
            ),
            requires=(*window.requires(), *self._fits(k)),
        )

    def _window(self, x: Incoming) -> Window:
        spatial_axes(x, (1,))
        if self.frame_step is None and number(self.frame_length) == 1:
            raise LayerError(_HALVED)
        step = floor(self.frame_length / 2) if self.frame_step is None else self.frame_step
        return Window(x, (self.frame_length,), (as_formula(simplified(step)),), self.padding, word="frame")

    def _n_fft(self) -> Formula:
        if self.fft_length is not None:
            return self.fft_length
        length = number(self.frame_length)
        if not isinstance(length, int):
            raise LayerError("needs fft_length where the length of a frame is a letter")
        return as_formula(1 << (length - 1).bit_length())

    def _kernel(self) -> tuple[Formula, Formula]:
        """The samples of a frame, and how many frequencies there are."""
        k = symbol("k", self.frame_length, "frame length")
        return k, floor(symbol("n_fft", self._n_fft(), "transform length") / 2) + 1

    def _fits(self, k: Formula) -> tuple[Requirement, ...]:
        def message(smaller: str, larger: str) -> str:
            return f"the {smaller} must not be larger than the {larger}"

        requirements = (Requirement(self._n_fft(), ">=", k, lambda: message("frame", "transform")),)
        if self.frame_step is None:
            least = as_formula(2)
            return (
                *requirements,
                Requirement(k, ">=", least, lambda: _HALVED),
            )
        return (*requirements, Requirement(k, ">=", self.frame_step, lambda: message("step", "frame")))

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """The products with both kernels; the squares and the root are left out."""
        k, bins = self._kernel()
        frames = out.size("length" if "length" in out.axes else out.axes[0])
        macs = k * bins * arriving[0].C_in() * frames
        values = bins * arriving[0].C_in() * frames
        return Work(
            macs=macs if self.mode in ("real", "imag") else 2 * macs,
            because=say(
                "each of the {=values values} is the sum of {k products}, one for each sample of a frame",
                values=values if self.mode in ("real", "imag") else 2 * values,
                k=k,
            ),
        )

    def reach(self, *arriving: Incoming) -> Sight:
        return self._window(arriving[0]).reach()


@layer_class
class MelSpectrogram(Layer):
    """Gives the strength of a waveform in bands of pitch: (L) becomes (bands, ⌊L/s⌋ + 1), no parameters.

    Frames are s samples apart, the first one centered on the start; the waveform is mirrored at its ends.
    Axes before that of time, such as channels, stay. Keras only.
    """

    fft_length: Formula = argument(
        COUNT, "transform length: points of the Fourier transform, an even number", as_formula(2048)
    )
    sequence_stride: Formula = argument(COUNT, "stride: how far apart the frames are", as_formula(512), short="s")
    num_mel_bins: Formula = argument(
        COUNT, "bands: how many bands of pitch", as_formula(128), short="bands", keyword=True
    )

    names: ClassVar = ("melspectrogram", "MelSpectrogram")
    calls: ClassVar = (
        keras(
            "MelSpectrogram",
            "fft_length sequence_stride -sequence_length -window -sampling_rate num_mel_bins -min_freq -max_freq "
            "-power_to_db -top_db -mag_exp -min_power -ref_power",
        ),
    )
    title: ClassVar = "Mel spectrogram"
    family: ClassVar = "Sound"
    example: ClassVar = "input(16000) -> melspectrogram(512, 160, bands=80)"
    reads: ClassVar = "channels"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        L_in = symbol("L_in", x.shape[-1], "input length", incoming=True)
        n_fft = symbol("n_fft", self.fft_length, "transform length")
        s, n = symbol("s", self.sequence_stride, "stride"), symbol("n", self.num_mel_bins, "bands")
        sizes = (*map(as_formula, x.shape[:-1]), n, floor(L_in / s) + 1)

        def short() -> str:
            length, points = shown(x.shape[-1], PLAIN), known(self.fft_length)
            return f"mirroring half a transform of {points} at each end needs a waveform longer than {length}"

        def odd() -> str:
            return "fft_length must be even"

        return nothing_to_learn(
            tuple(map(Axis, Incoming(sizes, x.convention).axis_names(), sizes)),
            "the transform and the bands are fixed, not learned",
            say(
                "the frames are {s samples} apart, and the + 1 counts the first one, centered on the start. "
                "Each frame has one value for each of the {n bands}",
                s=s,
                n=n,
            ),
            channels_are="frames",
            requires=(
                Requirement(n_fft, "multiple", as_formula(2), odd),
                Requirement(2 * L_in, ">=", n_fft + 1, short),
            ),
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """The sums over the frequencies of every frame; the transform itself, with its squares, is left out."""
        frequencies = floor(symbol("n_fft", self.fft_length, "transform length") / 2) + 1
        return Work(
            macs=frequencies * out.numbers(),
            because=say(
                "each of the {=values output values} is the sum of {=bins products}, one for each frequency. The fast "
                "Fourier transform before it is not counted",
                values=out.numbers(),
                bins=frequencies,
            ),
        )

    def reach(self, *arriving: Incoming) -> Sight:
        return EVERYWHERE
