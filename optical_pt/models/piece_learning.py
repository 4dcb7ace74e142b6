"""What a language's sentences need that a teacher's WordPiece tokenizer lacks."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from optical_pt.models.fragments import cut_words
from optical_pt.models.han_words import learn_han_words
from optical_pt.models.tokenizer_extension import word_splitter
from optical_pt.models.word_counts import count_words
from optical_pt.models.wordpieces import CONTINUATION, learn_wordpieces

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

# Thai, Lao, Burmese, Khmer and kana; Chinese characters have words of their own.
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff]")


def learn_pieces(
    tokenizer: PreTrainedTokenizerBase,
    sentences: Iterable[str],
    *,
    size: int,
    min_frequency: int = 2,
    fragments: int = 0,
) -> list[str]:
    """Choose the entries that a language's sentences need and a WordPiece tokenizer lacks.

    Whole words, the most frequent first. A language that keeps making new words out of parts also
    needs the parts, see :func:`unknown_share`; in another one they would only cut up names that
    the teacher knows. Scripts without spaces always get learnt fragments, Chinese characters words
    (:func:`~optical_pt.models.han_words.learn_han_words`). Every character that the
    tokenizer lacks becomes an entry, so that no word is unknown.

    Args:
        tokenizer: the teacher's fast WordPiece tokenizer, perhaps with a
            :class:`~optical_pt.models.reading.Reading`.
        sentences: of the language.
        size: at most this many words (and fragments of unspaced scripts), and as many again of
            Chinese characters.
        min_frequency: of a word.
        fragments: how many parts of words are learnt, at most, see
            :func:`~optical_pt.models.fragments.cut_words`.

    Returns:
        new entries: characters, words (those of Chinese characters last), fragments; ``##x``
        continues a word.
    """
    counts, runs = count_words(tokenizer, sentences)
    parts = cut_words(counts, fragments) if fragments else []
    unspaced = [word for word in counts if UNSPACED.search(word)]
    unspaced_parts = learn_wordpieces({word: counts.pop(word) for word in unspaced}, size)
    by_frequency = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    frequent = [word for word, count in by_frequency if count >= min_frequency]
    characters = sorted({character for word in [*counts, *unspaced] for character in word})
    entries = [*characters, *(CONTINUATION + character for character in characters)]
    known = tokenizer.get_vocab()
    new_words = [word for word in [*frequent, *unspaced_parts] if word not in known][:size]
    entries += [*new_words, *learn_han_words(runs, size), *parts]
    return list(dict.fromkeys(entry for entry in entries if entry not in known))


def unknown_share(
    tokenizer: PreTrainedTokenizerBase, sentences: Sequence[str], *, min_frequency: int = 2
) -> float:
    """Share of the running words that whole words learnt from other sentences do not cover.

    A tenth of the sentences is counted against the words of the others. It is low where words are
    written apart (Hausa, Yoruba), and high where they are built of many parts (Zulu, Turkish,
    Finnish).

    Args:
        tokenizer: the teacher's fast WordPiece tokenizer.
        sentences: of the language.
        min_frequency: of a word that counts as learnt.

    Returns:
        between 0 and 1; 0 where there is no word to count.
    """
    splitter = word_splitter(tokenizer)
    order = random.Random(0).sample(list(sentences), len(sentences))
    tenth = len(order) // 10
    learnt = Counter(word for sentence in order[tenth:] for word in splitter(sentence))
    words = [word for text in order[:tenth] for word in splitter(text) if word.isalpha()]
    known = tokenizer.get_vocab()
    unknown = sum(word not in known and learnt[word] < min_frequency for word in words)
    return unknown / max(1, len(words))
