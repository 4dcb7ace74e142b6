"""Parameters of measures that are told apart by what they hold."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property

from optical_pt.files import hash_bytes


class NamedContent(ABC):
    """Data with a name; equal where both are.

    It prints as its name and the first digits of a hash of its content: ir-measures tells measures
    apart by what they print, and scores with one content must not pass for those with another.
    """

    name: str

    @abstractmethod
    def _content(self) -> str:
        """All that it holds, in an order that means nothing."""

    @cached_property
    def _digest(self) -> str:
        return hash_bytes(self._content().encode())

    def __repr__(self) -> str:
        return f"{self.name}-{self._digest[:6]}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, type(self)):
            return NotImplemented
        return (self.name, self._digest) == (other.name, other._digest)

    def __hash__(self) -> int:
        return hash((self.name, self._digest))
