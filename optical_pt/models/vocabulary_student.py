"""A student kept as the word embeddings in which it differs from its teacher.

With a frozen body, a student is its teacher plus new vocabulary entries plus the rows of the
embedding matrix that training moved: a few megabytes where a whole model has a hundred. Rows are
stored as int8 with one scale each; the layer norm that follows makes the rounding harmless.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from optical_pt.errors import InputError
from optical_pt.models.fingerprint import document_fingerprint, query_modules
from optical_pt.models.reading import Reading, read_as, reading_of
from optical_pt.models.student import copy_query_side, join_sides
from optical_pt.models.tokenizer_extension import extend_tokenizer

if TYPE_CHECKING:
    import torch
    from sentence_transformers import MultiVectorEncoder
    from torch import nn

    from optical_pt.models.late_interaction import LateInteraction

FORMAT = "optical-vocabulary-student"
VERSIONS = (1, 2, 3)  # 2 has prefixes of names; 3, diacritics that are kept
SETTINGS = "optical.json"
VOCABULARY = "vocabulary.txt"
EMBEDDINGS = "embeddings.safetensors"
FILES = (SETTINGS, VOCABULARY, EMBEDDINGS)


def is_vocabulary_student(path: str | Path) -> bool:
    """Whether a directory holds a vocabulary student."""
    return (Path(path) / SETTINGS).is_file()


def save_vocabulary_student(
    student: MultiVectorEncoder,
    teacher: MultiVectorEncoder,
    teacher_name: str,
    languages: Sequence[str],
    directory: Path,
) -> None:
    """Write the difference between a student and its teacher into an existing folder.

    Raises:
        InputError: if the student differs in more than its word embeddings.
    """
    import torch
    from safetensors.torch import save_file

    mine, theirs = _word_embeddings(student), _word_embeddings(teacher)
    _require_same_body(student, teacher)
    tokenizer = query_modules(student)[0].tokenizer
    # Tokens, not rows of the matrix: some models have more of those.
    known, total = len(query_modules(teacher)[0].tokenizer), len(tokenizer)
    pieces = tokenizer.convert_ids_to_tokens(range(known, total))
    moved = (mine[:known] != theirs[:known]).any(dim=1).nonzero().flatten()
    rows = torch.cat([moved, torch.arange(known, total)])
    values, scales = _to_int8(mine[rows])
    save_file({"rows": rows, "values": values, "scales": scales}, directory / EMBEDDINGS)
    (directory / EMBEDDINGS).chmod(0o644)
    (directory / VOCABULARY).write_text("".join(f"{p}\n" for p in pieces), encoding="utf-8")
    reading = reading_of(tokenizer)
    settings = {
        "format": FORMAT,
        "version": 3 if reading.diacritics else 2,
        "languages": list(languages),
        **reading.facts(),
        "teacher": teacher_name,
        "teacher_fingerprint": document_fingerprint(teacher),
    }
    (directory / SETTINGS).write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")


def load_vocabulary_student(
    directory: str | Path, *, device: str | None = None, teacher: LateInteraction | None = None
) -> MultiVectorEncoder:
    """Load a vocabulary student on top of its teacher, whose layers it shares.

    Raises:
        InputError: if a file is missing or broken, or the teacher is not the one it was made with,
            or is on another device.
    """
    import torch

    from optical_pt.models.late_interaction import LateInteraction

    directory = Path(directory)
    settings = _settings(directory)
    teacher = teacher or LateInteraction(settings["teacher"], device=device)
    if teacher.fingerprint != settings["teacher_fingerprint"]:
        raise InputError(
            f"{directory}: made with teacher {settings['teacher']} "
            f"({settings['teacher_fingerprint']}), not {teacher.name} ({teacher.fingerprint}); "
            "load it with its own teacher"
        )
    if device and torch.device(device).type != teacher.encoder.device.type:
        raise InputError(
            f"{directory}: asked for on {device}, but it shares the layers of a teacher on "
            f"{teacher.encoder.device}; load both on one device"
        )
    rows, values = _embeddings(directory / EMBEDDINGS)
    pieces = _pieces(directory / VOCABULARY)
    moved = len(rows) - len(pieces)
    tokenizer = query_modules(teacher.encoder)[0].tokenizer
    known = len(tokenizer)
    if rows[max(moved, 0) :].tolist() != list(range(known, known + len(pieces))):
        raise InputError(
            f"{directory / VOCABULARY}: its {len(pieces)} entries are not those of {EMBEDDINGS}; "
            "make the student anew"
        )
    tokenizer = read_as(tokenizer, Reading.from_facts(settings))
    student = copy_query_side(
        teacher.encoder,
        extend_tokenizer(tokenizer, pieces),
        values[moved:].to(teacher.encoder.device),
        share_body=True,
    )
    with torch.no_grad():
        weight = query_modules(student)[0].auto_model.get_input_embeddings().weight
        weight[rows[:moved].to(weight.device)] = values[:moved].to(weight)
    return join_sides(student, teacher.encoder)


def _word_embeddings(encoder: MultiVectorEncoder) -> torch.Tensor:
    weight = query_modules(encoder)[0].auto_model.get_input_embeddings().weight
    return weight.detach().float().cpu()


def _require_same_body(student: MultiVectorEncoder, teacher: MultiVectorEncoder) -> None:
    for mine, theirs in zip(query_modules(student), query_modules(teacher), strict=True):
        other = theirs.state_dict()
        words = _word_embedding_names(mine)
        for name, tensor in mine.state_dict().items():
            if name in words or ".pooler." in name:
                continue
            if not tensor.float().cpu().equal(other[name].float().cpu()):
                raise InputError(
                    f"the student's {name} differs from its teacher's; a vocabulary student may "
                    "change word embeddings only, save it in the 'router' format"
                )


def _word_embedding_names(module: nn.Module) -> set[str]:
    body = getattr(module, "auto_model", None)
    if body is None:
        return set()
    words = body.get_input_embeddings().weight
    named = module.named_parameters(remove_duplicate=False)
    return {name for name, weight in named if weight is words}


def _to_int8(values: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    import torch

    scales = values.abs().amax(dim=1).clamp(min=1e-12) / 127
    return (values / scales[:, None]).round().to(torch.int8), scales


def _settings(directory: Path) -> dict:
    path = directory / SETTINGS
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{path}: not JSON ({error}); make the student anew") from None
    if settings.get("format") != FORMAT or settings.get("version") not in VERSIONS:
        raise InputError(
            f"{path}: format {settings.get('format')!r} version {settings.get('version')!r} is "
            f"not {FORMAT!r} version {VERSIONS[-1]}; update optical-pt or make the student anew"
        )
    return settings


def _embeddings(path: Path) -> tuple[torch.Tensor, torch.Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    if not path.is_file():
        raise InputError(f"{path}: missing; make the student anew")
    try:
        tensors = load_file(path)
        return tensors["rows"], tensors["values"].float() * tensors["scales"][:, None]
    except (SafetensorError, KeyError) as error:
        raise InputError(f"{path}: broken ({error}); make the student anew") from None


def _pieces(path: Path) -> list[str]:
    if not path.is_file():
        raise InputError(f"{path}: missing; make the student anew")
    return path.read_text(encoding="utf-8").split("\n")[:-1]
