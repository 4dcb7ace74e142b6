"""How much of a sentence's mass each of its tokens gets.

Each way gives ``(batch, tokens)`` float weights for a solver: non-negative, zero on padding, with
sum 1 over the real tokens of each sentence that has one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from optical_pt.errors import InputError


def uniform_weights(mask: Tensor) -> Tensor:
    """Give real tokens equal mass, as OPTICAL does.

    >>> uniform_weights(torch.tensor([[True, True, False]]))
    tensor([[0.5000, 0.5000, 0.0000]])
    """
    return _normalised(torch.ones(mask.shape, device=mask.device), mask)


@dataclass(frozen=True, eq=False)
class IdfWeights:
    """Mass in proportion to inverse document frequency: rare tokens say more than common ones.

    ``idf = log(1 + (N - df + 0.5) / (df + 0.5))`` with df of N sentences holding the token
    (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009,
    equation 3.3; the 1 keeps it positive). A token never seen has the greatest.

    Attributes:
        idf: ``(vocabulary,)`` positive floats.

    >>> idf = IdfWeights.learn([[0, 1], [0, 2], [0]], vocabulary=4)
    >>> idf.idf
    tensor([0.1335, 0.9808, 0.9808, 2.0794])
    >>> idf(torch.tensor([[0, 1, 0]]), torch.tensor([[True, True, False]]))
    tensor([[0.1198, 0.8802, 0.0000]])
    """

    idf: Tensor

    @classmethod
    def learn(cls, sentences: Iterable[Sequence[int]], vocabulary: int) -> IdfWeights:
        """Count in how many sentences each token id occurs.

        Raises:
            InputError: if an id is not in ``[0, vocabulary)``; it names the sentence, from 1.
        """
        frequency = torch.zeros(vocabulary, dtype=torch.float64)
        count = 0
        for count, sentence in enumerate(sentences, start=1):
            ids = sorted(set(sentence))
            if ids and not 0 <= ids[0] <= ids[-1] < vocabulary:
                wrong = ids[0] if ids[0] < 0 else ids[-1]
                raise InputError(
                    f"sentence {count} holds token id {wrong}, which is not in [0, {vocabulary}): "
                    "give the size of the tokenizer that made the ids"
                )
            frequency[torch.tensor(ids, dtype=torch.long)] += 1
        return cls(torch.log1p((count - frequency + 0.5) / (frequency + 0.5)).float())

    def __call__(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Weigh ``(batch, tokens)`` ids; what stands on padding is ignored."""
        return _normalised(self.idf.to(ids.device)[torch.where(mask, ids, 0)], mask)


def attention_weights(similarity: Tensor, mask: Tensor, other_mask: Tensor) -> Tensor:
    """Give a token mass by how much the other sentence attends to it.

    The cross-reference mechanism of DeepEMD (Zhang, Cai, Lin and Shen, CVPR 2020, equation 8): the
    similarity of the token to the mean of the other side's tokens, or 0 if that is negative, so
    that what has no counterpart, such as a function word, moves little mass. A sentence whose
    tokens all get 0 has uniform weights.

    Args:
        similarity: ``(batch, tokens, other tokens)`` cosines, or any attention matrix; padding
            may hold anything. Transpose it to weigh the other side.
        mask: ``(batch, tokens)`` booleans, true on real tokens.
        other_mask: ``(batch, other tokens)`` booleans.

    >>> both = torch.tensor([[True, True]])
    >>> attention_weights(torch.tensor([[[0.9, 0.3], [0.5, -0.1]]]), both, both)
    tensor([[0.7500, 0.2500]])
    """
    real = mask[:, :, None] & other_mask[:, None, :]
    total = torch.where(real, similarity.float(), 0).sum(dim=2)
    mean = total / other_mask.sum(dim=1, keepdim=True).clamp(min=1)
    weights = mean.clamp(min=0)
    nothing = (weights == 0).all(dim=1, keepdim=True)
    return _normalised(torch.where(nothing, 1, weights), mask)


def _normalised(weights: Tensor, mask: Tensor) -> Tensor:
    weights = torch.where(mask, weights, 0)
    return weights / weights.sum(dim=1, keepdim=True).clamp(min=torch.finfo(weights.dtype).tiny)
