"""How text in a language is read before it is cut into words, by students and lexical tables alike.

NFKC comes first; then prefixes are cut off names, while there are capitals, and letters typed for
look-alikes are replaced; then letters become small ones.
"""

from optical_pt.text.lookalikes import fold_lookalikes
from optical_pt.text.name_prefixes import cut_prefixes, learn_name_prefixes

__all__ = ["TEXT_REVISION", "cut_prefixes", "fold_lookalikes", "learn_name_prefixes"]

#: Is raised when the same text may be cut into other words, so that no student, table or score of
#: an earlier revision is taken for one of this.
TEXT_REVISION = 2
