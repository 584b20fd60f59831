"""Data that a Keras program calls its layers on: inputs of known sizes."""

from __future__ import annotations

from typing import Any

from symparams.errors import Span
from symparams.reading.python.keras_tensors import Entrance, KerasTensor
from symparams.reading.python.keras_variables import Places
from symparams.reading.python.values import MadeUp, data_sizes


class KerasData:
    """The data of a program."""

    input_name: str

    def __init__(self) -> None:
        self.data: dict[int, tuple[Any, KerasTensor]] = {}  # that layers are called on, by id: itself, as an input
        self.rows: dict[int, tuple[Any, MadeUp]] = {}  # written out in the program, by id: themselves, as data

    def fresh(self, kind: str) -> str:
        raise NotImplementedError

    def written_out(self, rows: Any) -> MadeUp:
        """Numbers one by one as the data that they are, the same each time."""
        if id(rows) not in self.rows:
            self.rows[id(rows)] = (rows, MadeUp(data_sizes(rows) or ()))
        return self.rows[id(rows)][1]

    def fed(self, value: Any, at: Span) -> KerasTensor | None:
        """Data of known sizes as the input that it is; None for anything else."""
        shape = value.data_shape if isinstance(value, Places) else self.sizes_of_data(value)
        if not shape:
            return None
        if id(value) not in self.data:
            made = Entrance(self, self.fresh(self.input_name), shape, at).tensor()
            self.data[id(value)] = (value, made)
        return self.data[id(value)][1]

    def sizes_of_data(self, value: Any) -> Any:
        """The shape of data that a model is called on, without the batch; None if it is not known."""
        shape = getattr(value, "data_shape", None)
        return None if shape is None else tuple(shape[1:]) or tuple(shape)
