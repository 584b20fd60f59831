"""A kind of question: the energy of a layer."""

from __future__ import annotations

from functools import partial

from symparams.extend import QuestionKind, questions_about

energy_questions = QuestionKind(
    name="energy",
    title="the energy of a layer",
    order=90,
    types=("number", "choice"),
    plans=partial(questions_about, "energy", "energy", 3),
    heading="Energy of {}",
    fades=True,
    recounted=True,
)
