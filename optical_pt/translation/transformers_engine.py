"""Beam search with transformers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from optical_pt.errors import InputError
from optical_pt.quiet import quiet_transformers
from optical_pt.translation.tokens import TranslationTokenizer

DTYPES = ("float32", "bfloat16", "float16")


class TransformersEngine:
    """A seq2seq model that turns token ids into token ids.

    Args:
        folder: of the model.
        model: its name in error messages.
        tokenizer: set to the translation direction.
        num_beams: of the beam search; 1 is greedy search.
        dtype: the weights are converted to this, whatever they were stored in. ``float16`` only on
            a GPU: half precision products are hundreds of times slower on CPUs.
        device: torch device; None: the GPU if there is one.

    Raises:
        InputError: if the weights cannot be loaded or do not fill the model.
    """

    def __init__(
        self,
        folder: Path,
        model: str,
        tokenizer: TranslationTokenizer,
        *,
        num_beams: int,
        dtype: str,
        device: str | None,
    ):
        import torch

        self._device = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
        if self._device.type == "cpu" and dtype == "float16":
            raise InputError("dtype 'float16' is far too slow on a CPU; use float32 or bfloat16")
        self._tokenizer = tokenizer
        self._model = _load(folder, model, getattr(torch, dtype)).to(self._device).eval()
        # Set in the model's own settings: there, unlike in arguments, None overrides a value.
        self._model.generation_config.update(
            num_beams=num_beams,
            num_return_sequences=1,
            do_sample=False,
            temperature=None,
            top_k=None,
            top_p=None,
            max_length=None,
            # Only changes the last token of an output that reaches the limit; CTranslate2 has not
            # got it, and the engines are to give the same text.
            forced_eos_token_id=None,
        )
        if tokenizer.first_id is not None:
            self._model.generation_config.forced_bos_token_id = tokenizer.first_id

    def generate(self, inputs: Sequence[Sequence[int]], max_new_tokens: int) -> list[list[int]]:
        """The best output for each input, each with at most ``max_new_tokens`` ids."""
        import torch

        batch = self._tokenizer.tokenizer.pad(
            {"input_ids": [list(ids) for ids in inputs]}, return_tensors="pt"
        ).to(self._device)
        with torch.inference_mode():
            outputs = self._model.generate(
                input_ids=batch["input_ids"],
                attention_mask=batch["attention_mask"],
                max_new_tokens=max_new_tokens,
            )
        return outputs.tolist()


def _load(folder: Path, model: str, dtype):
    from safetensors import SafetensorError
    from transformers import AutoModelForSeq2SeqLM

    try:
        with quiet_transformers():
            loaded, info = AutoModelForSeq2SeqLM.from_pretrained(
                folder,
                dtype=dtype,
                use_safetensors=True,
                trust_remote_code=False,
                output_loading_info=True,
            )
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise InputError(
            f"{model}: cannot load it as a seq2seq model ({str(error).strip().splitlines()[0]}); "
            "check that the folder is a complete Marian, NLLB, M2M100 or mBART-50 model"
        ) from None
    if info["missing_keys"]:
        raise InputError(
            f"{model}: the weights lack {sorted(info['missing_keys'])[0]!r}, which would be "
            "random; fetch or train the whole model"
        )
    return loaded
