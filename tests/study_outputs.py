"""What studies write, and a look at it."""

from __future__ import annotations

import io

from PIL import Image

#: Beside the manifest.
FILES = ["results.csv", "per_query.csv.gz", "table.md", "table.tex", "findings.md", "plot.png"]


def picture(png: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(png))
    image.load()
    assert image.format == "PNG"
    return image
