"""The rivals: ways to train a student on bitext, and ways to translate queries with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from optical_pt.studies.students import Recipe
from optical_pt.table.systems import system_name
from optical_pt.training.settings import TrainingSettings
from optical_pt.training.start_settings import StartSettings

OPTICAL = "OPTICAL"
OPTICAL_MSE = "OPTICAL + MSE"
START = "untrained start"
CEILING = "human English >> teacher"
BEST_TRANSLATION = "best translation"

#: Losses of each method that trains a student.
LOSSES: Mapping[str, Mapping[str, float]] = {
    OPTICAL: {"ot": 1.0},
    "MSE": {"mse": 1.0},
    "greedy alignment": {"greedy": 1.0},
    "score distillation": {"scores": 1.0},
    "contrastive": {"contrastive": 1.0},
    OPTICAL_MSE: {"ot": 1.0, "mse": 1.0},
    "OPTICAL + contrastive": {"ot": 1.0, "contrastive": 0.1},
}


def neutral(method: str) -> str:
    """Name of a method that starts from embeddings that know no word."""
    return f"{method} (neutral start)"


#: OPTICAL without cutting off the prefixes that a language writes onto names.
WHOLE_NAMES = f"{OPTICAL} (whole names)"

#: OPTICAL that drops or keeps diacritics in every language.
DROPPED, KEPT = f"{OPTICAL} (diacritics dropped)", f"{OPTICAL} (diacritics kept)"

#: Have all the seeds; rivals may have fewer.
OURS = (OPTICAL, OPTICAL_MSE)

#: Methods that are also trained from embeddings that know no word: the mean of the teacher's.
NEUTRAL = (OPTICAL, "MSE", "greedy alignment", "contrastive")

#: Methods that start from something else than the others; a run has them only if they are named.
OTHER_STARTS = (*map(neutral, NEUTRAL), WHOLE_NAMES, DROPPED, KEPT)

#: All that train a student.
DISTILLATIONS = (*LOSSES, *OTHER_STARTS)

#: Rows of :data:`optical_pt.table.systems.SYSTEMS` that translate, by key.
TRANSLATIONS = ("lexical", "psq", "nmt-bm25", "nmt-teacher")


def as_spelt(method: str) -> str:
    """Name of a method whose queries are not respelt, where those of the others are."""
    return f"{method}, as spelt"


#: Methods that answer the queries as spelt, too.
AS_SPELT = {as_spelt(name): name for name in (*map(system_name, TRANSLATIONS), *OURS)}

#: Rows in the plot, beside the distillations.
PLOTTED = ("bm25", "psq", "nmt-teacher", "psq-fusion", "english-teacher")


def recipes(epochs: float, vocabulary: int = StartSettings.vocabulary) -> dict[str, Recipe]:
    """A recipe a method that makes a student: all the same but for the loss, or the start.

    Args:
        epochs: Of training.
        vocabulary: Words added for a language, at most.
    """
    settings = {
        name: TrainingSettings(loss=dict(loss), epochs=epochs) for name, loss in LOSSES.items()
    }
    made = [
        *(Recipe(name, of_method) for name, of_method in settings.items()),
        Recipe(START, TrainingSettings(epochs=0)),
        *(
            Recipe(neutral(name), settings[name], StartSettings(new_embeddings="mean"))
            for name in NEUTRAL
        ),
        Recipe(WHOLE_NAMES, settings[OPTICAL], StartSettings(whole_names=True)),
        Recipe(DROPPED, settings[OPTICAL], StartSettings(diacritics=False)),
        Recipe(KEPT, settings[OPTICAL], StartSettings(diacritics=True)),
    ]
    return {
        recipe.name: replace(recipe, start=replace(recipe.start, vocabulary=vocabulary))
        for recipe in made
    }
