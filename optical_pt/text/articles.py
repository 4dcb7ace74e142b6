"""Articles that are written onto words: Arabic "البيت" (the house), "وبالبيت" (and in the house).

Most nouns and names stand with the article, so that each is two words to a vocabulary, and a rare
one is known by the other alone. Light stemming takes it off, with the particles before it; so do
search engines since Larkey, Ballesteros and Connell, "Light Stemming for Arabic Information
Retrieval" (Arabic Computational Morphology, 2007), from whose stemmer light10 the forms are. Here
it is not dropped, but read as a word, which took an OPTICAL student from MAP .373 to .447 on Arabic
queries of XQuAD (``experiments/results/distillation-articles``). Folding letters and taking off
suffixes, as light10 does, helped untrained students no further on MLQA.
"""

from __future__ import annotations

from optical_pt.language_codes import iso_code

#: Is raised when :func:`articles_of` may give something else.
REVISION = 2
# Arabic and its dialects.
_ARABIC = frozenset({"ar", "acm", "acq", "aeb", "ajp", "apc", "ars", "ary", "arz"})
#: The article, alone and behind particles: and, with, like, so, for.
_ARTICLES = ("ال", "بال", "فال", "كال", "لل", "وال", "وبال", "ولل")


def articles_of(language: str) -> tuple[str, ...]:
    """What a language writes onto words as its article; empty in most.

    >>> len(articles_of("arb")), articles_of("fa")
    (8, ())
    """
    return _ARTICLES if iso_code(language) in _ARABIC else ()


def is_article(prefix: str) -> bool:
    """Whether a prefix is the article of a language.

    >>> is_article("\u0627\u0644"), is_article("u")
    (True, False)
    """
    return prefix in _ARTICLES
