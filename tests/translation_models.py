"""Tiny random translation models with real tokenizers, made in the tests."""

from __future__ import annotations

import json
import random
from pathlib import Path

WORDS = ["ruwa", "gida", "mutum", "birni", "kasa", "littafi", "yaro", "mace", "rana", "wata"]
END = 0.5


def _pieces(folder: Path) -> list[str]:
    """Train a sentencepiece model into ``folder / "spm.model"`` and return its pieces."""
    import sentencepiece

    rng = random.Random(0)
    text = folder / "text.txt"
    text.write_text("\n".join(" ".join(rng.choices(WORDS, k=6)) for _ in range(200)))
    sentencepiece.SentencePieceTrainer.train(
        input=str(text),
        model_prefix=str(folder / "spm"),
        vocab_size=45,
        model_type="bpe",
        minloglevel=2,
    )
    processor = sentencepiece.SentencePieceProcessor(model_file=str(folder / "spm.model"))
    pieces = [processor.id_to_piece(i) for i in range(processor.get_piece_size())]
    return [piece for piece in pieces if piece not in ("<unk>", "<s>", "</s>")]


def _shape(vocabulary: int) -> dict[str, object]:
    return {
        "vocab_size": vocabulary,
        "d_model": 32,
        "encoder_layers": 1,
        "decoder_layers": 1,
        "encoder_attention_heads": 2,
        "decoder_attention_heads": 2,
        "encoder_ffn_dim": 64,
        "decoder_ffn_dim": 64,
        "max_position_embeddings": 64,
        # Large weights: the outputs differ from text to text.
        "init_std": 0.4,
    }


def _save(model_class: type, config: object, folder: Path, n_pieces: int) -> None:
    import torch

    torch.manual_seed(1)
    model = model_class(config)
    with torch.no_grad():  # outputs that have words, rather than language tokens or an early end
        model.get_input_embeddings().weight[n_pieces:] *= 0.1
        model.get_input_embeddings().weight[config.eos_token_id] *= END
    model.save_pretrained(folder)


def make_marian(folder: Path, codes: tuple[str, ...] = (), **languages: str) -> Path:
    from transformers import MarianConfig, MarianMTModel, MarianTokenizer

    folder.mkdir()
    vocabulary = ["</s>", "<unk>", *codes, *_pieces(folder), "<pad>"]
    ids = {piece: i for i, piece in enumerate(vocabulary)}
    (folder / "vocab.json").write_text(json.dumps(ids))
    spm = str(folder / "spm.model")
    MarianTokenizer(
        spm, spm, str(folder / "vocab.json"), model_max_length=64, **languages
    ).save_pretrained(folder)
    pad = ids["<pad>"]
    config = MarianConfig(
        **_shape(len(ids)),
        pad_token_id=pad,
        eos_token_id=0,
        forced_eos_token_id=0,
        decoder_start_token_id=pad,
        bad_words_ids=[[pad]],
        scale_embedding=True,
    )
    _save(MarianMTModel, config, folder, len(ids))
    return folder


def make_m2m100(folder: Path) -> Path:
    from transformers import M2M100Config, M2M100ForConditionalGeneration, M2M100Tokenizer

    folder.mkdir()
    vocabulary = ["<s>", "<pad>", "</s>", "<unk>", *_pieces(folder)]
    (folder / "m2m.json").write_text(json.dumps({p: i for i, p in enumerate(vocabulary)}))
    tokenizer = M2M100Tokenizer(
        str(folder / "m2m.json"), str(folder / "spm.model"), model_max_length=64
    )
    tokenizer.save_pretrained(folder)
    size = len(vocabulary) + len(tokenizer.lang_code_to_id) + tokenizer.num_madeup_words
    _save(M2M100ForConditionalGeneration, M2M100Config(**_shape(size)), folder, len(vocabulary))
    return folder


def make_nllb(folder: Path) -> Path:
    from transformers import M2M100Config, M2M100ForConditionalGeneration, NllbTokenizer

    folder.mkdir()
    ids = {p: i for i, p in enumerate(["<s>", "<pad>", "</s>", "<unk>", *_pieces(folder)])}
    merges = []
    for piece in ids:
        cuts = [(piece[:k], piece[k:]) for k in range(1, len(piece))]
        merges += [cut for cut in cuts if cut[0] in ids and cut[1] in ids][:1]
    tokenizer = NllbTokenizer(vocab=ids, merges=merges, model_max_length=64)
    tokenizer.save_pretrained(folder)
    _save(M2M100ForConditionalGeneration, M2M100Config(**_shape(len(tokenizer))), folder, len(ids))
    return folder


def make_mbart50(folder: Path) -> Path:
    from transformers import MBart50Tokenizer, MBartConfig, MBartForConditionalGeneration

    folder.mkdir()
    pieces = ["<s>", "<pad>", "</s>", "<unk>", *_pieces(folder)]
    tokenizer = MBart50Tokenizer(vocab=[(p, 0.0) for p in pieces], model_max_length=64)
    tokenizer.save_pretrained(folder)
    config = MBartConfig(**_shape(len(tokenizer)), decoder_start_token_id=2)
    _save(MBartForConditionalGeneration, config, folder, len(pieces))
    return folder
