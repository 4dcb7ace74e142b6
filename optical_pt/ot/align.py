"""Soft and hard token alignments of a sentence pair, to look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from optical_pt.models.encoding import query_prompt
from optical_pt.models.fingerprint import query_modules
from optical_pt.ot.cost import cosine_cost
from optical_pt.ot.links import Links, hard_links, subword_words, word_links
from optical_pt.ot.strategy import Entropic, Strategy

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from transformers import PreTrainedTokenizerBase

    from optical_pt.models import LateInteraction

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, eq=False)
class Alignment:
    """The transport plan between the tokens of a foreign and of an English sentence.

    Attributes:
        foreign: the student's tokens.
        english: the teacher's tokens.
        plan: ``(foreign, english)`` float array that sums to 1, or to less (partial transport) or
            about as much (unbalanced).
        foreign_spans: where each foreign token begins and ends in its sentence, in characters; 0, 0
            for a token that is not in it. Empty if the tokenizer does not tell.
        english_spans: likewise.
    """

    foreign: tuple[str, ...]
    english: tuple[str, ...]
    plan: np.ndarray
    foreign_spans: Spans = ()
    english_spans: Spans = ()

    def pairs(self) -> list[tuple[str, str]]:
        """Each foreign token with the English token that takes most of its mass."""
        return [
            (token, self.english[best])
            for token, best in zip(self.foreign, self.plan.argmax(axis=1), strict=True)
        ]

    def links(self, method: str = "mutual", *, threshold: float = 0.5) -> Links:
        """Positions of linked tokens, see :func:`optical_pt.ot.hard_links`."""
        return hard_links(self.plan, method, threshold=threshold)

    def word_links(self, method: str = "mutual", *, threshold: float = 0.5) -> Links:
        """Positions of linked words: WordPieces are merged, special tokens left out."""
        return word_links(
            self.links(method, threshold=threshold),
            subword_words(self.foreign),
            subword_words(self.english),
        )

    def plot(self, axes: Axes | None = None, *, links: Links | None = None) -> Axes:
        """Draw the plan as a heat map, each row in shares of its foreign token's mass.

        Args:
            axes: to draw on; new ones by default.
            links: tokens to frame, such as :meth:`links` gives.
        """
        from matplotlib import pyplot

        if axes is None:
            size = (1 + 0.42 * len(self.english), 1 + 0.36 * len(self.foreign))
            _, axes = pyplot.subplots(figsize=size, layout="constrained")
        mass = self.plan.sum(axis=1, keepdims=True)
        shares = np.divide(self.plan, mass, out=np.zeros_like(self.plan), where=mass > 0)
        image = axes.imshow(shares, cmap="viridis", vmin=0, vmax=1)
        axes.set_xticks(range(len(self.english)), self.english, rotation=60, ha="right")
        axes.set_yticks(range(len(self.foreign)), self.foreign)
        for row, column in sorted(links or ()):
            corner = (column - 0.5, row - 0.5)
            axes.add_patch(pyplot.Rectangle(corner, 1, 1, fill=False, edgecolor="red"))
        axes.figure.colorbar(image, ax=axes, label="share of the foreign token's mass")
        return axes


def align(
    student: LateInteraction,
    teacher: LateInteraction,
    foreign: str,
    english: str,
    *,
    reg: float = 0.05,
    strategy: Strategy | None = None,
) -> Alignment:
    """Align a sentence with its English translation as the distillation loss does.

    Args:
        student: encodes the foreign sentence.
        teacher: encodes the English one.
        foreign: the sentence.
        english: its translation.
        reg: entropy weight of the plan, where no strategy is given.
        strategy: how the plan is found.
    """
    source_tokens, source_spans, source = _tokens(student, foreign)
    target_tokens, target_spans, target = _tokens(teacher, english)
    masks = [torch.ones(1, len(tokens), dtype=torch.bool) for tokens in (source, target)]
    transport = strategy or Entropic(reg=reg)
    solution = transport(cosine_cost(source[None], target[None]), *masks)
    plan = solution.plan[0].numpy()
    return Alignment(source_tokens, target_tokens, plan, source_spans, target_spans)


@torch.no_grad()
def _tokens(model: LateInteraction, text: str) -> tuple[tuple[str, ...], Spans, Tensor]:
    """Tokens that MaxSim scores, their spans, and their ``(tokens, dim)`` float32 embeddings."""
    encoder = model.encoder.eval()
    prompt = query_prompt(encoder)
    features = encoder.preprocess([text], prompt=prompt, task="query")
    ids = features["input_ids"][0].tolist()
    features = {
        name: value.to(encoder.device) if isinstance(value, Tensor) else value
        for name, value in features.items()
    }
    encoded = encoder(features, task="query")
    scored = encoded["attention_mask"][0].bool().cpu()
    tokenizer = query_modules(encoder)[0].tokenizer
    kept = scored.nonzero()[:, 0].tolist()
    names = tokenizer.convert_ids_to_tokens(ids)
    spans = _spans(tokenizer, prompt or "", text, ids)
    return (
        tuple(names[place] for place in kept),
        tuple(spans[place] for place in kept) if spans else (),
        encoded["token_embeddings"][0].float().cpu()[scored],
    )


def _spans(
    tokenizer: PreTrainedTokenizerBase, prompt: str, text: str, ids: list[int]
) -> list[tuple[int, int]]:
    """Where the tokens of these ids are in the text; empty if the tokenizer does not tell."""
    if not tokenizer.is_fast:
        return []
    whole = tokenizer(prompt + text, return_offsets_mapping=True, verbose=False)
    found = dict(enumerate(zip(whole["input_ids"], whole["offset_mapping"], strict=True)))
    # A sentence that was cut off ends in a token that is elsewhere in the whole.
    pairs = [found.get(place, (None, (0, 0))) for place in range(len(ids))]
    first = len(prompt)
    return [
        (start - first, end - first) if there == here and start >= first else (0, 0)
        for here, (there, (start, end)) in zip(ids, pairs, strict=True)
    ]
