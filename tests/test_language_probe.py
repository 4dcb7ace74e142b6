"""The probe of the language of embeddings, against scikit-learn's classifier."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from optical_pt.studies.adversarial.probe import _logistic_regression, probe_errors


def test_the_probe_is_scikit_learns():
    rng = np.random.default_rng(0)
    features = rng.normal(size=(60, 5))
    labels = np.where(features @ [1, -1, 0, 0, 2] + rng.normal(size=60) > 0.3, 1.0, -1.0)
    weights, bias = _logistic_regression(features, labels)
    theirs = LogisticRegression(C=1.0, tol=1e-8).fit(features, labels)
    assert weights == pytest.approx(theirs.coef_[0], abs=1e-3)
    assert bias == pytest.approx(theirs.intercept_[0], abs=1e-3)


def test_the_probe_tells_languages_apart_only_where_they_differ():
    rng = np.random.default_rng(1)
    english = rng.normal(size=(100, 4))
    assert probe_errors(english, english + np.array([3, 0, 0, 0])).mean() < 0.15
    assert probe_errors(english, rng.normal(size=(100, 4))).mean() == pytest.approx(0.5, abs=0.12)
    # A translation with the very same embedding: one of the two is always wrong.
    assert probe_errors(english, english).tolist() == [0.5] * 100
    with pytest.raises(ValueError, match="4 sentences to probe"):
        probe_errors(english[:4], english[:4])
