"""An ONNX file -> the text that ONNX prints of it, without its weights: that is what is read, and what errors show."""

from __future__ import annotations

import importlib
import mmap
from pathlib import Path
from typing import Any

from symparams.errors import Source, SymparamsError
from symparams.reading.onnx.listing import listing
from symparams.reading.onnx.weightless import without_weights

KIND = "onnx"
_INFERRED = 20_000  # nodes for which ONNX is asked for the shapes in between


def model_text(path: Path) -> Source:
    """The model in the file at a path; its weights are skipped, those in other files are not looked for."""
    try:
        with path.open("rb") as file:
            if not file.seek(0, 2):
                raise SymparamsError(f"{path}: this file is empty")
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped, memoryview(mapped) as data:
                kept = without_weights(data, str(path))
    except (OSError, ValueError) as error:
        raise SymparamsError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from None
    return _printed(kept, str(path))


def text_of(data: bytes, name: str) -> Source:
    """The model in bytes that are at hand."""
    return _printed(without_weights(memoryview(data), name), name)


def _printed(kept: bytes, name: str) -> Source:
    onnx = _library(name)
    try:
        model = onnx.ModelProto.FromString(kept)
    except Exception:  # whatever the library for protobuf raises
        raise SymparamsError(f"{name}: this is no ONNX file, or a damaged one") from None
    if not model.HasField("graph") or not model.graph.node:
        raise SymparamsError(f"{name}: there is no model here; an ONNX file has a graph with nodes")
    return Source(name, listing(_with_shapes(model)), KIND)


def _library(name: str) -> Any:
    try:
        importlib.import_module("onnx.shape_inference")
        return importlib.import_module("onnx")
    except ImportError:
        raise SymparamsError(
            f"{name}: reading ONNX files needs the package onnx, which the extra `onnx` installs: "
            "pip install 'symparams[onnx]'"
        ) from None


def _with_shapes(model: Any) -> Any:
    """The model with the shapes in between, as far as ONNX can work them out."""
    if len(model.graph.node) > _INFERRED:
        return model
    try:
        return importlib.import_module("onnx.shape_inference").infer_shapes(model, data_prop=True)
    except Exception:  # of a library that was given what it does not expect
        return model
