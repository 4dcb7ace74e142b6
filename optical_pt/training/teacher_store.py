"""A teacher's token embeddings of fixed sentences, computed once and kept on disk."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from optical_pt.errors import InputError
from optical_pt.files import write_directory, write_text
from optical_pt.models.encoding import query_prompt
from optical_pt.training.teacher_fingerprint import teacher_fingerprint

if TYPE_CHECKING:
    from sentence_transformers import MultiVectorEncoder

HEADER = "store.json"
FILES = EMBEDDINGS, IDS, STARTS = "embeddings.float16", "ids.npy", "starts.npy"
BATCH = 64
CHARACTERS_PER_TOKEN = 3  # English has about 4; a guess on the safe side


class TeacherStore:
    """Half-precision query embeddings of sentences, memory-mapped; see :func:`teacher_store`.

    Args:
        directory: a store that is whole.
        sentences: those that it holds, in its order.
    """

    def __init__(self, directory: Path, sentences: Sequence[str]):
        header = json.loads((directory / HEADER).read_text(encoding="utf-8"))
        self._positions = {sentence: i for i, sentence in enumerate(sentences)}
        self._starts = np.load(directory / STARTS)
        self._ids = np.load(directory / IDS, mmap_mode="r")
        shape = (len(self._ids), header["dim"])
        self._embeddings = np.memmap(directory / EMBEDDINGS, np.float16, mode="r", shape=shape)

    def features(self, sentences: Sequence[str]) -> dict[str, torch.Tensor]:
        """The embeddings of sentences, padded.

        Returns:
            ``token_embeddings`` ``(sentences, tokens, dim)`` float16, ``attention_mask``
            ``(sentences, tokens)`` booleans, and ``input_ids``, alike; only tokens that MaxSim
            scores.
        """
        positions = [self._positions[sentence] for sentence in sentences]
        spans = [slice(*self._starts[position]) for position in positions]
        lengths = [span.stop - span.start for span in spans]
        shape = (len(spans), max(1, *lengths))
        embeddings = np.zeros((*shape, self._embeddings.shape[1]), np.float16)
        ids = np.zeros(shape, np.int64)
        for row, (span, length) in enumerate(zip(spans, lengths, strict=True)):
            embeddings[row, :length] = self._embeddings[span]
            ids[row, :length] = self._ids[span]
        mask = torch.arange(shape[1])[None, :] < torch.tensor(lengths)[:, None]
        return {
            "input_ids": torch.from_numpy(ids),
            "attention_mask": mask,
            "token_embeddings": torch.from_numpy(embeddings),
        }


def teacher_store(
    teacher: MultiVectorEncoder,
    sentences: Sequence[str],
    folder: str | Path,
    *,
    max_length: int,
    bf16: bool,
) -> TeacherStore:
    """Open the store of these sentences by this teacher, or make it.

    It lies in ``folder`` under a fingerprint of all that decides its content, is written whole or
    not at all, and is checked against its hashes whenever it is opened; a broken one is made anew.

    Args:
        teacher: encodes sentences as queries.
        sentences: repetitions are stored once.
        folder: for stores; may be shared between trainings.
        max_length: tokens of a sentence that are read.
        bf16: whether the teacher runs under bf16 autocast.

    Raises:
        InputError: if the disk has no room for it.
    """
    sentences = sorted(set(sentences))
    name = teacher_fingerprint(teacher, sentences, max_length=max_length, bf16=bf16)
    directory = Path(folder) / name
    if not _is_whole(directory):
        shutil.rmtree(directory, ignore_errors=True)
        _require_room(directory.parent, sentences, teacher.get_embedding_dimension())
        try:
            with write_directory(directory) as unfinished:
                _write(unfinished, teacher, sentences, max_length, bf16)
        except InputError:
            if not _is_whole(directory):  # another training may have made it meanwhile
                raise
    return TeacherStore(directory, sentences)


def _write(
    directory: Path,
    teacher: MultiVectorEncoder,
    sentences: Sequence[str],
    max_length: int,
    bf16: bool,
) -> None:
    starts, ids = np.zeros((len(sentences), 2), np.int64), []
    total = dim = 0
    with open(directory / EMBEDDINGS, "wb") as file:
        for position, tokens, embeddings in _encode(teacher, sentences, max_length, bf16):
            file.write(embeddings.tobytes())
            ids.append(tokens)
            starts[position] = total, total + len(tokens)
            total, dim = total + len(tokens), embeddings.shape[1]
    np.save(directory / IDS, np.concatenate(ids).astype(np.int32))
    np.save(directory / STARTS, starts)
    hashes = {name: _hash_file(directory / name) for name in FILES}
    write_text(directory / HEADER, json.dumps({"dim": dim, "sha256": hashes}, indent=2) + "\n")


@torch.no_grad()
def _encode(
    teacher: MultiVectorEncoder, sentences: Sequence[str], max_length: int, bf16: bool
) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Per sentence its position, token ids and embeddings; similar lengths in a batch."""
    teacher.eval()
    prompt = query_prompt(teacher)
    order = sorted(range(len(sentences)), key=lambda i: (len(sentences[i]), i))
    for start in range(0, len(order), BATCH):
        positions = order[start : start + BATCH]
        batch = [sentences[position] for position in positions]
        given: dict[str, Any] = teacher.preprocess(
            batch, prompt=prompt, task="query", max_length=max_length
        )
        given = {k: v.to(teacher.device) if hasattr(v, "to") else v for k, v in given.items()}
        with torch.autocast(teacher.device.type, torch.bfloat16, enabled=bf16):
            found = teacher(given, task="query")
        masks = found["attention_mask"].bool().cpu().numpy()
        embeddings = found["token_embeddings"].to(torch.float16).cpu().numpy()
        ids = found["input_ids"].cpu().numpy()
        for row, position in enumerate(positions):
            yield position, ids[row, masks[row]], embeddings[row, masks[row]]


def _is_whole(directory: Path) -> bool:
    try:
        hashes = json.loads((directory / HEADER).read_text(encoding="utf-8"))["sha256"]
        return all(_hash_file(directory / name) == hashes[name] for name in FILES)
    except (OSError, ValueError, KeyError):
        return False


def _hash_file(path: Path) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _require_room(folder: Path, sentences: Sequence[str], dim: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    wanted = sum(map(len, sentences)) // CHARACTERS_PER_TOKEN * dim * 2
    free = shutil.disk_usage(folder).free
    if wanted > free:
        raise InputError(
            f"{folder}: the teacher's embeddings take up to {wanted / 1e9:.1f} GB and "
            f"{free / 1e9:.1f} GB are free; name another folder (--store) or use --no-store"
        )
