"""XQuAD-R and Tatoeba, and bitext without their sentences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from optical_pt.collections import Collection, open_collection
from optical_pt.collections.languages import LOW_RESOURCE, language_group
from optical_pt.collections.published import tatoeba, xquad_r
from optical_pt.errors import InputError
from optical_pt.models import LateInteraction
from optical_pt.models.fingerprint import query_modules
from optical_pt.models.reading import read_as
from optical_pt.models.tokenizer_extension import word_splitter
from optical_pt.studies.adversarial.tasks import TATOEBA, XQUAD, NoisyTask
from optical_pt.studies.bitext import bitext_file, read_pairs
from optical_pt.studies.noise import Noise
from optical_pt.studies.published import published_folder
from optical_pt.studies.retrieval import open_task
from optical_pt.training.bitext import SentencePair
from optical_pt.training.bitext_sources import drop_overlap, held_out_texts
from optical_pt.training.choose_reading import choose_reading
from optical_pt.training.sampling import sample_in_order
from optical_pt.training.start_settings import StartSettings
from optical_pt.translation import LexicalTable

#: The first is also measured under noise. A Tatoeba sentence has one translation: R@1 is the
#: accuracy that is published for it.
MEASURES = {XQUAD: ("AP",), TATOEBA: ("RR", "R@1")}
#: Bitext that is of Tatoeba's test, or of the challenge that it was drawn from.
LEFT_OUT = "tatoeba-test"
QUICK = ("sw", "ar")
FULL = ("sw", "tl", "ta", "mr", "de", "ru", "ar", "hi", "tr", "vi")
# Only Swahili and Tagalog of the package's list have both bitext and Tatoeba. Marathi and Tamil are
# counted with them, as languages that a teacher's makers rarely have in mind.
_LOW_RESOURCE = LOW_RESOURCE | {"mr", "ta"}


def group(language: str) -> str:
    """``"low"`` or ``"other"``."""
    return language_group(language, _LOW_RESOURCE)


def choose_languages(given: Sequence[str] | None, full: bool, data: Path) -> list[str]:
    """The languages of a run.

    Raises:
        InputError: on a language without Tatoeba, or without sentence pairs in the data folder.
    """
    chosen = list(dict.fromkeys(given or (FULL if full else QUICK)))
    for language in chosen:
        if language not in tatoeba.CODES:
            raise InputError(
                f"--languages {language}: Tatoeba has no such test; choose from "
                f"{', '.join(sorted(tatoeba.CODES))}"
            )
        bitext_file(data, language)
    return chosen


def collections(language: str, data: Path, *, verify: bool = True) -> dict[str, Collection]:
    """X queries to English sentences, by name of the task; XQuAD-R in 10 languages only."""
    names = {XQUAD: f"xquad-r/{language}-en"} if language in xquad_r.FILES else {}
    names[TATOEBA] = f"tatoeba/{language}-en"
    return {
        task: open_collection(
            f"optical:{name}",
            folder=published_folder(data, name.partition("/")[0]),
            verify=verify,
        )
        for task, name in names.items()
    }


def training_pairs(
    data: Path, language: str, tested: Sequence[Collection], limit: int | None
) -> list[SentencePair]:
    """Pairs of which no side is a sentence of a test, neither query nor document.

    Raises:
        InputError: if none is left.
    """
    held_out = held_out_texts(tested)
    held_out |= {document["text"] for collection in tested for document in collection.documents()}
    pairs = [pair for pair in read_pairs(data, language) if pair.tag != LEFT_OUT]
    pairs = drop_overlap(pairs, held_out)
    if not pairs:
        raise InputError(
            f"{bitext_file(data, language)}: every sentence pair is of the test; add others"
        )
    return sample_in_order(pairs, limit)


def noisy_tasks(
    tested: dict[str, Collection],
    language: str,
    teacher: LateInteraction,
    pairs: Sequence[SentencePair],
    indexes: Path,
    kinds: Sequence[Noise],
    *,
    max_queries: int | None = None,
    device: str | None = None,
) -> dict[str, NoisyTask]:
    """The tasks of one language, clean and noisy; languages share XQuAD-R's index.

    The pairs are those that the students learn from, which decide how they read.
    """
    read = _reader(teacher, pairs)
    folders = {XQUAD: "xquad-r-en", TATOEBA: f"tatoeba-{language}-en"}
    tasks = {}
    for name, collection in tested.items():
        task = open_task(
            name, collection, [language], teacher, indexes / folders[name],
            measures=MEASURES[name], max_queries=max_queries, device=device,
        )  # fmt: skip
        # XQuAD-R's questions are translations of each other; Tatoeba's sentences are not.
        prefix = f"{language}-" if name == TATOEBA else ""
        tasks[name] = NoisyTask.make(task, language, kinds, read, prefix)
    return tasks


def respelt_tasks(
    tasks: dict[str, NoisyTask], pairs: Sequence[SentencePair], language: str
) -> dict[str, NoisyTask]:
    """The tasks of one language with queries respelt by its pairs and each task's documents."""
    table = LexicalTable.learn(pairs, language=language)
    return {
        name: task.respelt(task.task.resources.respeller(table)) for name, task in tasks.items()
    }


def _reader(teacher: LateInteraction, pairs: Sequence[SentencePair]) -> Callable[[str], list[str]]:
    """The words of a text as the students see them, whose tokenizers extend the teacher's."""
    kept = bool(StartSettings().for_pairs(pairs).diacritics)
    reading = choose_reading(pairs, whole_names=True, diacritics=kept)
    return word_splitter(read_as(query_modules(teacher.encoder)[0].tokenizer, reading))
