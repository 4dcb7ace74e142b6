"""Files of weights."""

from __future__ import annotations

import torch
from torch import nn

from optical_pt.training.weights import load_weights, save_weights


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.shared = nn.Embedding(5, 3)
        self.body = nn.Linear(3, 3)
        self.encoder = nn.ModuleDict({"embed_tokens": self.shared})
        self.register_buffer("nothing", torch.empty(0))


def test_weights_with_several_names_come_back_under_all_of_them(tmp_path):
    saved, loaded = Tied(), Tied()
    assert not saved.shared.weight.equal(loaded.shared.weight)
    save_weights(saved, tmp_path / "weights.safetensors")
    load_weights(loaded, tmp_path / "weights.safetensors")
    for name, value in saved.state_dict().items():
        assert loaded.state_dict()[name].equal(value)
    assert loaded.encoder["embed_tokens"].weight is loaded.shared.weight
