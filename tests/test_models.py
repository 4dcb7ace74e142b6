"""A late-interaction model and its transformers."""

from __future__ import annotations

import string

import numpy as np
import pandas as pd
import pyterrier as pt
import pytest
from collection_folders import one_line
from sentence_transformers.multi_vector_encoder.modules import HierarchicalTokenPooling
from tiny_models import change_a_weight, student_with, tiny_encoder

from optical_pt import InputError, LateInteraction, TokenIndex, bm25_index
from optical_pt.maxsim import maxsim
from optical_pt.models.student import copy_query_side, join_sides, resolve_skiplist

WORDS = ["lion", "tiger", "bee", "honey", "live", "fly", "the", "in", "make"]
DOCUMENTS = [
    {"docno": "d1", "text": "the lion live in pride"},
    {"docno": "d2", "text": "tiger live alone"},
    {"docno": "d3", "text": "the bee make honey"},
    {"docno": "d4", "text": ""},
]
QUERIES = pd.DataFrame({"qid": ["1", "2"], "query": ["lion live", "honey bee"]})
QRELS = pd.DataFrame({"qid": ["1", "2"], "docno": ["d1", "d3"], "label": [1, 1]})


@pytest.fixture(scope="module")
def model() -> LateInteraction:
    return LateInteraction.from_encoder(tiny_encoder(WORDS), "tiny")


@pytest.fixture(scope="module")
def index(model, tmp_path_factory) -> TokenIndex:
    path = tmp_path_factory.mktemp("models") / "index"
    return (model.doc_encoder() >> TokenIndex(path)).index(DOCUMENTS)


def unloadable() -> LateInteraction:
    return LateInteraction("/no/such/model")


def test_encodings_are_unit_vectors_of_the_declared_type(model):
    (query,) = model.encode_queries(["lion live"])
    assert query.dtype == np.float32
    assert query.shape == (4, 32)  # with [CLS] and [SEP]
    np.testing.assert_allclose(np.linalg.norm(query, axis=1), 1, atol=1e-5)
    (document,) = model.encode_documents(["the lion live"])
    assert document.dtype == np.float16
    assert document.shape == (5, 32)
    np.testing.assert_allclose(np.linalg.norm(document.astype(float), axis=1), 1, atol=1e-2)


def test_texts_are_cut_at_the_length_of_their_side(model):
    long = "lion " * 100
    assert len(model.encode_queries([long])[0]) == 24
    assert len(model.encode_documents([long])[0]) == 48


def test_order_and_company_make_no_difference(model):
    texts = ["lion", "the lion live in the honey", "", "bee " * 30, "tiger fly", "lion"]
    for encode, tolerance in ((model.encode_queries, 1e-5), (model.encode_documents, 0.02)):
        together = encode(texts)
        backwards = encode(texts[::-1])[::-1]
        for text, first, second in zip(texts, together, backwards, strict=True):
            (alone,) = encode([text])
            np.testing.assert_allclose(first, second, atol=tolerance)
            np.testing.assert_allclose(first, alone, atol=tolerance)


def test_encoding_nothing(model):
    assert model.encode_queries([]) == []
    assert model.encode_documents([]) == []


def test_query_encoder_adds_columns_and_keeps_rows(model):
    queries = pd.DataFrame(
        {"qid": ["1", "2", "3"], "query": ["lion", "bee", "lion"], "query_0": "x"}, index=[4, 4, 1]
    )
    encoded = model.query_encoder()(queries)
    assert list(encoded.index) == [4, 4, 1]
    assert list(encoded.columns) == ["qid", "query", "query_0", "query_embs", "embs_model"]
    assert set(encoded["embs_model"]) == {model.fingerprint}
    for text, embeddings in zip(encoded["query"], encoded["query_embs"], strict=True):
        # Products of other shapes may round otherwise.
        (alone,) = model.encode_queries([text])
        np.testing.assert_allclose(embeddings, alone, atol=1e-6)


def test_doc_encoder_joins_fields_and_takes_missing_text_as_empty(model):
    documents = pd.DataFrame(
        {"docno": ["a", "b"], "title": ["lion", np.nan], "text": ["live", "tiger"]}, index=[3, 3]
    )
    encoded = model.doc_encoder(fields=("title", "text"))(documents)
    for text, embeddings in zip(["lion live", "tiger"], encoded["doc_embs"], strict=True):
        (alone,) = model.encode_documents([text])
        np.testing.assert_allclose(embeddings, alone, atol=0.02)
    assert set(encoded["embs_model"]) == {model.fingerprint}


def test_queries_that_are_no_text(model):
    queries = pd.DataFrame({"qid": ["1", "2"], "query": ["lion", 7]})
    results = queries.assign(docno="d", text="lion", score=0.0)
    with pytest.raises(InputError, match="qid 2: the query is 7, which is no text"):
        model.text_scorer()(results)
    with pytest.raises(InputError, match="query '2' is 7: give a string"):
        model.query_encoder()(queries)


def test_doc_encoder_takes_the_name_of_one_field(model):
    documents = pd.DataFrame({"docno": ["d1"], "body": ["lion live"]})
    encoded = model.doc_encoder(fields="body")(documents)
    np.testing.assert_array_equal(encoded["doc_embs"][0], model.encode_documents(["lion live"])[0])
    assert model.doc_encoder(fields="body") == model.doc_encoder(fields=("body",))
    with pytest.raises(InputError, match="fields="):
        model.doc_encoder(fields=())


@pytest.mark.parametrize("text", [3, ["lion"], {"text": "lion"}])
def test_documents_that_are_no_text_are_refused(model, text):
    documents = pd.DataFrame({"docno": ["d1", "d2"], "text": ["lion", text]})
    with pytest.raises(InputError, match=r"document d2: its text is .* which is no text"):
        model.doc_encoder()(documents)
    results = documents.assign(qid="1", query="lion", score=0.0, rank=0)
    with pytest.raises(InputError, match=r"document d2: its text is .* which is no text"):
        model.text_scorer()(results)


def test_batches_of_other_sizes_give_the_same_embeddings(model):
    texts = ["lion live", "the bee make honey in the", "", "tiger"]
    small = LateInteraction("tiny", batch_tokens=1)
    small.encoder = model.encoder
    for one, other in zip(
        small.encode_documents(texts), model.encode_documents(texts), strict=True
    ):
        np.testing.assert_allclose(one, other, atol=2e-2)
    with pytest.raises(InputError, match="batch_tokens=0"):
        LateInteraction("tiny", batch_tokens=0)


def test_text_scorer_takes_missing_text_as_empty(model):
    results = pd.DataFrame({"qid": "1", "query": "lion", "docno": ["a", "b"], "text": [None, ""]})
    scored = model.text_scorer()(results)
    assert list(scored["docno"]) == ["a", "b"]
    assert scored["score"].nunique() == 1


def test_text_scorer_is_maxsim_of_the_encodings(model):
    results = QUERIES.merge(pd.DataFrame(DOCUMENTS), how="cross").assign(score=0.0, rank=0)
    results.index = [0] * len(results)
    scored = model.text_scorer()(results)
    assert len(scored) == 8
    for row in scored.itertuples():
        (query,), (document,) = (
            model.encode_queries([row.query]),
            model.encode_documents([row.text]),
        )
        assert row.score == pytest.approx(maxsim(query, document), abs=0.02)
    for _, group in scored.groupby("qid"):
        assert group["score"].is_monotonic_decreasing
        assert list(group["rank"]) == [0, 1, 2, 3]


def test_search_scorer_and_text_scorer_agree(model, index):
    found = (model.query_encoder() >> index.retriever())(QUERIES)
    reranked = index.scorer()(found)
    texts = found.merge(pd.DataFrame(DOCUMENTS), on="docno")
    from_text = model.text_scorer()(texts)
    scores = found.set_index(["qid", "docno"])["score"]
    for others in (reranked, from_text):
        others = others.set_index(["qid", "docno"])["score"].reindex(scores.index)
        np.testing.assert_allclose(others, scores, atol=0.06)


def test_reranking_bm25_by_stored_embeddings(model, index, tmp_path):
    bm25 = bm25_index(DOCUMENTS, tmp_path / "bm25", fields=("text",)).retriever(3)
    results = (bm25 >> model.query_encoder() >> index.scorer())(QUERIES)
    assert set(results[results["qid"] == "1"]["docno"]) == {"d1", "d2"}
    assert set(results[results["qid"] == "2"]["docno"]) == {"d3"}
    (query,) = model.encode_queries(["honey bee"])
    stored = np.array(index.tokens[index.starts[2] : index.starts[2] + index.lengths[2]])
    only = results[results["qid"] == "2"]["score"].item()
    assert only == pytest.approx(maxsim(query, stored), abs=1e-5)


def test_experiment_shares_a_prefix_and_keeps_the_numbers(model, index):
    encoder = model.query_encoder()
    systems = [
        encoder >> index.retriever(),
        encoder >> index.retriever(2),
        encoder >> index.retriever() % 1,
    ]
    by_plan = [
        pt.Experiment(systems, QUERIES, QRELS, ["map", "recip_rank"], plan=plan).drop(
            columns="name"
        )
        for plan in ("linear", "tree")
    ]
    pd.testing.assert_frame_equal(*by_plan)


def test_schematic_of_a_search(index):
    drawing = pt.schematic.draw(unloadable().query_encoder() >> index.retriever())
    assert "Query Encoder" in drawing
    assert "MaxSim Retriever" in drawing


def test_inspection_does_not_load_the_model():
    model = unloadable()
    cases = [
        (model.query_encoder(), ["qid", "query"], {"query_embs", "embs_model"}),
        (model.doc_encoder(), ["docno", "text"], {"doc_embs", "embs_model"}),
        (model.text_scorer(), ["qid", "query", "docno", "text"], {"score", "rank"}),
    ]
    for transformer, columns, added in cases:
        outputs = pt.inspect.transformer_outputs(transformer, columns)
        assert set(outputs) == {*columns, *added}
        with pytest.raises(pt.validate.InputValidationError):
            transformer(pd.DataFrame(columns=["docno"]))
    with pytest.raises(InputError, match="no such model"):
        model.query_encoder()(QUERIES)


TestQueryEncoder = pt.testing.transformer_test_class(lambda: unloadable().query_encoder())
TestDocEncoder = pt.testing.transformer_test_class(lambda: unloadable().doc_encoder())
TestTextScorer = pt.testing.transformer_test_class(lambda: unloadable().text_scorer())


def test_equality_hash_and_repr():
    roles = [
        lambda model: model,
        lambda model: model.query_encoder(),
        lambda model: model.doc_encoder(),
        lambda model: model.text_scorer(),
    ]
    for role in roles:
        one, same = (
            role(LateInteraction("a", device="cpu")),
            role(LateInteraction("a", device="cpu")),
        )
        assert one == same
        assert hash(one) == hash(same)
        assert repr(one) == repr(same)
        assert one != role(LateInteraction("b", device="cpu"))
        assert one != role(LateInteraction("a", revision="r", device="cpu"))
        assert one != "a"
    model = LateInteraction("a")
    assert model.doc_encoder() != model.doc_encoder(fields=("title", "text"))
    assert model.text_scorer() != model.text_scorer(field="body")
    assert repr(model.query_encoder()) == "LateInteraction('a').query_encoder()"
    assert repr(model.text_scorer()) == "LateInteraction('a').text_scorer(field='text')"


def test_documents_of_a_model_that_pools_tokens(model):
    encoder = tiny_encoder(WORDS)
    encoder.append(HierarchicalTokenPooling(pool_factor=2, num_protected_tokens=0))
    pooling = LateInteraction.from_encoder(encoder, "pooling")
    document = "lion live savanna zebra"
    (all_tokens,), (pooled,) = (side.encode_documents([document]) for side in (model, pooling))
    assert len(pooled) == len(all_tokens) // 2
    assert pooled.dtype == np.float16
    assert np.isfinite(pooled).all()


def test_a_student_searches_its_teachers_index_and_another_model_does_not(model, index, tmp_path):
    student = copy_query_side(model.encoder)
    change_a_weight(student)
    LateInteraction.from_encoder(join_sides(student, model.encoder), "new").save(tmp_path / "ha")
    loaded = LateInteraction(tmp_path / "ha", device="cpu")
    assert len((loaded.query_encoder() >> index.retriever(2))(QUERIES)) == 4
    other = LateInteraction.from_encoder(student, "student alone")
    with pytest.raises(InputError) as raised:
        (other.query_encoder() >> index.retriever())(QUERIES)
    assert other.fingerprint in one_line(raised)


def test_a_released_student_skips_the_words_that_its_teacher_skips(tmp_path):
    teacher = tiny_encoder(WORDS)
    teacher[1].skiplist_words = [*string.punctuation, "the"]
    resolve_skiplist(teacher)
    pieces = ["zaki", "zuma"]
    student = student_with(teacher, pieces, small_embeddings(len(pieces)))
    LateInteraction.from_encoder(join_sides(student, teacher), "new").save(tmp_path / "ha")
    loaded = LateInteraction(tmp_path / "ha", device="cpu")
    wrapped = LateInteraction.from_encoder(teacher, "teacher")
    assert loaded.fingerprint == wrapped.fingerprint
    texts = ["the lion. live, in?", "the . ,", "honey"]
    for mine, theirs in zip(
        loaded.encode_documents(texts), wrapped.encode_documents(texts), strict=True
    ):
        np.testing.assert_array_equal(mine, theirs)
    lengths = [len(embeddings) for embeddings in loaded.encode_documents(texts)]
    assert lengths == [2 + 3, 2, 2 + 1]
    assert len(loaded.encode_queries(["the zaki."])[0]) == 5


def small_embeddings(rows: int):
    import torch

    return torch.full((rows, 32), 0.01)


def test_a_document_of_skipped_words_has_no_tokens_and_scores_zero(tmp_path):
    encoder = tiny_encoder(WORDS)
    encoder[1].skiplist_words = ["the", "[CLS]", "[SEP]"]
    resolve_skiplist(encoder)
    model = LateInteraction.from_encoder(encoder, "skips")
    documents = [{"docno": "none", "text": "the the"}, {"docno": "some", "text": "the lion"}]
    index = (model.doc_encoder() >> TokenIndex(tmp_path / "index")).index(documents)
    assert list(index.lengths) == [0, 1]
    found = (model.query_encoder() >> index.retriever())(QUERIES)
    assert set(found[found["docno"] == "none"]["score"]) == {0.0}
    assert len(found) == 4
