"""Large files with one JSON object a line, read as a stream."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from optical_pt.collections.formats import numbered_lines
from optical_pt.errors import InputError


def read_json_lines(path: Path, identifier: str, text: str) -> Iterator[dict[str, str]]:
    """Yield the objects of a file that have a unique identifier and a text.

    The identifier becomes a string if it is a number. Empty lines are skipped.

    Raises:
        InputError: naming the line that is not such an object, or repeats an identifier.
    """
    seen: set[str] = set()
    for where, line in numbered_lines(path):
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(
                f"{where}: not JSON ({error.msg}); the file is truncated or corrupted: get it anew"
            ) from None
        if not isinstance(row, dict) or not isinstance(row.get(text), str):
            raise InputError(f"{where}: no object with a text {text!r}; get the file anew")
        name = str(row.get(identifier, ""))
        if len(name.split()) != 1 or name != name.strip():
            raise InputError(f"{where}: {identifier!r} is {name!r}, no identifier; get it anew")
        if name in seen:
            raise InputError(f"{where}: {identifier} {name!r} occurs a second time; get it anew")
        seen.add(name)
        yield {**row, identifier: name}
