"""Which languages the top of a ranking prefers."""

from __future__ import annotations

import pandas as pd

from optical_pt.errors import InputError
from optical_pt.measures.doc_languages import DocLanguages
from optical_pt.measures.pool_measure import PoolMeasure
from optical_pt.ranking import add_ranks


class LanguageBias(PoolMeasure):
    r"""How far the languages of the top k are from those of the relevant documents.

    .. math:: B@k(q) = \frac12 \sum_l \left| s_q(l) - r_q(l) \right|

    where :math:`s_q(l)` is the share of language l among the top k (of all results, if they are
    fewer) and :math:`r_q(l)` its share among the relevant documents. It is the total variation
    distance: the part of the top k that would have to change its language. 0 is none and 1 is all:
    no language of the results is one of the relevant documents. Lower is better.

    This is attention-weighted rank fairness (AWRF; Sapiezynski et al. 2019,
    https://arxiv.org/abs/1901.10437) with the languages as groups, the relevant documents as target
    and the same attention to each of the top k, as a distance and not as a similarity. It asks
    LAReQA's question (Roy et al. 2020), whether results prefer languages beyond what is relevant
    in them, of any pool; it does not ask whether the results are relevant, so read it beside a
    measure that does. PEER (Yang et al., SIGIR 2024) tests the ranks of relevant documents instead.

    k documents cannot show more than k languages: choose k so that a fair top k exists, such as a
    multiple of the number of languages in LAReQA's setting. A query with no result, or with no
    relevant document, has 1, the worst, lest a system gain by finding nothing.

    Args:
        languages: A :class:`~optical_pt.measures.DocLanguages`.
        cutoff: k; ``measure @ k`` sets it. All results by default.

    Raises:
        InputError: when measuring, if the language of a document in the top k or of a relevant one
            is unknown.

    >>> from ir_measures import Qrel, ScoredDoc
    >>> pool = DocLanguages({"de1": "de", "sw1": "sw", "de2": "de"}, name="toy")
    >>> measure = LanguageBias(languages=pool) @ 2
    >>> qrels = [Qrel("q", "de1", 1), Qrel("q", "sw1", 1)]
    >>> run = [ScoredDoc("q", "de1", 3.0), ScoredDoc("q", "de2", 2.0), ScoredDoc("q", "sw1", 1.0)]
    >>> measure.calc_aggregate(qrels, run)  # all German, where half is
    0.5
    """

    NAME = "LanguageBias"
    PRETTY_NAME = "Language bias"
    LOWER_IS_BETTER = True
    DEFAULT = 1.0
    SHORT_DESC = "Distance of the languages of the top k from those of the relevant documents."

    def per_query(self, top: pd.DataFrame, relevant: pd.DataFrame) -> pd.Series:
        """The distance of each qid that has results."""
        shares = _shares(top, relevant, self.params["languages"])
        distance = (shares["top"] - shares["relevant"]).abs().groupby(level="qid").sum() / 2
        return distance[distance.index.isin(top["qid"])]


def language_shares(
    run: pd.DataFrame, qrels: pd.DataFrame, languages: DocLanguages, cutoff: int
) -> pd.DataFrame:
    """Which languages are preferred: the table behind :class:`LanguageBias`.

    Args:
        run: Results with ``qid, docno, score``.
        qrels: Judgments with ``qid, docno, label``.
        languages: Of the documents.
        cutoff: k.

    Returns:
        One row a language, by name, with the columns ``language``, ``top`` (its share of the top
        k), ``relevant`` (its share of the relevant documents) and ``difference`` (positive where
        the language is preferred): means over the queries that have results and relevant
        documents. Empty if there are none.

    Raises:
        InputError: on a document of unknown language, and on a cutoff below 1.

    >>> pool = DocLanguages({"de1": "de", "sw1": "sw", "de2": "de"})
    >>> run = pd.DataFrame({"qid": "q", "docno": ["de1", "de2", "sw1"], "score": [3.0, 2.0, 1.0]})
    >>> qrels = pd.DataFrame({"qid": "q", "docno": ["de1", "sw1"], "label": 1})
    >>> print(language_shares(run, qrels, pool, cutoff=2).to_string(index=False))
    language  top  relevant  difference
          de  1.0       0.5         0.5
          sw  0.0       0.5        -0.5
    """
    if cutoff < 1:
        raise InputError(f"cutoff {cutoff}: it must be at least 1")
    relevant = qrels[qrels["label"] > 0]
    relevant = relevant[relevant["qid"].isin(run["qid"])]
    top = add_ranks(run[run["qid"].isin(relevant["qid"])], cutoff)
    shares = _shares(top, relevant, languages)
    table = shares.groupby(level="language").sum() / max(relevant["qid"].nunique(), 1)
    table["difference"] = table["top"] - table["relevant"]
    return table.reset_index()


def _shares(top: pd.DataFrame, relevant: pd.DataFrame, languages: DocLanguages) -> pd.DataFrame:
    """Columns ``top`` and ``relevant``; a row each qid and language that has one of them."""
    return pd.DataFrame(
        {
            name: rows.groupby(["qid", languages.of_each(rows).rename("language")]).size()
            / rows.groupby("qid").size()
            for name, rows in (("top", top), ("relevant", relevant))
        },
    ).fillna(0.0)
