"""Two processes train one student."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import torch
from cipher import ENGLISH, FOREIGN, cipher_pairs, retrieval_score
from tiny_models import tiny_encoder

from optical_pt.models import LateInteraction

torch.set_num_threads(1)


def test_torchrun(tmp_path):
    teacher = LateInteraction.from_encoder(tiny_encoder([*ENGLISH, *FOREIGN]), "tiny")
    teacher.save(tmp_path / "teacher")
    pairs = cipher_pairs(330, seed=0)
    lines = (f"{pair.tag}\t{pair.english}\t{pair.foreign}\n" for pair in pairs)
    (tmp_path / "xx.tsv").write_text("".join(lines))
    command = (
        f"-m torch.distributed.run --standalone --nproc_per_node 2 -m optical_pt.training "
        f"--bitext xx={tmp_path}/xx.tsv --teacher {tmp_path}/teacher --output {tmp_path}/student "
        "--vocabulary 0 --device cpu --no-bf16 --epochs 4 --batch-size 8 --learning-rate 2e-2 "
        "--hold-out 30 --evaluate-steps 10 --save-steps 20 "
        "--loss ot contrastive=0.1 perturbed=0.1 language=0.1"
    )
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run(
        [sys.executable, *command.split()], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stderr.count("saved ") == 1
    record = json.loads((tmp_path / "student" / "training.json").read_text())
    # 300 pairs are 37 whole batches of 8, of which each process takes 18 an epoch.
    assert record["evaluations"][-1]["step"] == 4 * 18
    assert record["evaluations"][0]["mrr"] < 0.4
    student = LateInteraction(tmp_path / "student", device="cpu")
    assert retrieval_score(student, cipher_pairs(60, seed=1)) > 0.7
    assert not (tmp_path / "student.training").exists()
