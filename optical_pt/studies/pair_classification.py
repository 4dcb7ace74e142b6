"""Classification of sentence pairs in a language by classifiers that saw English alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from optical_pt.collections.published import xnli
from optical_pt.errors import InputError
from optical_pt.files import hash_bytes
from optical_pt.models import LateInteraction
from optical_pt.studies.published import published_folder
from optical_pt.studies.trial import score_frame

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

FOLDS = 5
# Of 1e-4, 1e-3, 1e-2 and 1e-1 the best on English pairs with the MiniLM teacher.
STRENGTH = 1e-3


@dataclass(frozen=True, eq=False)
class PairClassification:
    """XNLI's pairs, classified across languages by what the student makes of them.

    A sentence is the mean of its token embeddings; a pair of sentences u, v is described by u, v,
    abs(u - v) and their product (Conneau et al., "InferSent", EMNLP 2017, section 3.1). Logistic
    regression learns on the teacher's embeddings of English pairs and is applied to a student's
    embeddings of the pairs in its language.

    The shared copy of XNLI has labels in its dev part alone (2,490 pairs), so the classifiers are
    cross-fitted on it: premises are dealt to five folds, and the pairs of a fold are classified by
    a model of the other folds' English pairs. No model has seen a tested premise or hypothesis,
    in any language.

    Attributes:
        name: Of the task, in tables.
        pairs: By language, English among them: pair_id, premise, hypothesis, label, aligned.
        teacher: Encodes the English pairs.
        max_pairs: Score the first so many; None scores all.
    """

    name: str
    pairs: Mapping[str, pd.DataFrame]
    teacher: LateInteraction
    max_pairs: int | None = None

    @cached_property
    def identity(self) -> str:
        """Hash of what decides scores beside the student."""
        texts = (self.pairs[code].to_csv() for code in sorted(self.pairs))
        settings = f"{self.teacher.fingerprint} {self.max_pairs} {FOLDS} {STRENGTH}"
        return hash_bytes("\n".join([settings, *texts]).encode())

    @cached_property
    def folds(self) -> np.ndarray:
        """The fold of each pair; pairs of a premise share one."""
        return deal_folds(self.pairs["en"]["premise"])

    @cached_property
    def classifiers(self) -> list[Pipeline]:
        """One a fold, of the other folds' English pairs."""
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        english = self.pairs["en"]
        features = _describe(self.teacher, english)
        labels = english["label"].to_numpy()
        return [
            make_pipeline(
                StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=1000)
            ).fit(features[self.folds != fold], labels[self.folds != fold])
            for fold in range(FOLDS)
        ]  # fmt: skip

    def score(self, model: LateInteraction, language: str) -> pd.DataFrame:
        """Accuracy, 0 or 1 a pair, as a trial's measuring gives it.

        Args:
            model: Encodes the pairs as it encodes queries.
            language: Of the pairs; ``"en"`` with the teacher is the ceiling.
        """
        tested = self.pairs[language].iloc[: self.max_pairs]
        features = _describe(model, tested)
        guesses = np.empty(len(tested), dtype=object)
        for fold, classifier in enumerate(self.classifiers):
            mine = self.folds[: len(tested)] == fold
            if mine.any():
                guesses[mine] = classifier.predict(features[mine])
        correct = (guesses == tested["label"].to_numpy()).astype(float)
        values = dict(zip(tested["pair_id"], correct, strict=True))
        return score_frame(self.name, "accuracy", values)


def open_pairs(
    name: str,
    languages: Sequence[str],
    teacher: LateInteraction,
    data: Path,
    *,
    verify: bool = True,
    max_pairs: int | None = None,
) -> PairClassification:
    """Read XNLI's dev part in English and some languages.

    Args:
        name: Of the task, in tables.
        languages: Of :data:`optical_pt.collections.published.xnli.LANGUAGES`.
        teacher: Encodes the English pairs.
        data: Folder with ``xnli/xnli.zip`` or the published file, which is downloaded without.
        verify: Compare that with the published sum.
        max_pairs: Score the first so many; None scores all.

    Raises:
        InputError: on a missing or broken file, an unknown language, or too few premises.
    """
    folder = published_folder(data, "xnli")
    pairs = {
        code: xnli.pairs(code, "dev", folder=folder, verify=verify) for code in ("en", *languages)
    }
    if pairs["en"]["label"].nunique() < 2:
        raise InputError(f"{data / 'xnli'}: all pairs have the same label; get the file anew")
    task = PairClassification(name, pairs, teacher, max_pairs)
    _ = task.folds
    return task


def deal_folds(premises: pd.Series) -> np.ndarray:
    """Deal premises to :data:`FOLDS` folds of the same size, at random but always the same.

    Raises:
        InputError: if there are fewer premises than folds.

    >>> folds = deal_folds(pd.Series(["a", "a", "b", "c", "d", "e"]))
    >>> bool(folds[0] == folds[1]), sorted(set(folds.tolist()))
    (True, [0, 1, 2, 3, 4])
    """
    codes, distinct = pd.factorize(premises)
    if len(distinct) < FOLDS:
        raise InputError(f"XNLI has {len(distinct)} premises: {FOLDS} are needed to hold some out")
    return np.random.default_rng(0).permutation(len(distinct))[codes] % FOLDS


def pair_features(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Describe pairs of vectors by both, how they differ, and what they share.

    Args:
        first: ``(pairs, dim)`` floats.
        second: The same.

    Returns:
        ``(pairs, 4 * dim)``.

    >>> pair_features(np.array([[1.0, 2.0]]), np.array([[3.0, 0.5]])).tolist()
    [[1.0, 2.0, 3.0, 0.5, 2.0, 1.5, 3.0, 1.0]]
    """
    return np.hstack([first, second, np.abs(first - second), first * second])


def _describe(model: LateInteraction, pairs: pd.DataFrame) -> np.ndarray:
    texts = list(dict.fromkeys([*pairs["premise"], *pairs["hypothesis"]]))
    pooled = {
        text: tokens.mean(axis=0)
        for text, tokens in zip(texts, model.encode_queries(texts), strict=True)
    }
    sides = [np.stack([pooled[text] for text in pairs[s]]) for s in ("premise", "hypothesis")]
    return pair_features(*sides)
