"""Guided alignment: word links of IBM model 1 show the decoder where to look."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from optical_pt.alignment.ibm1 import ibm1
from optical_pt.training.nmt.loss import IGNORED
from optical_pt.training.nmt.tokenizer import EOS_ID, UNK_ID

DISTANCE = 4.0


class AlignmentGuide:
    """Where the translation of each target piece probably stands in the source sentence.

    A decoder that starts from nothing needs thousands of steps to find out that it should look at
    the source at all. Chen et al. (2016), "Guided alignment training for topic-aware neural
    machine translation" (https://arxiv.org/abs/1607.01628; `--guided-alignment` in Marian), give
    its cross-attention the links of a statistical aligner as a second target.

    The probability that target piece j is linked to source position i is proportional to
    ``t(e_j | f_i) exp(-4 |i/I - j/J|)``: IBM model 1 with the position prior of Dyer et al. (2013,
    https://aclanthology.org/N13-1073). The end of the target is linked to the end of the source.

    Args:
        probability: (vocabulary, vocabulary) float tensor, t(target piece | source piece).
        is_english: (vocabulary,) booleans, the pieces at home on the target side.
    """

    def __init__(self, probability: torch.Tensor, is_english: torch.Tensor) -> None:
        self.probability = probability
        self.is_english = is_english

    @classmethod
    def learn(
        cls,
        source: Sequence[Sequence[int]],
        target: Sequence[Sequence[int]],
        vocab_size: int,
    ) -> AlignmentGuide:
        """Learn from sentence pairs given as ids, without the special ones.

        A piece counts as English if it is at least half as frequent there as on the other side.
        """
        table = ibm1(source, target, n_source=vocab_size, n_target=vocab_size)
        probability = torch.from_numpy(np.asarray(table.todense(), dtype=np.float32))
        probability[EOS_ID, EOS_ID] = 1.0
        foreign, english = (_frequencies(side, vocab_size) for side in (source, target))
        is_english = english >= foreign / 2
        is_english[[EOS_ID, UNK_ID, vocab_size - 1]] = True  # the last is <pad>
        return cls(probability, is_english)

    @torch.no_grad()
    def start_embeddings(self, embeddings: torch.Tensor) -> None:
        """Give each foreign piece the mean embedding of the English pieces that translate it.

        With one embedding matrix for both sides, copying a source piece to the output is then
        already a word-by-word translation: that is where a student of the same pairs starts, too.

        Args:
            embeddings: (vocabulary, width) floats, changed in place; their norms are kept.
        """
        is_english = self.is_english.to(embeddings.device)
        mean = (self.probability.to(embeddings.device) * is_english) @ embeddings
        norm = mean.norm(dim=1)
        foreign = ~is_english & (norm > 0)
        scale = embeddings.norm(dim=1)[foreign] / norm[foreign]
        embeddings[foreign] = mean[foreign] * scale[:, None]

    def links(self, source: torch.Tensor, mask: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """Link probabilities of a batch.

        Args:
            source: (batch, source length) ids.
            mask: (batch, source length), 1 at pieces, 0 at padding.
            labels: (batch, target length) ids, -100 at padding.

        Returns:
            (batch, target length, source length) float32. The rows of a target piece sum to 1, or
            are 0 where no source piece is known to be translated by it.
        """
        real = labels != IGNORED
        target = labels.where(real, 0)
        self.probability = self.probability.to(source.device)  # large: moved once
        links = self.probability[source[:, None, :], target[:, :, None]]
        place = torch.arange(source.shape[1], device=source.device) / mask.sum(1, keepdim=True)
        aim = torch.arange(labels.shape[1], device=labels.device) / real.sum(1, keepdim=True)
        links = links * torch.exp(-DISTANCE * (place[:, None, :] - aim[:, :, None]).abs())
        links = links * mask[:, None, :] * real[:, :, None]
        return links / links.sum(2, keepdim=True).clamp_min(1e-12)

    def loss(
        self,
        attentions: Sequence[torch.Tensor],
        source: torch.Tensor,
        mask: torch.Tensor,
        labels: torch.Tensor,
    ) -> torch.Tensor:
        """Cross-entropy of the first head's attention in each layer with the links, in nats.

        Args:
            attentions: per decoder layer, (batch, heads, target length, source length).
            source: as in `links`.
            mask: as in `links`.
            labels: as in `links`.
        """
        links = self.links(source, mask, labels)
        count = links.sum().clamp_min(1.0)
        per_layer = [
            -(links * layer[:, 0].float().clamp_min(1e-6).log()).sum() / count
            for layer in attentions
        ]
        return torch.stack(per_layer).mean()


def _frequencies(sentences: Sequence[Sequence[int]], vocab_size: int) -> torch.Tensor:
    """Relative frequency of each id."""
    ids = torch.tensor([i for sentence in sentences for i in sentence])
    return torch.bincount(ids, minlength=vocab_size) / len(ids)
