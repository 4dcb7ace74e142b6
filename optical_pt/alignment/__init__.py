"""What bitext tells about a language: word and token alignment, prefixes of names."""

from optical_pt.alignment.ibm1 import ibm1
from optical_pt.alignment.name_prefixes import cut_names, learn_name_prefixes

__all__ = ["cut_names", "ibm1", "learn_name_prefixes"]
