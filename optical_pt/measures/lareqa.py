"""LAReQA's mean average precision."""

from __future__ import annotations

import pandas as pd

from optical_pt.errors import InputError
from optical_pt.measures.pool_measure import PoolMeasure


class LareqaAP(PoolMeasure):
    r"""Average precision over a multilingual pool with one answer in every language.

    The mAP of LAReQA (Roy et al. 2020, https://arxiv.org/abs/2004.05484) is the mean over queries
    of

    .. math:: AP@k(q) = \frac{1}{\min(|R_q|, k)} \sum_{i=1}^{k} P_q(i)\,[d_i \in R_q]

    where :math:`R_q` holds the answer to q in each language that has it (all of them in XQuAD-R,
    two to four in MLQA-R) and :math:`P_q(i)` is the precision of the top i. A system gets 1 only if
    it ranks the answers in all languages above everything else. XTREME-R reports ``@ 20``. With no
    cutoff the divisor is :math:`|R_q|`, as in ``AP``; with one it is that of XTREME-R's published
    ``average_precision_at_k``, while ir-measures' ``AP@k`` still divides by :math:`|R_q|`.

    The languages guard the setting: two answers in one language are refused.

    Args:
        languages: A :class:`~optical_pt.measures.DocLanguages`.
        cutoff: k; ``measure @ k`` sets it. All results by default.

    Raises:
        InputError: when measuring, if a relevant document's language is unknown, or a query has two
            relevant documents in a language.

    >>> from ir_measures import Qrel, ScoredDoc
    >>> from optical_pt.measures import DocLanguages
    >>> pool = DocLanguages({"de1": "de", "sw1": "sw", "de2": "de"}, name="toy")
    >>> measure = LareqaAP(languages=pool) @ 20
    >>> measure
    LareqaAP(languages=toy-a6f08a)@20
    >>> qrels = [Qrel("q", "de1", 1), Qrel("q", "sw1", 1)]
    >>> run = [ScoredDoc("q", "de1", 3.0), ScoredDoc("q", "de2", 2.0), ScoredDoc("q", "sw1", 1.0)]
    >>> round(measure.calc_aggregate(qrels, run), 4)  # (1/1 + 2/3) / 2
    0.8333
    """

    NAME = "LareqaAP"
    PRETTY_NAME = "LAReQA average precision"
    SHORT_DESC = "Average precision where every language of the pool holds one answer."

    def per_query(self, top: pd.DataFrame, relevant: pd.DataFrame) -> pd.Series:
        """Average precision of each qid of ``relevant``; 0 where nothing relevant is found."""
        self._check(relevant)
        sizes = relevant.groupby("qid").size().clip(upper=self.params.get("cutoff"))
        hits = top.merge(relevant[["qid", "docno"]], on=["qid", "docno"])
        hits = hits.sort_values(["qid", "rank"]).drop_duplicates(["qid", "docno"])
        precision = (hits.groupby("qid").cumcount() + 1) / (hits["rank"] + 1)
        return precision.groupby(hits["qid"]).sum().reindex(sizes.index, fill_value=0.0) / sizes

    def _check(self, relevant: pd.DataFrame) -> None:
        answers = relevant.assign(language=self.params["languages"].of_each(relevant))
        second = answers[answers.duplicated(["qid", "language"])]
        if len(second):
            answer = second.iloc[0]
            raise InputError(
                f"docno {answer['docno']!r} of qid {answer['qid']!r} is a second relevant document "
                f"in {answer['language']!r}: LAReQA has one a language; use AP"
            )
