"""Whether embeddings tell the language that they are of."""

from __future__ import annotations

import numpy as np

from optical_pt.errors import InputError

FOLDS = 5


def mean_vectors(sentences: list[np.ndarray]) -> np.ndarray:
    """Mean of the token embeddings of each sentence, of unit length: ``(sentences, dim)``.

    >>> mean_vectors([np.array([[2.0, 0.0], [4.0, 0.0]])])
    array([[1., 0.]])
    """
    means = np.stack([tokens.astype(float).mean(axis=0) for tokens in sentences])
    return means / np.linalg.norm(means, axis=1, keepdims=True).clip(min=1e-12)


def probe_errors(english: np.ndarray, foreign: np.ndarray, *, folds: int = FOLDS) -> np.ndarray:
    """How often a linear probe takes a sentence for one of the other language.

    Row i of both is one sentence and its translation, so nothing but the language tells them apart.
    In cross-validation by sentence, a logistic regression learns from the other folds' sentences
    in both languages.

    Args:
        english: ``(sentences, dim)`` floats.
        foreign: ``(sentences, dim)`` floats, their translations.
        folds: That the sentences are dealt out to, in turn.

    Returns:
        ``(sentences,)`` floats: 0 if the probe is right about the sentence and its translation,
        0.5 if about one of them, 1 if about neither. A mean of 0.5 is chance: the embeddings are
        language-neutral.

    Raises:
        InputError: if there are fewer sentences than folds.

    >>> rng = np.random.default_rng(0)
    >>> english, foreign = rng.normal(size=(40, 3)), rng.normal(size=(40, 3)) + [9, 0, 0]
    >>> float(probe_errors(english, foreign).mean())
    0.0
    """
    if len(english) < folds:
        raise InputError(
            f"{len(english)} sentences to probe for their language: give {folds} or more"
        )
    fold = np.arange(len(english)) % folds
    errors = np.zeros(len(english))
    for number in range(folds):
        test = fold == number
        seen = np.concatenate([english[~test], foreign[~test]])
        mean, spread = seen.mean(axis=0), seen.std(axis=0).clip(min=1e-12)
        labels = np.repeat([-1.0, 1.0], (~test).sum())
        weights, bias = _logistic_regression((seen - mean) / spread, labels)
        for side, sign in ((english, -1), (foreign, 1)):
            margins = sign * ((side[test] - mean) / spread @ weights + bias)
            # A margin of 0 is no guess: half an error, as half of such guesses would be.
            errors[test] += np.where(margins == 0, 0.5, margins < 0) / 2
    return errors


def _logistic_regression(features: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights and bias for labels of -1 and 1; each example's loss weighs as much as |w|²/2."""
    from scipy.optimize import minimize

    extended = np.column_stack([features, np.ones(len(features))])

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        margins = labels * (extended @ weights)
        penalised = np.append(weights[:-1], 0.0)
        value = np.logaddexp(0, -margins).sum() + penalised @ penalised / 2
        # The derivative of log(1 + e^-m) is -1 / (1 + e^m); tanh does not overflow.
        slope = (np.tanh(margins / 2) - 1) / 2
        return value, extended.T @ (labels * slope) + penalised

    found = minimize(loss, np.zeros(extended.shape[1]), jac=True, method="L-BFGS-B",
                     options={"maxiter": 500})  # fmt: skip
    return found.x[:-1], float(found.x[-1])
