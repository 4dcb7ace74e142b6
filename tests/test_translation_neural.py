from __future__ import annotations

import json
import shutil
import warnings
from pathlib import Path

import pandas as pd
import pyterrier as pt
import pytest
from translation_models import make_m2m100, make_marian, make_mbart50, make_nllb

from optical_pt.errors import InputError
from optical_pt.translation import NeuralTranslator, TranslationCache
from optical_pt.translation.model_files import fingerprint
from optical_pt.translation.tokens import TranslationTokenizer

TEXTS = [
    "ruwa gida",
    "mutum birni kasa littafi",
    "",
    "yaro mace rana wata birni gida ruwa yaro",
    "ruwa gida",
    "   ",
    "wata",
]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    import torch

    torch.set_num_threads(1)
    home = tmp_path_factory.mktemp("models")
    return {
        "marian": make_marian(home / "marian", source_lang="ha", target_lang="en"),
        "multi": make_marian(home / "multi", codes=(">>eng<<", ">>fra<<"), source_lang="mul"),
        "m2m100": make_m2m100(home / "m2m100"),
        "nllb": make_nllb(home / "nllb"),
        "mbart50": make_mbart50(home / "mbart50"),
    }


def greedy(folder: Path) -> NeuralTranslator:
    """Short outputs, quickly."""
    return NeuralTranslator(folder, source="ha", device="cpu", num_beams=1, max_length=24)


def references(folder: Path, texts: list[str], *, prefix="", source="", first="") -> list[str]:
    """Translations as the models' documentation does it, one text at a time."""
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSeq2SeqLM.from_pretrained(folder)
    if source:
        tokenizer.src_lang = source
    options = {"forced_bos_token_id": tokenizer.convert_tokens_to_ids(first)} if first else {}
    languages = set(getattr(tokenizer, "lang_token_to_id", {}).values())
    translations = []
    for text in texts:
        output = model.generate(
            **tokenizer(prefix + text, return_tensors="pt"),
            num_beams=3,
            do_sample=False,
            max_length=24,
            forced_eos_token_id=None,
            **options,
        )
        kept = [token for token in output[0].tolist() if token not in languages]
        translations.append(tokenizer.decode(kept, skip_special_tokens=True).strip())
    return translations


CASES = {
    "marian": ("ha", "en", {}),
    "multi": ("ha", "fr", {"prefix": ">>fra<< "}),
    "m2m100": ("hau", "en", {"source": "ha", "first": "__en__"}),
    "nllb": ("ha", "en", {"source": "hau_Latn", "first": "eng_Latn"}),
    "mbart50": ("hi", "en", {"source": "hi_IN", "first": "en_XX"}),
}


@pytest.mark.parametrize("family", CASES)
def test_batches_equal_the_documented_use_one_by_one(models, family):
    source, target, options = CASES[family]
    translator = NeuralTranslator(
        models[family],
        source=source,
        target=target,
        num_beams=3,
        max_length=24,
        batch_size=3,
        device="cpu",
    )
    known = dict(zip(TEXTS, references(models[family], TEXTS, **options), strict=True))
    expected = [known[text] if text.strip() else "" for text in TEXTS]
    assert translator.translate(TEXTS) == expected
    assert [translator.translate([text])[0] for text in TEXTS] == expected
    assert any(expected)


@pytest.mark.parametrize(
    ("family", "source", "prefix"),
    [("nllb", "hau_Latn", "hau_Latn"), ("nllb", "swa", "swh_Latn"), ("m2m100", "sw", "__sw__")],
)
def test_input_begins_with_the_source_language(models, family, source, prefix):
    tokenizer = TranslationTokenizer(models[family], "m", source, "en", None)
    ids, truncated = tokenizer.encode(["ruwa gida"])
    assert tokenizer.tokenizer.convert_ids_to_tokens(ids[0])[0] == prefix
    assert truncated == [False]


def test_marian_with_several_targets_is_told_the_target(models):
    tokenizer = TranslationTokenizer(models["multi"], "m", "ha", "en", None)
    ids, _ = tokenizer.encode(["ruwa"])
    assert tokenizer.tokenizer.convert_ids_to_tokens(ids[0])[0] == ">>eng<<"


def test_small100_puts_the_target_language_on_the_input(models, tmp_path):
    folder = tmp_path / "small100"
    shutil.copytree(models["m2m100"], folder)
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    settings["tokenizer_class"] = "SMALL100Tokenizer"
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    tokenizer = TranslationTokenizer(folder, "m", "ha", "en", None)
    ids, _ = tokenizer.encode(["ruwa"])
    assert tokenizer.tokenizer.convert_ids_to_tokens(ids[0])[0] == "__en__"
    assert tokenizer.first_id is None
    assert NeuralTranslator(
        folder, source="ha", device="cpu", num_beams=1, max_length=24
    ).translate(["ruwa"])


@pytest.mark.parametrize(
    ("family", "source", "target", "message"),
    [
        ("nllb", "tlh", "en", "does not know language 'tlh'.*hau_Latn"),
        ("m2m100", "ha", "tlh", "does not know language 'tlh'"),
        ("mbart50", "ha", "en", "does not know language 'ha'.*hi_IN"),
        ("multi", "ha", "de", "does not know language 'de'.*eng fra"),
        ("marian", "zu", "en", "declares source_lang='ha', not 'zu'"),
        ("marian", "ha", "fr", "declares target_lang='en', not 'fr'"),
    ],
)
def test_unknown_language(models, family, source, target, message):
    translator = NeuralTranslator(models[family], source=source, target=target)
    with pytest.raises(InputError, match=message):
        translator.translate(["ruwa"])


def test_half_precision_weights_run_in_float32(models, tmp_path):
    import torch
    from transformers import AutoModelForSeq2SeqLM

    folder = tmp_path / "half"
    shutil.copytree(models["marian"], folder)
    AutoModelForSeq2SeqLM.from_pretrained(folder, dtype=torch.float16).save_pretrained(folder)
    translator = NeuralTranslator(folder, source="ha", device="cpu")
    assert len(translator.translate(["ruwa"])) == 1
    assert translator._engine._model.dtype == torch.float32
    with pytest.raises(InputError, match=r"float16.*too slow"):
        NeuralTranslator(folder, source="ha", device="cpu", dtype="float16").translate(["ruwa"])


def test_long_input_is_truncated_and_named(models):
    translator = NeuralTranslator(
        models["marian"], source="ha", device="cpu", num_beams=1, max_length=24
    )
    documents = pd.DataFrame({"docno": ["d1", "d2"], "text": ["ruwa", "gida " * 100]})
    with pytest.warns(UserWarning, match=r"truncated to 24 tokens before translation: docno d2$"):
        result = translator.documents()(documents)
    assert result["text"].str.len().gt(0).all()


def test_queries_keep_the_original(models):
    translator = NeuralTranslator(
        models["marian"], source="ha", device="cpu", num_beams=1, max_length=24
    )
    queries = pd.DataFrame(
        {"qid": ["2", "1"], "query": ["ruwa gida", "wata"], "query_0": ["a", "b"]}, index=[5, 3]
    )
    result = translator.queries()(queries)
    assert result["qid"].tolist() == ["2", "1"]
    assert result["query"].tolist() == translator.translate(["ruwa gida", "wata"])
    assert result["query_0"].tolist() == ["ruwa gida", "wata"]
    assert result["query_1"].tolist() == ["a", "b"]
    assert queries.columns.tolist() == ["qid", "query", "query_0"]


@pytest.mark.parametrize("engine", ["transformers", "ctranslate2"])
def test_documents_in_an_indexing_pipeline(models, tmp_path, monkeypatch, engine):
    # With CTranslate2 in the same process, PISA would end in a segmentation fault.
    from pyterrier_pisa import PisaIndex

    monkeypatch.setenv("PYTERRIER_HOME", str(tmp_path))
    translator = NeuralTranslator(
        models["marian"], source="ha", device="cpu", num_beams=1, max_length=24, engine=engine
    )
    index = PisaIndex(str(tmp_path / "pisa"), text_field="text", stemmer="none", stops="none")
    documents = [{"docno": f"d{i}", "text": text} for i, text in enumerate(TEXTS) if text.strip()]
    (translator.documents() >> index).index(documents)
    word = max(translator.translate(["wata"])[0].split(), key=len)
    found = index.bm25()(pd.DataFrame({"qid": ["1"], "query": [word]}))
    assert "d6" in found["docno"].tolist()


def test_several_fields(models):
    translator = NeuralTranslator(
        models["marian"], source="ha", device="cpu", num_beams=1, max_length=24
    )
    documents = pd.DataFrame({"docno": ["d1"], "title": ["wata"], "text": ["ruwa"], "text_0": "x"})
    result = translator.documents(fields=("title", "text"))(documents)
    row = result.iloc[0]
    assert (row["title_0"], row["text_0"], row["text_1"]) == ("wata", "ruwa", "x")
    assert [row["title"], row["text"]] == translator.translate(["wata", "ruwa"])


def test_empty_frames_load_no_model(tmp_path):
    translator = NeuralTranslator(tmp_path / "absent", source="ha")
    queries = translator.queries()(pd.DataFrame(columns=["qid", "query"]))
    documents = translator.documents()(pd.DataFrame(columns=["docno", "text"]))
    assert set(queries.columns) == {"qid", "query", "query_0"}
    assert set(documents.columns) == {"docno", "text", "text_0"}


def test_a_missing_text_is_named(models):
    translator = NeuralTranslator(models["marian"], source="ha")
    with pytest.raises(InputError, match="docno d1: column 'text' holds None"):
        translator.documents()(pd.DataFrame({"docno": ["d1"], "text": [None]}))


def test_cache_answers_without_the_model(models, tmp_path):
    folder, path = tmp_path / "model", tmp_path / "cache.sqlite"
    shutil.copytree(models["marian"], folder)
    options = {"source": "ha", "device": "cpu", "cache": path}
    expected = NeuralTranslator(folder, **options).translate(TEXTS)
    assert len(TranslationCache(path)) == 4
    again = NeuralTranslator(folder, **options)
    assert again.translate(TEXTS) == expected
    assert "_engine" not in vars(again)
    # Other options and other weights are other translations.
    NeuralTranslator(folder, num_beams=1, **options).translate(["wata"])
    assert len(TranslationCache(path)) == 5
    before = fingerprint(folder)
    (folder / "generation_config.json").write_text("{}")
    assert fingerprint(folder) != before


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda folder: (folder / "config.json").unlink(), "no config.json"),
        (lambda folder: (folder / "config.json").write_text("{"), "not JSON"),
        (
            lambda folder: (folder / "config.json").write_text('{"model_type": "bert"}'),
            "'bert' model is not a seq2seq",
        ),
        (lambda folder: (folder / "model.safetensors").unlink(), "no safetensors weights"),
        (lambda folder: (folder / "model.safetensors").write_bytes(b"x" * 99), "cannot load it"),
        (lambda folder: (folder / "source.spm").unlink(), "cannot load its tokenizer"),
    ],
)
def test_broken_model_folders(models, tmp_path, change, message):
    folder = tmp_path / "broken"
    shutil.copytree(models["marian"], folder)
    change(folder)
    with pytest.raises(InputError, match=message) as error:
        NeuralTranslator(folder, source="ha", device="cpu").translate(["ruwa"])
    assert "\n" not in str(error.value)


def test_incomplete_weights_are_refused(models, tmp_path):
    from safetensors.torch import load_file, save_file

    folder = tmp_path / "part"
    shutil.copytree(models["marian"], folder)
    weights = load_file(folder / "model.safetensors")
    del weights["model.decoder.layers.0.fc1.weight"]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(InputError, match=r"lack 'model.decoder.layers.0.fc1.weight'"):
        NeuralTranslator(folder, source="ha", device="cpu").translate(["ruwa"])


def test_a_name_that_is_nowhere():
    with pytest.raises(InputError, match=r"no/such-model: .*local folder"):
        NeuralTranslator("no/such-model", source="ha").translate(["ruwa"])


@pytest.mark.parametrize(
    "options",
    [{"engine": "x"}, {"dtype": "int8"}, {"num_beams": 0}, {"batch_size": 0}, {"max_length": 1}],
)
def test_options_that_do_not_exist(options):
    with pytest.raises(InputError, match=next(iter(options))):
        NeuralTranslator("m", source="ha", **options)


def test_equality_by_value(tmp_path):
    one = NeuralTranslator("m", source="ha", cache=tmp_path / "c")
    same = NeuralTranslator("m", source="ha", cache=TranslationCache(tmp_path / "c"))
    assert one == same
    assert hash(one.queries()) == hash(same.queries())
    assert one.queries() == same.queries()
    assert one.documents() != same.documents(fields=("title",))
    assert one != NeuralTranslator("m", source="ig", cache=tmp_path / "c")


def test_no_warning_for_ordinary_use(models):
    translator = NeuralTranslator(
        models["marian"], source="ha", device="cpu", num_beams=1, max_length=24
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        translator.translate(["ruwa gida"])


TestQueryTranslation = pt.testing.transformer_test_class(
    lambda: NeuralTranslator("m", source="ha").queries()
)
TestDocumentTranslation = pt.testing.transformer_test_class(
    lambda: NeuralTranslator("m", source="ha").documents()
)
