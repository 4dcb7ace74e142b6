"""What the regularisation does to transport plans."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from optical_pt.models import LateInteraction
from optical_pt.studies.trial import score_frame
from optical_pt.training.bitext import SentencePair

TASK, ENTROPY, UNSOLVED = "plan", "entropy", "unsolved"
TOLERANCE = 0.01
BATCH = 50


def measure_plans(
    student: LateInteraction,
    teacher: LateInteraction,
    pairs: Sequence[SentencePair],
    transport: str,
) -> pd.DataFrame:
    """Normalised entropy of the plans between pairs not trained on, and which are not solved.

    Args:
        student: Encodes the foreign sentences.
        teacher: Encodes the English ones.
        pairs: Not trained on.
        transport: As in training, see :func:`optical_pt.ot.parse_strategy`.

    Returns:
        Scores as :func:`~optical_pt.studies.trial.run_trials` wants them, one item a pair. See
        :func:`optical_pt.ot.plan_entropy`. A plan is unsolved (1, else 0) if it misses its
        marginals by more than a hundredth of the mass: it is not that of this eps.
    """
    from optical_pt.ot import cosine_cost, parse_strategy, plan_entropy
    from optical_pt.training.selection import pad_embeddings

    solve = parse_strategy(transport)
    entropies: list[float] = []
    unsolved: list[float] = []
    for start in range(0, len(pairs), BATCH):
        some = pairs[start : start + BATCH]
        foreign, foreign_mask = pad_embeddings(student.encode_queries([p.foreign for p in some]))
        english, english_mask = pad_embeddings(teacher.encode_queries([p.english for p in some]))
        found = solve(cosine_cost(foreign, english), foreign_mask, english_mask)
        entropies += plan_entropy(found.plan).tolist()
        unsolved += (found.marginal_error > TOLERANCE).float().tolist()
    # A pair of one language is not a translation of the same number's pair of another.
    names = [f"{pair.language}-{number}" for number, pair in enumerate(pairs)]
    return pd.concat(
        [
            score_frame(TASK, ENTROPY, dict(zip(names, entropies, strict=True))),
            score_frame(TASK, UNSOLVED, dict(zip(names, unsolved, strict=True))),
        ],
        ignore_index=True,
    )
