"""The one exception that bad input raises."""

from __future__ import annotations


class InputError(ValueError):
    """Something that the user gave cannot be used.

    The message is one line that names the offender (file, line, qid, docno, column, option)
    and says the fix; command lines print it without a traceback and exit with code 2.
    """
