from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nmt_grammar import TINY, grammar

from optical_pt.errors import InputError
from optical_pt.training.bitext import SentencePair
from optical_pt.training.nmt.__main__ import main
from optical_pt.training.nmt.data import TokenBatches, hold_out, rebalance, short_enough
from optical_pt.training.nmt.pipeline import build_nmt
from optical_pt.training.nmt.settings import NmtSettings
from optical_pt.training.nmt.tokenizer import SubwordSampler, learn_vocabulary, load_processor

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> tuple[Path, dict]:
    output = tmp_path_factory.mktemp("nmt") / "model"
    facts = build_nmt(
        grammar(), output, TINY, command="python -m …", data_sha256={"de.tsv": "ab12"}
    )
    return output, facts


def test_learns_to_translate(trained):
    import torch
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer, MarianMTModel, MarianTokenizer

    output, facts = trained
    model = MarianMTModel.from_pretrained(output)
    tokenizer = AutoTokenizer.from_pretrained(output)
    assert isinstance(tokenizer, MarianTokenizer)
    assert isinstance(AutoModelForSeq2SeqLM.from_pretrained(output), MarianMTModel)
    assert model.dtype == torch.float32
    pairs = grammar()
    inputs = tokenizer([pair.foreign for pair in pairs], return_tensors="pt", padding=True)
    texts = tokenizer.batch_decode(model.generate(**inputs), skip_special_tokens=True)
    right = sum(text == pair.english for text, pair in zip(texts, pairs, strict=True))
    assert right >= 60
    assert facts["dev_chrf"]["de"] > 90
    assert facts["dev_bleu"]["de"] > 80
    losses = [entry["eval_loss"] for entry in facts["evaluations"]]
    assert losses[-1] < losses[0] / 2
    assert all(0 <= entry["eval_chrf"] <= 100 for entry in facts["evaluations"])


def test_ctranslate2_translates_alike(trained, tmp_path, monkeypatch):
    from transformers import MarianMTModel

    from optical_pt import NeuralTranslator

    monkeypatch.setenv("PYTERRIER_HOME", str(tmp_path))
    output, _ = trained
    model = MarianMTModel.from_pretrained(output)
    pad = model.config.vocab_size - 1
    assert model.config.pad_token_id == model.config.decoder_start_token_id == pad
    # Trained with the output layer, it would not be zero.
    assert not model.get_input_embeddings().weight[pad].any()
    texts = [pair.foreign for pair in grammar()] + ["", "Katze Katze Tokyo Haus"]
    slow, fast = (
        NeuralTranslator(str(output), source="de", engine=engine, device="cpu").translate(texts)
        for engine in ("transformers", "ctranslate2")
    )
    assert fast == slow
    assert "the cat sees a house" in fast


def test_directory_is_whole_small_and_described(trained):
    from safetensors import safe_open

    output, facts = trained
    assert {path.name for path in output.parent.iterdir()} == {"model"}
    with safe_open(output / "model.safetensors", "pt") as weights:
        assert {weights.get_tensor(name).dtype.itemsize for name in weights.keys()} == {2}  # noqa: SIM118
    stored = json.loads((output / "nmt.json").read_text())
    assert stored == facts
    assert stored["pairs"] == {"de": 64}
    assert stored["training_pairs"] == {"de": 58}
    assert stored["licences"] == {"made-up": "unknown"}
    card = (output / "README.md").read_text()
    assert "| de | 64 | 58 |" in card
    assert "`de.tsv`: `ab12`" in card


def test_tokenizer_round_trip(trained):
    from transformers import MarianTokenizer

    tokenizer = MarianTokenizer.from_pretrained(trained[0])
    for pair in grammar():
        for text in (pair.english, pair.foreign):
            ids = tokenizer(text)["input_ids"]
            assert ids[-1] == tokenizer.eos_token_id == 0
            assert tokenizer.unk_token_id not in ids
            assert tokenizer.decode(ids, skip_special_tokens=True) == text
    padded = tokenizer(["Wasser", "Anna liebt Tokyo"], padding=True)
    assert padded["input_ids"][0][-1] == tokenizer.pad_token_id == TINY.vocab_size - 1
    assert padded["attention_mask"][0][-1] == 0


def test_subword_sampling_varies_pieces_and_keeps_the_text(tmp_path):
    pairs = grammar()
    learn_vocabulary([s for pair in pairs for s in (pair.english, pair.foreign)], 52, tmp_path)
    processor = load_processor(tmp_path)
    sample = SubwordSampler(processor, alpha=0.1)
    text = "mein Freund malt einen Baum"
    drawn = [sample(text, seed) for seed in range(20)]
    assert drawn == [sample(text, seed) for seed in range(20)]
    assert {processor.decode(ids) for ids in drawn} == {text}
    assert len({tuple(ids) for ids in drawn}) > 1
    peaked = SubwordSampler(processor, alpha=1000)
    assert peaked(text, 0) == processor.encode(text)


def test_same_seed_same_weights_and_exact_resume(tmp_path):
    import torch

    from optical_pt.training.nmt.train import COMPLETE, newest_checkpoint, train

    pairs, dev = hold_out(grammar(), 6, seed=0)
    short = NmtSettings(**{**vars(TINY), "epochs": 4, "dropout": 0.1, "evaluate_steps": 9})
    weights = []
    for name in ("first", "second"):
        work = tmp_path / name
        work.mkdir()
        learn_vocabulary([p.foreign for p in pairs] + [p.english for p in pairs], 52, work)
        weights.append(train(pairs, dev, work, short)[0].state_dict())
    last = newest_checkpoint(work)
    # As if cut off while the last checkpoint was written: its mark is not there yet.
    (last / COMPLETE).unlink()
    assert newest_checkpoint(work).name < last.name
    weights.append(train(pairs, dev, work, short, resume=True)[0].state_dict())
    for other in weights[1:]:
        assert all(torch.equal(tensor, other[name]) for name, tensor in weights[0].items())


def test_time_limit_ends_with_a_whole_model(tmp_path):
    output = tmp_path / "model"
    facts = build_nmt(grammar(), output, NmtSettings(**{**vars(TINY), "max_minutes": 0}))
    assert [entry["step"] for entry in facts["evaluations"]] == [1]
    assert (output / "model.safetensors").is_file()


def test_interrupted_training_must_be_resumed_with_the_same_pairs(tmp_path):
    work = tmp_path / "model.training"
    work.mkdir()
    (work / "training.sha256").write_text("of something else")
    with pytest.raises(InputError, match="add --resume"):
        build_nmt(grammar(), tmp_path / "model", TINY)
    with pytest.raises(InputError, match="other pairs or settings"):
        build_nmt(grammar(), tmp_path / "model", TINY, resume=True)
    assert not (tmp_path / "model").exists()


def test_loss_and_gradient_equal_torch():
    import torch

    from optical_pt.training.nmt.loss import smoothed_cross_entropy

    torch.manual_seed(0)
    logits = torch.randn(3, 5, 11, requires_grad=True)
    labels = torch.randint(0, 11, (3, 5))
    labels[0, 2:] = -100
    ours = smoothed_cross_entropy(logits, labels, 0.1)
    theirs = torch.nn.functional.cross_entropy(
        logits.view(-1, 11), labels.view(-1), label_smoothing=0.1
    )
    torch.testing.assert_close(ours, theirs)
    torch.testing.assert_close(
        torch.autograd.grad(2 * ours, logits), torch.autograd.grad(2 * theirs, logits)
    )


@given(
    st.lists(st.tuples(st.integers(1, 30), st.integers(1, 30)), max_size=60), st.integers(30, 90)
)
@settings(deadline=None, max_examples=50)
def test_batches_hold_every_pair_once_within_the_limit(lengths, max_tokens):
    batches = TokenBatches(lengths, max_tokens, seed=1)
    first = list(batches)
    batches.set_epoch(1)
    second = list(batches)
    assert len(first) == len(batches) == len(second)
    count = len(lengths)
    assert sorted(first) == sorted([key - count for key in batch] for batch in second)
    assert sorted(index for batch in first for index in batch) == list(range(count))
    for batch in first:
        assert len(batch) * max(max(lengths[index]) for index in batch) <= max_tokens


def test_held_out_sentences_are_in_no_training_pair():
    # The same English in two languages, as in TICO-19; one pair twice.
    pairs = [*grammar("de"), *grammar("nl"), grammar("de")[0]]
    train, dev = hold_out(pairs, 6, seed=0)
    assert Counter(pair.language for pair in dev) == {"de": 6, "nl": 6}
    assert not {pair.english for pair in dev} & {pair.english for pair in train}
    assert len(train) == len(set(train))
    assert (train, dev) == hold_out(pairs, 6, seed=0)
    assert dev != hold_out(pairs, 6, seed=1)[1]
    with pytest.raises(InputError, match="de: 64 pairs are too few to hold out 33"):
        hold_out(pairs, 33, seed=0)


def test_small_languages_and_questions_are_repeated():
    pairs = [SentencePair(f"e{i}", f"f{i}", "de") for i in range(100)]
    pairs += [SentencePair(f"g{i}?", f"h{i}?", "ha") for i in range(20)]
    pairs += [SentencePair(f"k{i}", f"l{i}", "sw") for i in range(80)]
    got = rebalance(pairs, max_repeat=2.5, question_repeat=3, copy_share=0.1, seed=0)
    # ha: 2.5 times 20, each three times; sw: no more than the largest language.
    assert Counter(pair.language for pair in got) == {"de": 100, "ha": 150, "sw": 100, "en": 35}
    assert set(Counter(p for p in got if p.language == "ha").values()) == {6, 9}
    assert all(pair.english == pair.foreign for pair in got if pair.language == "en")
    assert got == rebalance(pairs, max_repeat=2.5, question_repeat=3, copy_share=0.1, seed=0)


def test_pairs_too_long_are_left_out():
    pairs = [SentencePair("a b", "c", "de"), SentencePair("a b c", "d e f g", "de")]
    assert short_enough(pairs, lambda text: [0] * len(text.split()), 4) == pairs[:1]
    with pytest.raises(InputError, match="de: no pair has at most 2 pieces"):
        short_enough(pairs, lambda text: [0] * len(text.split()), 2)


def _bitext(path: Path) -> Path:
    lines = [f"{pair.tag}\t{pair.english}\t{pair.foreign}\n" for pair in grammar()]
    path.write_text("".join(lines), encoding="utf-8")
    return path


def test_command_line_trains(tmp_path, capsys):
    output = tmp_path / "model"
    options = (
        f"--bitext de={_bitext(tmp_path / 'de.tsv')} --tags made-up --limit 40 --output {output} "
        "--vocab-size 48 --d-model 16 --ffn 16 --heads 1 --encoder-layers 1 --decoder-layers 1 "
        "--epochs 1 --dev-pairs 4 --seed 3"
    )
    assert main(options.split()) == 0
    assert f"saved in {output}" in capsys.readouterr().out
    stored = json.loads((output / "nmt.json").read_text())
    assert stored["pairs"] == {"de": 40}
    assert stored["settings"]["seed"] == 3
    assert stored["command"].startswith("python -m optical_pt.training.nmt --bitext de=")
    assert len(stored["data_sha256"][str(tmp_path / "de.tsv")]) == 64


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--bitext {file}", "write LANG=FILE"),
        ("--bitext de={file} --bitext de={file}", "de is given twice"),
        ("--bitext de=none.tsv", "none.tsv: no such bitext file"),
        ("--bitext de={file} --tags tico19", "no sentence pair with a tag in ['tico19']"),
        ("--bitext de={file} --heads 5", "--heads 5: must divide --d-model 192"),
        ("--bitext de={file} --epochs 0", "--epochs 0.0: must be more than 0"),
        ("--bitext de={file} --dropout 1", "--dropout 1.0: must be less than 1"),
        ("--bitext de={file} --dev-pairs 40", "64 pairs are too few to hold out 40"),
        ("--bitext de={file} --vocab-size 3", "--vocab-size 3: must be 4 or more"),
        ("--bitext de={file} --dev-pairs 5", "--vocab-size 5000: these pairs do not give"),
    ],
)
def test_bad_input_is_one_line_and_leaves_no_model(tmp_path, capsys, options, message):
    output = tmp_path / "model"
    file = _bitext(tmp_path / "de.tsv")
    assert main([*options.format(file=file).split(), "--output", str(output)]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert error.count("\n") == 1
    assert message in error
    assert not output.exists()


def test_refuses_to_overwrite(tmp_path):
    (tmp_path / "model").mkdir()
    with pytest.raises(InputError, match="exists already"):
        build_nmt(grammar(), tmp_path / "model", TINY)


def test_help_loads_neither_torch_nor_transformers():
    code = (
        "import sys\n"
        "from optical_pt.training.nmt.__main__ import parser\n"
        "parser().format_help()\n"
        "assert not {'torch', 'transformers', 'sentencepiece'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_unfinished_training_of_a_student_is_left_alone(tmp_path):
    work = tmp_path / "ha.training"
    (work / "checkpoint-200").mkdir(parents=True)
    (work / "started.json").write_text("{}")
    with pytest.raises(InputError, match=r"ha\.training: an unfinished training of a student"):
        build_nmt(grammar(), tmp_path / "ha", TINY, resume=True)
    assert {path.name for path in work.iterdir()} == {"checkpoint-200", "started.json"}
