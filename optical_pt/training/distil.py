"""From a teacher and bitext to a student on disk."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from optical_pt.errors import InputError
from optical_pt.files import refuse_existing, write_directory, write_text
from optical_pt.models import LateInteraction
from optical_pt.models.fingerprint import query_modules
from optical_pt.models.reading import reading_of
from optical_pt.models.student import join_sides
from optical_pt.models.vocabulary_student import save_vocabulary_student
from optical_pt.text import text_revision
from optical_pt.training.bitext import hash_pairs
from optical_pt.training.card import student_card
from optical_pt.training.checkpoints import discard, open_checkpoints, was_finished
from optical_pt.training.hold_out import hold_out
from optical_pt.training.processes import first_alone, is_first, join, processes, wait
from optical_pt.training.run import History, train
from optical_pt.training.select_on import open_queries
from optical_pt.training.selection import require_finite
from optical_pt.training.setting_checks import require_one_of
from optical_pt.training.settings import TrainingSettings
from optical_pt.training.spellings import in_all_spellings
from optical_pt.training.start_settings import KEEPING_TOKENS, StartSettings
from optical_pt.training.starts import count_layers, make_start
from optical_pt.training.trainable import require_layers
from optical_pt.translation import LexicalTable

if TYPE_CHECKING:
    from sentence_transformers import MultiVectorEncoder

    from optical_pt.training.bitext import SentencePair

FORMATS = ("router", "vocabulary")


def distil(
    teacher: LateInteraction,
    pairs: Sequence[SentencePair],
    output: str | Path,
    *,
    start: StartSettings | None = None,
    settings: TrainingSettings | None = None,
    release: str = "router",
    resume: bool = False,
    store: str | Path | None = None,
    tensorboard: str | Path | None = None,
    provenance: dict | None = None,
) -> LateInteraction:
    """Distil a student query encoder and write it, whole or not at all.

    Beside the student, the output folder gets the model card and, per language, the lexical
    translation table of the same pairs (``lexicon.XX.tsv.gz``), so that translation baselines
    learn from what the student learnt from. Checkpoints live in ``OUTPUT.training`` until then.

    Args:
        teacher: the English model.
        pairs: the bitext, of one language or several.
        output: the folder to make.
        start: what the student starts from; by default the teacher with words of the pairs'
            foreign side added to its vocabulary.
        settings: of training; ``epochs=0`` releases the starting point.
        release: ``"router"``, a sentence-transformers directory with the teacher as document
            side; ``"vocabulary"``, only the word embeddings that differ from the teacher's.
        resume: go on from the newest complete checkpoint, to the same weights; where the student is
            written already, only delete the checkpoints.
        store: folder of the teacher's embeddings, to share with other trainings on these pairs; by
            default they lie beside the checkpoints, and go with them.
        tensorboard: folder for TensorBoard's files of losses and scores, if they are wanted.
        provenance: for the model card and ``training.json``: command, data, licences.

    Raises:
        InputError: if the output exists, there are no pairs, an option is unknown, the collection
            to select on or the encoder to start from cannot be opened, or there are checkpoints of
            another training, or of this one but ``resume`` is not set.
    """
    output, settings, start = Path(output), settings or TrainingSettings(), start or StartSettings()
    work = output.with_name(output.name + ".training")
    finished = resume and settings.epochs and was_finished(output, work)
    if not finished:
        refuse_existing(output)
    _check(output, pairs, start, settings, release)
    require_layers(count_layers(teacher.encoder, start), settings)
    start = start.for_pairs(pairs)
    queries = open_queries(settings, sorted({pair.language for pair in pairs}))
    kept, held_out = hold_out(pairs, settings.hold_out, seed=settings.seed)
    join(on_cpu=teacher.encoder.device.type == "cpu")
    if settings.epochs:
        facts = {
            "teacher": teacher.fingerprint,
            "bitext": hash_pairs(pairs),
            **start.facts(),
            "text": text_revision(pair.language for pair in pairs),
            **settings.facts(),
            "queries": queries.fingerprint if queries else None,
            "number of processes": processes(),
            "release": release,
        }
        with first_alone():
            open_checkpoints(work, facts, resume=resume or not is_first())
    if finished:
        discard(work)
        return LateInteraction(output, device=teacher.device)

    student = make_start(teacher.encoder, kept, start, seed=settings.seed)
    shown = in_all_spellings(kept) if start.diacritics else kept
    history = History([], [], 0)
    if settings.epochs:
        history = train(
            student,
            teacher.encoder,
            shown,
            held_out,
            work,
            settings,
            queries=queries,
            store=Path(store) if store else None,
            tensorboard=Path(tensorboard) if tensorboard else None,
        )
    require_finite(student)
    if is_first():
        record = {
            "teacher": teacher.name,
            "teacher_fingerprint": teacher.fingerprint,
            "languages": sorted({pair.language for pair in pairs}),
            "start": asdict(start),
            "settings": asdict(settings),
            "processes": processes(),
            "release": release,
            **asdict(history),
            **reading_of(query_modules(student)[0].tokenizer).facts(),
            **(provenance or {}),
        }
        _release(student, teacher, kept, release, record, output)
    if settings.epochs:
        discard(work)
    wait()
    return LateInteraction(output, device=teacher.device)


def _check(
    output: Path,
    pairs: Sequence[SentencePair],
    start: StartSettings,
    settings: TrainingSettings,
    release: str,
) -> None:
    if not pairs:
        raise InputError(f"{output}: no sentence pairs to learn from; give some")
    require_one_of("release", release, FORMATS)
    if release == "vocabulary" and settings.train not in ("embeddings", "new-embeddings"):
        raise InputError("a 'vocabulary' release needs train='embeddings'; choose 'router'")
    if release == "vocabulary" and start.kind not in KEEPING_TOKENS:
        raise InputError(
            f"a 'vocabulary' release needs the start {' or '.join(KEEPING_TOKENS)}, not "
            f"{start.kind}; choose 'router'"
        )
    if settings.train == "new-embeddings" and start.kind == "copy":
        raise InputError("train='new-embeddings' needs added words; set the vocabulary above 0")
    if settings.train == "new-embeddings" and start.kind != "extended":
        raise InputError(
            f"train='new-embeddings' needs the start 'extended', not {start.kind!r}; choose "
            "'embeddings'"
        )


def _release(
    student: MultiVectorEncoder,
    teacher: LateInteraction,
    pairs: Sequence[SentencePair],
    release: str,
    record: dict,
    output: Path,
) -> None:
    student.eval()
    languages = record["languages"]
    prefixes = () if record["start"]["whole_names"] else None  # None learns them
    with write_directory(output) as unfinished:
        if release == "vocabulary":
            save_vocabulary_student(student, teacher.encoder, teacher.name, languages, unfinished)
        else:
            joined = join_sides(student, teacher.encoder)
            joined.save_pretrained(str(unfinished), safe_serialization=True)
        for language in languages:
            mine = [pair for pair in pairs if pair.language == language]
            table = LexicalTable.learn(mine, language=language, name_prefixes=prefixes)
            table.save(unfinished / f"lexicon.{language}.tsv.gz")
        write_text(unfinished / "training.json", json.dumps(record, indent=2) + "\n")
        write_text(unfinished / "README.md", student_card(record, pairs))
