#!/usr/bin/env python
"""Make the demo models of optical:mini anew: seven students and one NMT model.

That takes about three hours of a CPU core.

Only bitext under CC0, CC BY and CC BY-SA is used: at most 15,000 pairs a language, the same for a
student and for the NMT model. Run it beside ``shared/data``, or name the bitext's folder.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

TAGS = ("tico19", "mlqe-pe", "tatoeba-test", "manythings", "xcopa", "flores-dev", "joshua-wiki")
LICENCES = (
    "tico19, mlqe-pe CC0; tatoeba-test, manythings CC BY 2.0 FR; xcopa CC BY 4.0; "
    "flores-dev, joshua-wiki CC BY-SA 4.0/3.0"
)
EPOCHS = {"sw": 2, "ha": 2, "zu": 2, "hi": 1, "de": 0.5, "es": 0.5, "tr": 1}
LIMIT = 15000
MODELS = Path(__file__).resolve().parent / "models"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bitext", type=Path, default=Path("../shared/data/bitext"))
    parser.add_argument("--output", type=Path, default=MODELS)
    options = parser.parse_args()
    files = {language: f"{language}={options.bitext}/en-{language}.tsv.gz" for language in EPOCHS}
    for language, epochs in EPOCHS.items():
        run(
            *("optical_pt.training", "--bitext", files[language], "--tags", *TAGS),
            *("--limit", LIMIT, "--epochs", epochs, "--vocabulary", 6000, "--loss", "ot", "mse"),
            *("--release", "vocabulary", "--device", "cpu", "--licences", LICENCES),
            *("--output", options.output / "students" / language),
        )
    bitext = [word for file in files.values() for word in ("--bitext", file)]
    run(
        *("optical_pt.training.nmt", *bitext, "--tags", *TAGS, "--limit", LIMIT),
        *("--seed", 0, "--epochs", 5),
        *("--output", options.output / "nmt"),
    )


def run(module: str, *arguments: object) -> None:
    subprocess.run([sys.executable, "-m", module, *map(str, arguments)], check=True)


if __name__ == "__main__":
    main()
