"""Retrieval tasks, asked as they are and under noise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from optical_pt.files import hash_bytes
from optical_pt.models import LateInteraction
from optical_pt.respelling import Respeller
from optical_pt.studies.noise import Noise, noises
from optical_pt.studies.retrieval import RetrievalTask

XQUAD, LAREQA, TATOEBA = "XQuAD-R", "LAReQA pool", "Tatoeba"
TASKS = (XQUAD, LAREQA, TATOEBA)
#: What is measured on the pool of several languages.
LAREQA_AP, BALANCE = "mAP@20", "1 - language bias"
NOISES = tuple(noise.name for noise in noises())
LEAST_CHANGED = 0.1
#: Whether embeddings tell their language.
PROBE, PROBED = "Language probe", "error"
#: The mean over a task's noises.
MEAN = "mean of noises"


@dataclass(frozen=True, eq=False)
class NoisyTask:
    """One language's queries, clean and under the noises that reach a student.

    A noise that leaves (almost) all queries as they are says nothing of robustness: words cannot be
    shuffled where no spaces part them, Latin letters are Latin, and a tokenizer may drop
    diacritics by itself.

    Attributes:
        task: Without noise.
        language: Of the queries.
        noisy: Queries by the name of the noise.
        changed: By the name of every noise, the share of queries that a student reads differently.
        qid_prefix: Where a qid is another query in another language.
    """

    task: RetrievalTask
    language: str
    noisy: Mapping[str, pd.DataFrame]
    changed: Mapping[str, float]
    qid_prefix: str = ""

    @classmethod
    def make(
        cls,
        task: RetrievalTask,
        language: str,
        kinds: Sequence[Noise],
        read: Callable[[str], object],
        qid_prefix: str = "",
    ) -> NoisyTask:
        """Spoil the queries of a task.

        Args:
            task: Has them.
            language: Of the queries.
            kinds: Of noise. One that changes less than a tenth of the queries is left out.
            read: What a student makes of a text before it looks up its words.
            qid_prefix: See the class.
        """
        topics = task.topics[language]
        noisy, changed = {}, {}
        for noise in kinds:
            spoilt = topics.assign(query=[noise.apply(query) for query in topics["query"]])
            pairs = zip(topics["query"], spoilt["query"], strict=True)
            changed[noise.name] = sum(read(a) != read(b) for a, b in pairs) / len(topics)
            if changed[noise.name] >= LEAST_CHANGED:
                noisy[noise.name] = spoilt
        return cls(task, language, noisy, changed, qid_prefix)

    def score(self, student: LateInteraction) -> pd.DataFrame:
        """Per-query scores: all measures of clean queries, the first one under each noise."""
        frames = [self.task.score_student(student, self.language)]
        first = frames[0]["measure"].iloc[0]
        for name, topics in self.noisy.items():
            scores = self.task.score_student(student, self.language, topics)
            frames.append(
                scores[scores["measure"] == first].assign(task=noisy_name(self.task.name, name))
            )
        scores = pd.concat(frames, ignore_index=True)
        return scores.assign(qid=self.qid_prefix + scores["qid"])

    def respelt(self, respell: Respeller) -> NoisyTask:
        """The same task with its queries respelt, the clean ones as well as the noisy."""
        clean = self.task.topics[self.language]
        noisy = {name: respell(topics)[["qid", "query"]] for name, topics in self.noisy.items()}
        task = self.task.asking({self.language: respell(clean)[["qid", "query"]]})
        return replace(self, task=task, noisy=noisy)

    @property
    def identity(self) -> str:
        """Changes with anything that the scores of a student depend on."""
        text = "\n".join(f"{name}\n{topics.to_csv()}" for name, topics in self.noisy.items())
        return f"{self.task.identity} {hash_bytes(text.encode())}"


def noisy_name(task: str, noise: str) -> str:
    """What a task is called under a noise.

    >>> noisy_name("Tatoeba", "words shuffled")
    'Tatoeba, words shuffled'
    """
    return f"{task}, {noise}"


def clean_tasks(scores: pd.DataFrame) -> dict[str, str]:
    """The first measure of each task without noise, by its name, in the order of :data:`TASKS`."""
    found = scores.drop_duplicates("task").set_index("task")["measure"]
    return {name: found[name] for name in TASKS if name in found.index}


def noises_of(scores: pd.DataFrame, task: str) -> list[str]:
    """The names of a task under single noises, in the order of :data:`NOISES`."""
    present = set(scores["task"])
    return [name for noise in NOISES if (name := noisy_name(task, noise)) in present]
