"""Word and token alignment from bitext."""

from optical_pt.alignment.ibm1 import ibm1

__all__ = ["ibm1"]
