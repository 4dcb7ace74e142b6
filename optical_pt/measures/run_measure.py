"""What all measures here share that look at whole runs."""

from __future__ import annotations

from typing import ClassVar

from ir_measures.measures import Measure

from optical_pt.errors import InputError


class RunMeasure(Measure):
    """A measure that ir-measures' runtime provider calls, which needs no registration.

    Attributes:
        REQUIRED: the parameter that it cannot do without, and how to give it.
    """

    REQUIRED: ClassVar[tuple[str, str]]
    RUN_INPUTS: ClassVar[list[str]] = ["query_id", "doc_id", "score"]
    QREL_INPUTS: ClassVar[list[str]] = ["query_id", "doc_id", "relevance"]

    def __init__(self, **params: object) -> None:
        """Check the parameters.

        Raises:
            InputError: if the required one is not there.
        """
        name, how = self.REQUIRED
        if params.get(name) is None:
            raise InputError(f"{self.NAME}: no {name}; give {how}")
        super().__init__(**params)

    @property
    def __name__(self) -> str:
        # ir-measures prints measures, which are instances, by this.
        return type(self).__name__
