"""One SentencePiece vocabulary for all languages, as MarianTokenizer files."""

from __future__ import annotations

import io
import json
import math
import random
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from optical_pt.errors import InputError

if TYPE_CHECKING:
    from sentencepiece import SentencePieceProcessor

# The ids are SentencePiece's own, so vocab.json is the identity. Marian starts decoding from <pad>,
# which is no piece and comes last: CTranslate2 relies on that.
EOS_ID, UNK_ID = 0, 1


def learn_vocabulary(sentences: Iterable[str], vocab_size: int, directory: Path) -> None:
    """Learn a unigram SentencePiece model and write the files of a `MarianTokenizer`.

    Source and target share the model: names and numbers are then spelled alike on both sides,
    and one embedding matrix serves the encoder, the decoder and the output layer.

    Args:
        sentences: the text of all languages and of English.
        vocab_size: number of pieces, special tokens included.
        directory: an existing directory; `source.spm`, `target.spm`, `vocab.json` and
            `tokenizer_config.json` are written into it.

    Raises:
        InputError: if the text is too small for that many pieces.
    """
    import sentencepiece as spm

    model = io.BytesIO()
    try:
        spm.SentencePieceTrainer.Train(
            sentence_iterator=iter(sentences),
            model_writer=model,
            model_type="unigram",
            vocab_size=vocab_size - 1,
            character_coverage=0.9998,
            max_sentence_length=10_000,
            num_threads=1,
            eos_id=EOS_ID,
            unk_id=UNK_ID,
            pad_id=-1,
            bos_id=-1,
            unk_piece="<unk>",
            minloglevel=2,
        )
    except RuntimeError as error:
        if "Vocabulary size" not in str(error):
            raise
        raise InputError(
            f"--vocab-size {vocab_size}: these pairs do not give that vocabulary "
            f"({str(error).rpartition('] ')[2].strip()})"
        ) from None
    (directory / "source.spm").write_bytes(model.getvalue())
    shutil.copyfile(directory / "source.spm", directory / "target.spm")
    processor = load_processor(directory)
    pieces = {processor.id_to_piece(i): i for i in range(processor.get_piece_size())}
    _write_json(directory / "vocab.json", {**pieces, "<pad>": len(pieces)})
    _write_json(
        directory / "tokenizer_config.json",
        {
            "tokenizer_class": "MarianTokenizer",
            "eos_token": "</s>",
            "unk_token": "<unk>",
            "pad_token": "<pad>",
            "model_max_length": 512,
            "separate_vocabs": False,
            "target_lang": "en",
        },
    )


def load_processor(directory: Path) -> SentencePieceProcessor:
    """The SentencePiece model of a directory that `learn_vocabulary` wrote."""
    import sentencepiece as spm

    return spm.SentencePieceProcessor(model_proto=(directory / "source.spm").read_bytes())


def vocabulary_size(processor: SentencePieceProcessor) -> int:
    """Number of pieces, and ``<pad>``, whose id is the last."""
    return processor.get_piece_size() + 1


class SubwordSampler:
    """Subword regularisation: each time, words are cut into pieces in another likely way.

    Kudo (2018), https://aclanthology.org/P18-1007: a segmentation is drawn with probability
    proportional to P(segmentation)^alpha among the `n_best`. SentencePiece never joins two words,
    so that sampling word by word is the same as sampling sentences.
    """

    def __init__(self, processor: SentencePieceProcessor, alpha: float, n_best: int = 8) -> None:
        self.processor = processor
        self.alpha = alpha
        self.n_best = n_best
        self._choices: dict[str, tuple[list[list[int]], list[float]]] = {}

    def __call__(self, text: str, seed: int) -> list[int]:
        """Ids of one segmentation of the text, without the end of sentence."""
        draw = random.Random(seed)
        ids: list[int] = []
        for word in self.processor.normalize(text).replace("▁", " ").split():
            segmentations, weights = self._segmentations(word)
            ids += draw.choices(segmentations, weights)[0]
        return ids

    def _segmentations(self, word: str) -> tuple[list[list[int]], list[float]]:
        if word not in self._choices:
            best = self.processor.nbest_encode_as_ids(word, self.n_best)
            scores = [sum(self.processor.get_score(i) for i in ids) for ids in best]
            weights = [math.exp(self.alpha * (score - scores[0])) for score in scores]
            self._choices[word] = best, weights
        return self._choices[word]


def _write_json(path: Path, content: dict) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
