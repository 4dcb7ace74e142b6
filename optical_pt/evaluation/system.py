"""What one row of the table is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import pandas as pd
import pyterrier as pt

from optical_pt.errors import InputError

Family = Literal[
    "bm25", "lexical", "nmt", "teacher", "optical", "rerank", "fusion", "other", "ceiling"
]
Group = Literal["low", "other"]

#: The families in the order in which the table shows them.
FAMILIES: tuple[Family, ...] = get_args(Family)
#: The groups of languages in the order in which the table shows them.
GROUPS: tuple[Group, ...] = get_args(Group)


@dataclass(frozen=True, eq=False)
class System:
    """A named retrieval pipeline for the queries of one language.

    Attributes:
        name: The row's name; systems of the same name in several languages share a row.
        family: One of :data:`FAMILIES`, ``"other"`` for what is none of them. A ``"ceiling"``
            answers human English versions of the queries: a point of reference that is not tested
            for significance.
        pipeline: Takes topics (``qid, query``) and gives results (``qid, docno, score``).
        topics: Topics to run instead of the language's own, with the same qids.
        identity: Text that changes whenever the results of the pipeline may change: its
            parameters and the fingerprints of its models and indexes. It allows a finished cell
            to be reused; a system without one always runs again, since the ``repr`` of a pipeline
            says nothing of the weights or of the index behind it.

    Raises:
        InputError: on a family that is not one of :data:`FAMILIES`.
    """

    name: str
    family: Family
    pipeline: pt.Transformer
    topics: pd.DataFrame | None = None
    identity: str | None = None

    def __post_init__(self) -> None:
        if self.family not in FAMILIES:
            raise InputError(
                f"system {self.name!r} has unknown family {self.family!r}: "
                f"use one of {', '.join(FAMILIES)}"
            )
