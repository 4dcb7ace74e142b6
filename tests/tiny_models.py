"""Small random late-interaction models, made in a moment."""

from __future__ import annotations

import string
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from sentence_transformers import MultiVectorEncoder
from sentence_transformers.base.modules import Normalize, Transformer
from sentence_transformers.multi_vector_encoder.modules import MultiVectorMask
from tokenizers import Tokenizer, normalizers, pre_tokenizers, processors
from tokenizers.models import Unigram, WordPiece
from transformers import (
    BertConfig,
    BertModel,
    PreTrainedTokenizerBase,
    PreTrainedTokenizerFast,
    XLMRobertaConfig,
    XLMRobertaModel,
)

from optical_pt.models.fingerprint import document_modules, query_modules
from optical_pt.models.reading import Reading, read_as
from optical_pt.models.student import copy_query_side
from optical_pt.models.tokenizer_extension import extend_tokenizer

SPECIAL = {"unk_token": "[UNK]", "sep_token": "[SEP]", "pad_token": "[PAD]", "cls_token": "[CLS]"}
SPECIAL |= {"mask_token": "[MASK]"}


def tiny_encoder(words: Sequence[str] = (), *, seed: int = 0, dim: int = 32) -> MultiVectorEncoder:
    """A 2-layer BERT with random weights, all ASCII letters and digits, and the given words."""
    torch.manual_seed(seed)
    with TemporaryDirectory() as folder:
        tokenizer = _tokenizer(words)
        tokenizer.save_pretrained(folder)
        config = BertConfig(
            vocab_size=len(tokenizer),
            hidden_size=dim,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=2 * dim,
            max_position_embeddings=64,
        )
        BertModel(config, add_pooling_layer=False).save_pretrained(folder)
        return late_interaction(folder)


def late_interaction(folder: str | Path) -> MultiVectorEncoder:
    """A late-interaction model of an encoder's directory, without a projection."""
    transformer = Transformer(
        str(folder),
        query_length=24,
        document_length=48,
        model_kwargs={"add_pooling_layer": False},
    )
    normalize = Normalize(module_input_name="token_embeddings")
    return MultiVectorEncoder(modules=[transformer, MultiVectorMask(), normalize], device="cpu")


def save_plain_bert(folder: Path) -> None:
    """A BERT directory that is no late-interaction model."""
    tokenizer = _tokenizer([])
    tokenizer.save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=1, num_attention_heads=2
    )
    BertModel(config).save_pretrained(folder)


def _tokenizer(words: Sequence[str]) -> PreTrainedTokenizerFast:
    characters = string.ascii_lowercase + string.digits + "?.,"
    entries = [*SPECIAL.values(), *characters, *(f"##{c}" for c in characters), *words]
    vocabulary = {entry: position for position, entry in enumerate(dict.fromkeys(entries))}
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    ids = [(name, vocabulary[name]) for name in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B [SEP]", special_tokens=ids
    )
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=64, **SPECIAL)


def save_xlm_roberta(folder: Path, words: Sequence[str], *, dim: int) -> None:
    """A 2-layer XLM-RoBERTa directory with a SentencePiece (unigram) tokenizer of these words."""
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    space = "\u2581"
    pieces = [*special, *string.ascii_lowercase, space, *(space + word for word in words)]
    scores = [0.0 if len(piece) > 1 else -10.0 for piece in pieces]
    tokenizer = Tokenizer(Unigram(list(zip(pieces, scores, strict=True)), unk_id=3))
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    ids = [("<s>", 0), ("</s>", 2)]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=ids
    )
    names = dict(zip(("cls", "pad", "sep", "unk", "mask"), special, strict=True))
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=62,
        bos_token="<s>",
        eos_token="</s>",
        **{f"{name}_token": piece for name, piece in names.items()},
    )
    fast.save_pretrained(folder)
    config = XLMRobertaConfig(
        vocab_size=len(pieces),
        hidden_size=dim,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=2 * dim,
        max_position_embeddings=64,
        pad_token_id=1,
        bos_token_id=0,
        eos_token_id=2,
        type_vocab_size=1,
    )
    torch.manual_seed(0)
    XLMRobertaModel(config, add_pooling_layer=False).save_pretrained(folder)


def student_with(
    teacher: MultiVectorEncoder,
    words: Sequence[str],
    embeddings: torch.Tensor,
    name_prefixes: Sequence[str] = (),
    *,
    diacritics: str = "",
) -> MultiVectorEncoder:
    """A copy of a teacher that knows more words, by these embeddings."""
    reading = Reading(tuple(name_prefixes), diacritics)
    tokenizer = read_as(query_modules(teacher)[0].tokenizer, reading)
    return copy_query_side(teacher, extend_tokenizer(tokenizer, words), embeddings)


def change_a_weight(encoder: MultiVectorEncoder) -> None:
    """Of its document side."""
    next(document_modules(encoder)[0].parameters()).data[0, 0] += 0.5


def new_words(teacher: MultiVectorEncoder, tokenizer: PreTrainedTokenizerBase) -> list[str]:
    """The entries of a tokenizer that come after the teacher's."""
    first = len(query_modules(teacher)[0].tokenizer)
    return tokenizer.convert_ids_to_tokens(range(first, len(tokenizer)))
