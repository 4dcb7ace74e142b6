"""A teacher's WordPiece tokenizer with a vocabulary of its own for other languages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from optical_pt.models.han_words import learn_han_words, read_han_words
from optical_pt.models.reading import reading_of, student_state, student_tokenizer
from optical_pt.models.tokenizer_extension import MAX_CHARACTERS_PER_WORD
from optical_pt.models.word_counts import count_words
from optical_pt.models.wordpieces import CONTINUATION, learn_wordpieces

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


def learn_own_pieces(
    tokenizer: PreTrainedTokenizerBase,
    sentences: Iterable[str],
    *,
    size: int,
) -> list[str]:
    """Learn WordPiece entries from a language's sentences alone.

    Args:
        tokenizer: the teacher's, for how it normalises and splits words, perhaps
            :func:`~optical_pt.models.reading.read_as`; vowel signs of Indic
            scripts are kept, and a sentence of a script without spaces is cut as one word.
        sentences: of the language.
        size: at most this many entries, unless it has more characters: each is an entry at the
            start and within a word, so that no word is unknown. Words of Chinese characters come on
            top, at most this many again.

    Returns:
        entries: characters, then the learnt ones; ``##x`` continues a word.

    Raises:
        InputError: if the tokenizer is not WordPiece.
    """
    counts, runs = count_words(tokenizer, sentences)
    characters = sorted({character for word in counts for character in word})
    entries = [*characters, *(CONTINUATION + character for character in characters)]
    learnt = learn_wordpieces(counts, size)
    own = list(dict.fromkeys([*entries, *learnt]))[: max(size, len(entries))]
    return [*own, *learn_han_words(runs, size)]


def replace_vocabulary(
    tokenizer: PreTrainedTokenizerBase, kept: Sequence[str], pieces: Sequence[str]
) -> PreTrainedTokenizerBase:
    """Copy a WordPiece tokenizer with another vocabulary.

    Args:
        tokenizer: of the teacher.
        kept: entries of it that come first, special tokens among them, see :func:`kept_entries`.
        pieces: the others; those that are kept too are left out.

    Returns:
        a tokenizer with ``kept`` as its first entries.

    Raises:
        InputError: if the tokenizer is not WordPiece.
    """
    state = student_state(tokenizer)
    ids = {entry: position for position, entry in enumerate(dict.fromkeys([*kept, *pieces]))}
    state["model"]["vocab"] = ids
    read_han_words(state)
    state["model"]["max_input_chars_per_word"] = MAX_CHARACTERS_PER_WORD
    for added in state["added_tokens"]:
        added["id"] = ids[added["content"]]
    _renumber(state["post_processor"], ids)
    return student_tokenizer(tokenizer, state, reading_of(tokenizer))


def kept_entries(tokenizer: PreTrainedTokenizerBase, prompts: Iterable[str]) -> list[str]:
    """Special and added tokens of a teacher's tokenizer, and those of its prompts, by their ids."""
    ids = {*tokenizer.all_special_ids, *tokenizer.get_added_vocab().values()}
    for prompt in prompts:
        ids.update(tokenizer(prompt, add_special_tokens=False)["input_ids"])
    # An added token's name may be normalised ("[q] "), its content is not.
    added = {place: content for content, place in tokenizer.get_added_vocab().items()}
    return [added.get(place) or tokenizer.convert_ids_to_tokens(place) for place in sorted(ids)]


def _renumber(post_processor: dict | None, ids: dict[str, int]) -> None:
    """Give the special tokens that are put around a sentence their new ids."""
    for step in (post_processor or {}).get("processors", [post_processor]):
        if step is None:
            continue
        for name, token in step.get("special_tokens", {}).items():  # of a template
            token["ids"] = [ids[name]]
        for place in ("sep", "cls"):  # of BERT's own
            if place in step:
                step[place][1] = ids[step[place][0]]
