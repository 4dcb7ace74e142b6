"""Collections by name: ``optical:...``, ``irds:...`` or a folder."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

from optical_pt.collections.base import Collection
from optical_pt.collections.irds import IrdsCollection
from optical_pt.collections.local import LocalCollection
from optical_pt.errors import InputError

EMBEDDED: dict[str, tuple[str, ...]] = {"mini": ("ha", "hi", "sw", "zu")}
"""Collections that the package contains, with the languages that each counts as low-resource."""


def open_collection(
    name: str | Path,
    *,
    document_language: str | None = None,
    topic_language: str | None = None,
    low_resource: Iterable[str] | None = None,
) -> Collection:
    """Open a collection by name or path.

    Args:
        name: ``optical:<name>`` for one that the package contains, ``irds:<id>`` or
            ``irds:<id>,<id>,...`` for datasets of ir_datasets that share their documents, or the
            path of a folder (:class:`LocalCollection`).
        document_language: the documents' language, where the collection declares none.
        topic_language: the queries' language, where an ``irds:`` collection declares none.
        low_resource: languages to group as low-resource, instead of the declared ones.

    Raises:
        InputError: if there is no such collection.

    >>> open_collection("optical:mini").document_language
    'en'
    """
    source, _, rest = str(name).partition(":")
    if source == "irds":
        return IrdsCollection(
            [dataset_id.strip() for dataset_id in rest.split(",")],
            document_language=document_language,
            topic_language=topic_language,
            low_resource=low_resource,
        )
    if topic_language is not None:
        raise InputError(
            f"{name}: topic_language {topic_language!r} is for irds: only; in a folder the names "
            "of the query files say the language"
        )
    if source == "optical":
        if rest not in EMBEDDED:
            raise InputError(
                f"{name}: no such collection; choose from "
                f"{', '.join(f'optical:{known}' for known in EMBEDDED)}"
            )
        return LocalCollection(
            Path(str(files("optical_pt.collections") / rest)),
            name=f"optical:{rest}",
            document_language=document_language,
            low_resource=EMBEDDED[rest] if low_resource is None else low_resource,
        )
    return LocalCollection(name, document_language=document_language, low_resource=low_resource)
