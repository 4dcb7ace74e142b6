"""A Marian-type sequence-to-sequence model from nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optical_pt.training.nmt.settings import NmtSettings
from optical_pt.training.nmt.tokenizer import EOS_ID

if TYPE_CHECKING:
    import torch
    from transformers import MarianMTModel


def new_model(settings: NmtSettings, vocab_size: int) -> MarianMTModel:
    """A `MarianMTModel` with random weights, one embedding matrix for all three uses.

    The last entry of the vocabulary is padding; its embedding, which decoding starts from, is
    zero and stays so in training, as in Marian.
    """
    from transformers import GenerationConfig, MarianConfig, MarianMTModel

    pad = vocab_size - 1
    model = MarianMTModel(
        MarianConfig(
            vocab_size=vocab_size,
            d_model=settings.d_model,
            encoder_layers=settings.encoder_layers,
            decoder_layers=settings.decoder_layers,
            encoder_ffn_dim=settings.ffn,
            decoder_ffn_dim=settings.ffn,
            encoder_attention_heads=settings.heads,
            decoder_attention_heads=settings.heads,
            dropout=settings.dropout,
            activation_function="relu",
            max_position_embeddings=512,
            scale_embedding=True,
            init_std=0.04,
            pad_token_id=pad,
            eos_token_id=EOS_ID,
            forced_eos_token_id=EOS_ID,
            decoder_start_token_id=pad,
        )
    )
    # At these lengths the fused attention kernel is slower on a CPU: it doubles the step.
    model.set_attn_implementation("eager")
    model.generation_config = GenerationConfig(
        num_beams=4,
        max_length=128,
        # A model of so few pairs sometimes repeats itself without end.
        no_repeat_ngram_size=3,
        pad_token_id=pad,
        eos_token_id=EOS_ID,
        forced_eos_token_id=EOS_ID,
        decoder_start_token_id=pad,
        bad_words_ids=[[pad]],
    )
    # As the output layer it would have a gradient.
    model.get_input_embeddings().weight.register_hook(lambda grad: _without_row(grad, pad))
    return model


def _without_row(grad: torch.Tensor, row: int) -> torch.Tensor:
    grad = grad.clone()
    grad[row] = 0
    return grad
