"""WordPiece entries from word counts."""

from __future__ import annotations

from collections.abc import Mapping

CONTINUATION = "##"


def learn_wordpieces(counts: Mapping[str, int], size: int) -> list[str]:
    """Learn WordPiece entries, characters first, from how often each word occurs.

    The same counts give the same entries in the same order.
    """
    from tokenizers import Tokenizer
    from tokenizers.models import WordPiece
    from tokenizers.trainers import WordPieceTrainer

    if not counts:
        return []
    learner = Tokenizer(WordPiece(unk_token="[UNK]"))
    characters = sorted({character for word in counts for character in word})
    trainer = WordPieceTrainer(
        vocab_size=size,
        continuing_subword_prefix=CONTINUATION,
        # Given, as the trainer numbers those that it finds in an order that changes from run to
        # run, and breaks ties between merges by number.
        special_tokens=[*characters, *(CONTINUATION + character for character in characters)],
        show_progress=False,
    )
    learner.train_from_iterator(
        (word for word, count in counts.items() for _ in range(count)), trainer
    )
    return sorted(learner.get_vocab(), key=learner.get_vocab().__getitem__)
