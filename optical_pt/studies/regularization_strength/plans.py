"""What the regularisation does to transport plans."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from optical_pt.models import LateInteraction
from optical_pt.studies.trial import score_frame
from optical_pt.training.bitext import SentencePair

TASK, ENTROPY, ERROR = "plan", "entropy", "marginal error"
BATCH = 50


def measure_plans(
    student: LateInteraction,
    teacher: LateInteraction,
    pairs: Sequence[SentencePair],
    transport: str,
) -> pd.DataFrame:
    """Normalised entropy and marginal error of the plans between pairs that were not trained on.

    Args:
        student: Encodes the foreign sentences.
        teacher: Encodes the English ones.
        pairs: Not trained on.
        transport: As in training, see :func:`optical_pt.ot.parse_strategy`.

    Returns:
        Scores as :func:`~optical_pt.studies.trial.run_trials` wants them, one item a pair. See
        :func:`optical_pt.ot.plan_entropy`; the error is that of
        :class:`~optical_pt.ot.TransportPlan`, which tells whether the plans were found.
    """
    from optical_pt.ot import cosine_cost, parse_strategy, plan_entropy
    from optical_pt.training.selection import pad_embeddings

    solve = parse_strategy(transport)
    entropies: list[float] = []
    errors: list[float] = []
    for start in range(0, len(pairs), BATCH):
        some = pairs[start : start + BATCH]
        foreign, foreign_mask = pad_embeddings(student.encode_queries([p.foreign for p in some]))
        english, english_mask = pad_embeddings(teacher.encode_queries([p.english for p in some]))
        found = solve(cosine_cost(foreign, english), foreign_mask, english_mask)
        entropies += plan_entropy(found.plan).tolist()
        errors += found.marginal_error.tolist()
    # A pair of one language is not a translation of the same number's pair of another.
    names = [f"{pair.language}-{number}" for number, pair in enumerate(pairs)]
    return pd.concat(
        [
            score_frame(TASK, ENTROPY, dict(zip(names, entropies, strict=True))),
            score_frame(TASK, ERROR, dict(zip(names, errors, strict=True))),
        ],
        ignore_index=True,
    )
