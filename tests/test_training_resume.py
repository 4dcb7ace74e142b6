"""A training that is killed goes on to the same weights; its command line names what is wrong."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch
from cipher import ENGLISH, cipher_pairs
from tiny_models import save_plain_bert, tiny_encoder

from optical_pt.models import LateInteraction
from optical_pt.training.__main__ import main

torch.set_num_threads(1)

ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A teacher and bitext on disk."""
    folder = tmp_path_factory.mktemp("training")
    LateInteraction.from_encoder(tiny_encoder(ENGLISH), "tiny").save(folder / "teacher")
    lines = (f"{p.tag}\t{p.english}\t{p.foreign}\n" for p in cipher_pairs(160, seed=0))
    (folder / "xx.tsv").write_text("".join(lines))
    return folder


def arguments(folder: Path, output: Path, **options: object) -> list[str]:
    given = {
        "bitext": f"xx={folder / 'xx.tsv'}",
        "teacher": folder / "teacher",
        "output": output,
        "epochs": 2,
        "batch-size": 4,
        "save-steps": 20,
        "device": "cpu",
        **options,
    }
    words = [word for name, value in given.items() for word in (f"--{name}", str(value))]
    return [*words, "--no-bf16"]


def kill_after(checkpoint: Path, command: list[str]) -> None:
    """Run a training, and kill it once it has written a checkpoint."""
    process = subprocess.Popen(command, env=ENVIRONMENT, stderr=subprocess.DEVNULL)
    while not (checkpoint / "trainer_state.json").is_file():
        try:
            process.wait(timeout=0.01)
        except subprocess.TimeoutExpired:
            continue
        pytest.fail(f"it ended with {process.returncode} before {checkpoint.name}")
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


def query_side(student: Path) -> list[bytes]:
    folder = student / "query_0_Transformer"
    return [(folder / name).read_bytes() for name in ("model.safetensors", "tokenizer.json")]


def test_a_killed_training_resumes_to_the_same_weights(folder, tmp_path, capsys):
    assert main(arguments(folder, tmp_path / "whole")) == 0

    output, work = tmp_path / "killed", tmp_path / "killed.training"
    command = [sys.executable, "-m", "optical_pt.training", *arguments(folder, output)]
    kill_after(work / "checkpoint-40", command)
    assert not output.exists()

    # What a kill while saving leaves: the newest checkpoint's optimizer is cut short.
    optimizer = work / "checkpoint-40" / "optimizer.pt"
    optimizer.write_bytes(optimizer.read_bytes()[:-100])
    # A mark, by which the resumed training shows that it went on from the one before.
    state_file = work / "checkpoint-20" / "trainer_state.json"
    state = json.loads(state_file.read_text())
    state["log_history"][0]["loss"] = 99.0
    state_file.write_text(json.dumps(state))

    capsys.readouterr()
    assert main(arguments(folder, output)) == 2
    assert "an unfinished training; use --resume" in capsys.readouterr().err
    assert main([*arguments(folder, output, epochs=3), "--resume"]) == 2
    assert "started with another epochs" in capsys.readouterr().err
    assert main([*arguments(folder, output, limit=150), "--resume"]) == 2
    assert "started with another bitext" in capsys.readouterr().err

    started = work / "started.json"
    facts = started.read_text()
    started.write_text(facts.replace('"number of processes": 1', '"number of processes": 2'))
    assert main([*arguments(folder, output), "--resume"]) == 2
    assert "started with another number of processes" in capsys.readouterr().err
    started.write_text(facts)

    assert main([*arguments(folder, output), "--resume"]) == 0
    assert json.loads((output / "training.json").read_text())["losses"][0]["loss"] == 99.0
    assert query_side(output) == query_side(tmp_path / "whole")
    fingerprint = LateInteraction(output).fingerprint
    assert fingerprint == LateInteraction(folder / "teacher").fingerprint
    assert not work.exists()

    # A kill after the student was written, before the checkpoints were deleted.
    before = {path: path.read_bytes() for path in output.rglob("*") if path.is_file()}
    work.mkdir()
    started.write_text(facts.replace('"seed": 0', '"seed": 1'))
    assert main([*arguments(folder, output), "--resume"]) == 2
    assert "started with another seed" in capsys.readouterr().err
    started.write_text(facts)
    assert main([*arguments(folder, output, release="vocabulary"), "--resume"]) == 2
    assert "started with another release" in capsys.readouterr().err
    assert main([*arguments(folder, output), "--resume"]) == 0
    assert not work.exists()
    assert {path: path.read_bytes() for path in output.rglob("*") if path.is_file()} == before
    assert main([*arguments(folder, output), "--resume"]) == 2
    assert "exists already" in capsys.readouterr().err


def test_help_is_quick_and_loads_no_model_library():
    code = (
        "import sys\n"
        "from optical_pt.training.__main__ import main\n"
        "try:\n    main(['--help'])\n"
        "finally:\n    assert not {'torch', 'transformers', 'pyterrier'} & set(sys.modules)\n"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 3
    assert "--bitext LANG=FILE" in shown.stdout
    assert "--resume" in shown.stdout


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"bitext": "xx.tsv"}, "--bitext xx.tsv: write LANG=FILE"),
        ({"bitext": "xx=/nowhere/xx.tsv"}, "/nowhere/xx.tsv: no such bitext file"),
        ({"tags": "news, blogs"}, "no sentence pair with a tag in ['blogs', 'news']"),
        ({"limit": 0}, "limit 0: keep at least one sentence pair"),
        ({"teacher": "/nowhere/teacher"}, "/nowhere/teacher: no such model directory"),
        ({"teacher": "{folder}/plain"}, "plain: not a late-interaction model"),
        ({"epochs": -1}, "epochs -1.0: it must be at least 0"),
        ({"batch-size": 0}, "batch_size 0: it must be at least 1"),
        ({"transport": "entropic:reg=0"}, "transport strategy 'entropic:reg=0': reg (0.0) must be"),
        ({"loss": "ot=1=2"}, "loss ot=1=2: write NAME=WEIGHT, such as contrastive=0.1"),
        ({"loss": "transport"}, "loss 'transport': choose from ot, mse, greedy"),
        ({"loss": "ot=0"}, "loss ot=0.0: its weight must be above 0"),
        ({"vocabulary": -5}, "vocabulary -5: it must be at least 0"),
        ({"start": "new-vocabulary", "vocabulary": 0}, "start 'new-vocabulary': it needs words"),
        ({"start": "copy", "fragments": 9}, "fragments 9: they are for the start 'extended' only"),
        ({"start": "multilingual"}, "start 'multilingual': it needs an encoder"),
        ({"encoder": "/nowhere/bert"}, "encoder /nowhere/bert: it is for the start 'multilingual'"),
        (
            {"start": "multilingual", "encoder": "/nowhere/bert"},
            "encoder /nowhere/bert: cannot be loaded",
        ),
        (
            {"start": "multilingual", "encoder": "{folder}/plain", "encoder-layers": 2},
            "encoder_layers 2: {folder}/plain has 1; choose no more than it has",
        ),
        (
            {"start": "multilingual", "encoder": "{folder}/plain", "train": "all", "layers": 2},
            "layers 2: the student has 1; choose no more",
        ),
        ({"select-on": "/nowhere/pool"}, "/nowhere/pool: no such folder"),
        ({"select-on": "optical:mini"}, "no queries in xx; the query sets have de, en, es, ha"),
        ({"select-on": "optical:mini", "select-queries": "dev"}, "no query set 'dev'; choose from"),
        ({"select-on": "optical:mini", "select-measure": "ABC"}, "unknown measure 'ABC'"),
        (
            {"select-on": "optical:mini", "hold-out": 9},
            "select_on optical:mini: hold_out selects on",
        ),
        ({"select-queries": "mini"}, "select_queries mini: name their collection, too"),
        ({"release": "vocabulary", "train": "all"}, "'vocabulary' release needs train="),
        ({"train": "all", "layers": 3}, "layers 3: the student has 2; choose no more"),
        ({"hold-out": 99}, "hold_out 99: xx has 160 pairs whose sentences occur once; hold out at"),
        ({"patience": 2}, "patience 2: it needs held-out pairs; set hold_out"),
        ({"layers": 1}, "layers 1: nothing uses it; it is for train 'adapters' or 'all'"),
        ({"body-start": 0.5}, "body_start 0.5: nothing uses it"),
        ({"train": "all", "adapter-rank": 4}, "adapter_rank 4: nothing uses it"),
        ({"loss": "mse", "marginals": "idf"}, "marginals idf: nothing uses it; it is for the loss"),
        ({"loss": "mse", "transport": "ipot"}, "transport ipot: nothing uses it"),
        ({"perturbation": 0.1}, "perturbation 0.1: nothing uses it; it is for the loss perturbed"),
        ({"score-temperature": 0.1}, "score_temperature 0.1: nothing uses it"),
        ({"select-measure": "RR"}, "select_measure RR: nothing uses it; it is for select_on"),
        ({"output": "{folder}/teacher"}, "teacher: exists already"),
    ],
)
def test_bad_input_ends_in_one_line(folder, tmp_path, capsys, options, message):
    if not (folder / "plain").exists():
        save_plain_bert(folder / "plain")
    options = {k: str(v).format(folder=folder) for k, v in options.items()}
    capsys.readouterr()
    assert main(arguments(folder, **{"output": tmp_path / "xx", **options})) == 2
    lines = capsys.readouterr().err.strip().split("\n")
    assert lines[-1].startswith("error: ")
    assert message.format(folder=folder) in lines[-1]
    assert not any("Traceback" in line for line in lines)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(find_spec("tensorboard") is not None, reason="tensorboard is installed")
def test_a_logger_that_is_not_installed_is_named(folder, tmp_path, capsys):
    assert main(arguments(folder, tmp_path / "xx", **{"report-to": "tensorboard"})) == 2
    message = "error: --report-to tensorboard: not installed; pip install tensorboard\n"
    assert capsys.readouterr().err == message


def test_a_language_is_given_once(folder, tmp_path, capsys):
    bitext = f"xx={folder / 'xx.tsv'}"
    assert main(["--bitext", bitext, *arguments(folder, tmp_path / "xx")]) == 2
    assert capsys.readouterr().err == (
        f"error: --bitext {bitext}: xx is given twice; join the files\n"
    )
