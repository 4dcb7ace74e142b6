"""A process that runs a CTranslate2 model, for :mod:`optical_pt.translation.ctranslate2_engine`.

CTranslate2 and PISA each carry a logging library whose C++ globals are shared by name within a
process: using both there ends in a segmentation fault. So CTranslate2 has a process of its own.
One JSON object a line: arguments of ``translate_batch`` in, the best hypotheses or an error out.
"""

from __future__ import annotations

import json
import sys


def main(converted: str, device: str, device_index: str, dtype: str) -> None:
    """Load a converted model and answer the lines of the standard input until it ends."""
    import ctranslate2

    try:
        translator = ctranslate2.Translator(
            converted, device=device, device_index=int(device_index), compute_type=dtype
        )
        for line in sys.stdin:
            results = translator.translate_batch(**json.loads(line))
            print(json.dumps({"outputs": [result.hypotheses[0] for result in results]}), flush=True)
    except (RuntimeError, ValueError) as error:
        print(json.dumps({"error": str(error)}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
