"""Parts of words, for languages that keep making new words out of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

LONGEST = 12


def cut_words(counts: Mapping[str, int], size: int, *, min_frequency: int = 3) -> list[str]:
    """Learn how a language's words are made up, and return the parts as WordPiece entries.

    A unigram language model (Kudo, "Subword Regularization", ACL 2018) is fitted to the distinct
    words, each counted once: prefixes and stems occur in many words, while the frequent words
    themselves need no cutting. Zulu "yaseNingizimu" gives "yase", "##ningizimu".

    Args:
        counts: how often each word occurs.
        size: pieces of the model.
        min_frequency: of a part in the text.

    Returns:
        sorted entries; ``##x`` continues a word.
    """
    words = sorted(word for word in counts if word.isalpha() and len(word) > 1)
    if not words:
        return []
    cut = _fit(words, size)
    entries: Counter[str] = Counter()
    for word in words:
        first, *others = cut(word)
        entries.update(dict.fromkeys((first, *(f"##{part}" for part in others)), counts[word]))
    return sorted(entry for entry, count in entries.items() if count >= min_frequency)


def _fit(words: list[str], size: int):
    from tokenizers import Tokenizer
    from tokenizers.models import Unigram
    from tokenizers.trainers import UnigramTrainer

    model = Tokenizer(Unigram())
    trainer = UnigramTrainer(
        # Characters are among them, of which Korean has thousands.
        vocab_size=max(size, 2 * len({character for word in words for character in word})),
        show_progress=False,
        unk_token="<unk>",
        special_tokens=["<unk>"],
        max_piece_length=LONGEST,
    )
    model.train_from_iterator(words, trainer)
    return lambda word: model.encode(word).tokens
