"""Translation by CTranslate2: its text, its conversion, and what it refuses."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from translation_models import make_m2m100, make_marian, make_nllb

from optical_pt.errors import InputError
from optical_pt.translation import NeuralTranslator

LANGUAGES = {"marian": ("ha", "en"), "m2m100": ("hau", "en"), "nllb": ("ha", "en")}
TEXTS = ["ruwa gida", "mutum birni kasa littafi", "", "yaro mace rana wata birni gida", "wata"]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("models")
    return {
        "marian": make_marian(folder / "marian", source_lang="ha", target_lang="en"),
        "m2m100": make_m2m100(folder / "m2m100"),
        "nllb": make_nllb(folder / "nllb"),
    }


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """PyTerrier's, where converted models are kept."""
    monkeypatch.setenv("PYTERRIER_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("family", LANGUAGES)
def test_ctranslate2_gives_the_same_text(models, family, home):
    source, target = LANGUAGES[family]
    options = {
        "source": source,
        "target": target,
        "num_beams": 3,
        "max_length": 24,
        "device": "cpu",
    }
    expected = NeuralTranslator(models[family], **options).translate(TEXTS)
    translator = NeuralTranslator(models[family], engine="ctranslate2", **options)
    assert translator.translate(TEXTS) == expected


def test_ctranslate2_refuses_a_model_whose_padding_is_not_last(home):
    own = Path(__file__).parents[1] / "experiments" / "models" / "nmt"
    translator = NeuralTranslator(own, source="ha", engine="ctranslate2", device="cpu")
    with pytest.raises(InputError, match="takes a Marian model's last token to be its padding"):
        translator.translate(["ruwa"])
    assert not (home / "optical").exists()


def test_ctranslate2_follows_the_models_generation_settings(models, home):
    shutil.copytree(models["marian"], home / "model")
    path = home / "model" / "generation_config.json"
    settings = json.loads(path.read_text())
    path.write_text(json.dumps(settings | {"no_repeat_ngram_size": 1}))
    options = {"source": "ha", "num_beams": 2, "device": "cpu", "engine": "ctranslate2"}
    freely, once = (
        NeuralTranslator(model, **options).translate(TEXTS)
        for model in (models["marian"], home / "model")
    )
    assert freely != once


def test_ctranslate2_converts_once(models, home):
    times = set()
    for _ in range(2):
        translator = NeuralTranslator(
            models["marian"], source="ha", device="cpu", engine="ctranslate2", dtype="int8"
        )
        assert translator.translate(["ruwa gida"])[0]
        (converted,) = (home / "optical" / "ctranslate2").iterdir()
        times.add((converted / "model.bin").stat().st_mtime_ns)
    assert len(times) == 1


def test_ctranslate2_on_a_device_that_is_not_there(models, home):
    translator = NeuralTranslator(
        models["marian"], source="ha", device="cuda:99", engine="ctranslate2"
    )
    with pytest.raises(InputError, match=r"CTranslate2 failed .*device"):
        translator.translate(["ruwa"])
