"""Which weights of a translation model are kept, and when its training ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from nmt_grammar import TINY, grammar

from optical_pt.errors import InputError
from optical_pt.training.bitext import SentencePair
from optical_pt.training.nmt.data import hold_out
from optical_pt.training.nmt.evaluate import scores_by_language, translate
from optical_pt.training.nmt.pipeline import _prepare_work, build_nmt
from optical_pt.training.nmt.settings import NmtSettings
from optical_pt.training.nmt.tokenizer import learn_vocabulary

pytestmark = pytest.mark.usefixtures("one_thread")


def with_settings(**changed) -> NmtSettings:
    return NmtSettings(**{**vars(TINY), **changed})


def run(work: Path, chosen: NmtSettings, **options) -> tuple[list[SentencePair], object, list]:
    """The development pairs, and what :func:`train` gives."""
    from optical_pt.training.nmt.train import train

    pairs, dev = hold_out(grammar(), 6, seed=0)
    if not work.is_dir():
        work.mkdir()
        learn_vocabulary([p.foreign for p in pairs] + [p.english for p in pairs], 52, work)
    model, log = train(pairs, dev, work, chosen, **options)
    return dev, model, [entry for entry in log if "eval_loss" in entry]


@pytest.mark.parametrize("select", ["chrf", "bleu", "loss"])
def test_the_weights_are_kept_that_are_best(select, tmp_path):
    from transformers import MarianTokenizer

    chosen = with_settings(select=select, epochs=6, evaluate_steps=10, learning_rate=2e-2)
    dev, model, evaluations = run(tmp_path / "work", chosen)
    logged = [entry[f"eval_{select}"] for entry in evaluations]
    best = min(logged) if select == "loss" else max(logged)
    kept = evaluations[logged.index(best)]
    tokenizer = MarianTokenizer.from_pretrained(tmp_path / "work")
    texts = translate(model, tokenizer, [pair.foreign for pair in dev], num_beams=1)
    for metric in ("chrf", "bleu"):
        found = scores_by_language(dev, texts, metric)["de"]
        assert found == pytest.approx(kept[f"eval_{metric}"])


def test_scores_are_of_each_language():
    pairs = [SentencePair(f"a big {word} sees me", "…", "de") for word in ("cat", "dog")]
    pairs.append(SentencePair("a big cow sees me", "…", "tr"))
    texts = ["a big cat sees me", "a big dog sees me", "nothing"]
    assert scores_by_language(pairs, texts, "bleu") == pytest.approx({"de": 100.0, "tr": 0.0})
    assert scores_by_language(pairs, texts)["de"] == 100


def test_patience_ends_a_training_that_gets_no_better(tmp_path):
    hopeless = with_settings(learning_rate=1e-9, evaluate_steps=5, patience=2)
    _, _, evaluations = run(tmp_path / "work", hopeless)
    assert [entry["step"] for entry in evaluations] == [5, 10, 15]


def test_patience_is_counted_over_a_resumed_training(tmp_path):
    from optical_pt.training.nmt.train import COMPLETE, newest_checkpoint

    hopeless = with_settings(learning_rate=1e-9, evaluate_steps=5, patience=2)
    run(tmp_path / "work", hopeless)
    (newest_checkpoint(tmp_path / "work") / COMPLETE).unlink()
    _, _, evaluations = run(tmp_path / "work", hopeless, resume=True)
    assert [entry["step"] for entry in evaluations] == [5, 10, 15]


def test_a_training_that_ran_out_of_patience_does_not_go_on(tmp_path):
    import torch

    chosen = with_settings(learning_rate=5e-2, evaluate_steps=3, patience=1, select="loss")
    _, model, evaluations = run(tmp_path / "work", chosen)
    assert len(evaluations) < 20
    _, again, logged = run(tmp_path / "work", chosen, resume=True)
    assert logged == evaluations
    weights = again.state_dict()
    assert all(torch.equal(value, weights[name]) for name, value in model.state_dict().items())


def test_a_model_that_is_written_is_not_trained_again(tmp_path):
    output, work = tmp_path / "model", tmp_path / "model.training"
    short = with_settings(epochs=0.2)
    facts = build_nmt(grammar(), output, short)
    # As a kill leaves it before the checkpoints are deleted.
    build_nmt(grammar(), tmp_path / "other", short)
    with pytest.raises(InputError, match="exists already"):
        build_nmt(grammar(), output, short, resume=True)
    _prepare_work(work, hold_out(grammar(), short.dev_pairs, short.seed)[0], short, False)
    assert build_nmt(grammar(), output, short, resume=True) == facts
    assert not work.exists()


def test_a_wrong_selection_is_refused():
    with pytest.raises(InputError, match="--select ter: choose from chrf, bleu, loss"):
        with_settings(select="ter")
