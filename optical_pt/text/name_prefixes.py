"""Prefixes that a language writes onto names: Zulu "uMandela", "eKenya", "waseFulansi".

Lower-cased, such a word is unknown to every vocabulary, while its name alone is in all of them.
Cutting prefixes off took an OPTICAL student from MAP .456 to .546 on Zulu queries of AfriQA
(``experiments/results/distillation-names``).

Arabic writes its article onto nouns and names alike, see :mod:`optical_pt.text.articles`.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from optical_pt.text.articles import articles_of, is_article

if TYPE_CHECKING:
    from tokenizers.normalizers import Normalizer

    from optical_pt.training.bitext import SentencePair

# Of 18 languages, Zulu has 33 prefixes of so many names; none of the others has a prefix of 7.
MIN_NAMES = 10
_LONGEST = 7
_SHORTEST_NAME = 3
_WORDS = re.compile(r"[^\W\d_]+")


def learn_name_prefixes(
    pairs: Iterable[SentencePair], *, min_names: int = MIN_NAMES
) -> tuple[str, ...]:
    """Find the prefixes of names in each language of a bitext.

    A capital within a foreign word, and what follows it stands in the English sentence, too: what
    comes before is a prefix if that is so with ``min_names`` different names of the language.

    The article of Arabic is one wherever ``min_names`` different words have it.

    Args:
        pairs: English and foreign sentences, not lower-cased.
        min_names: Different names that a prefix must have.

    Returns:
        Lower-cased prefixes in alphabetical order; empty for most languages.
    """
    names: dict[tuple[str, str], set[str]] = defaultdict(set)
    for pair in pairs:
        english = {word.casefold() for word in _WORDS.findall(pair.english) if word[0].isupper()}
        articles = articles_of(pair.language)
        for word in _WORDS.findall(unicodedata.normalize("NFKC", pair.foreign)):
            for article in articles:
                if word.startswith(article) and len(word) >= len(article) + _SHORTEST_NAME:
                    names[pair.language, article].add(word)
            start = _name_start(word)
            if start and word[start:].casefold() in english:
                names[pair.language, word[:start].lower()].add(word[start:].casefold())
    return tuple(sorted({prefix for (_, prefix), seen in names.items() if len(seen) >= min_names}))


def cut_prefixes(text: str, prefixes: tuple[str, ...]) -> str:
    """The text with a space between each of the prefixes and the name after it.

    Args:
        text: in NFKC.
        prefixes: as :func:`learn_name_prefixes` gives them. In a language that has "e" and "i",
            "eBay" and "iPhone" are cut, too. Articles are cut off every word of which three letters
            are left.

    >>> cut_prefixes("UMandela wafunda eFort Hare", ("e", "u"))
    'U Mandela wafunda e Fort Hare'
    >>> cut_prefixes("البيت والمدينة", ("ال", "وال"))
    'ال بيت وال مدينة'
    """
    return _cutter(prefixes).normalize_str(text) if prefixes else text


def name_pattern(prefixes: Iterable[str]) -> str:
    """Where :func:`cut_prefixes` puts a space: an Oniguruma pattern, as tokenizers take it.

    Words in capitals are left whole, so that after a prefix of one capital letter a name needs a
    small one as its second.

    Args:
        prefixes: Lower-cased, at least one.
    """
    prefixes = list(prefixes)
    articles = [prefix for prefix in prefixes if is_article(prefix)]
    others = [prefix for prefix in prefixes if not is_article(prefix)]
    capital = [prefix[0].upper() + prefix[1:] for prefix in others if len(prefix) > 1]
    single = [prefix.upper() for prefix in others if len(prefix) == 1]
    patterns = [
        _between(others + capital, f"\\p{{Lu}}\\p{{L}}{{{_SHORTEST_NAME - 1}}}"),
        _between(single, "\\p{Lu}\\p{Ll}\\p{L}"),
        _between(articles, f"(?:\\p{{L}}\\p{{M}}*){{{_SHORTEST_NAME}}}") + _after_none(articles),
    ]
    return "|".join(filter(None, patterns))


def _between(prefixes: list[str], rest: str) -> str:
    """Where a prefix at the start of a word ends, and the rest begins; "" without prefixes."""
    # One alternative a prefix, since those of a lookbehind may differ in length at the top only.
    before = "|".join(f"\\b{re.escape(prefix)}" for prefix in prefixes)
    return f"(?<={before})(?={rest})" if before else ""


def _after_none(articles: list[str]) -> str:
    """That the article is not the start of a word from which one was cut off; "" without any."""
    pairs = "|".join(f"\\b{re.escape(a)} {re.escape(b)}" for a in articles for b in articles)
    return f"(?<!{pairs})" if pairs else ""


def _name_start(word: str) -> int | None:
    """Where a capital follows a prefix, if one does."""
    for start in range(1, min(_LONGEST, len(word) - _SHORTEST_NAME) + 1):
        if word[start].isupper():
            single = start == 1 and word[0].isupper()
            return None if single and not word[start + 1].islower() else start
        if not word[start].islower():
            return None
    return None


@lru_cache(maxsize=64)
def _cutter(prefixes: tuple[str, ...]) -> Normalizer:
    from tokenizers import Regex
    from tokenizers.normalizers import Replace

    return Replace(Regex(name_pattern(prefixes)), " ")
