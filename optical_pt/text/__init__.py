"""How text in a language is read before it is cut into words, by students and lexical tables alike.

NFKC comes first; then prefixes are cut off names, while there are capitals, and letters typed for
look-alikes are replaced; then letters become small ones.
"""

from collections.abc import Iterable

from optical_pt.text import articles
from optical_pt.text.lookalikes import fold_lookalikes
from optical_pt.text.name_prefixes import cut_prefixes, learn_name_prefixes

__all__ = ["cut_prefixes", "fold_lookalikes", "learn_name_prefixes", "text_revision"]

#: Is raised when the same text may be cut into other words, so that no student, table or score of
#: an earlier revision is taken for one of this.
_REVISION = 2


def text_revision(languages: Iterable[str] = ()) -> str:
    """What changes whenever text in one of these languages may be cut into other words.

    >>> text_revision(["ha", "de"]), text_revision(["ha", "arz"])
    ('2', '2, articles 2')
    """
    with_articles = any(map(articles.articles_of, languages))
    return f"{_REVISION}, articles {articles.REVISION}" if with_articles else str(_REVISION)
