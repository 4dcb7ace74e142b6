"""WordPiece tokenizers with the words of another language added."""

from __future__ import annotations

import copy
import random
from collections import Counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tiny_models import tiny_encoder
from tokenizers import Tokenizer
from tokenizers.models import BPE, WordLevel
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from optical_pt.errors import InputError
from optical_pt.models.fingerprint import query_modules
from optical_pt.models.piece_learning import learn_pieces, unknown_share
from optical_pt.models.tokenizer_extension import extend_tokenizer
from optical_pt.models.wordpieces import learn_wordpieces

ENGLISH = ["london", "##s", "river", "2024", "the"]
HINDI = ["लंदन में नदी है", "नदी में पानी है", "हिन्दी में किताब है", "किताब और पानी"]
THAI = ["ฉันรักแม่น้ำ", "แม่น้ำลอนดอนสวยมาก", "ฉันอยู่ในลอนดอน"]
CHINESE = ["我爱伦敦的河", "伦敦的河很美", "我在伦敦"]
HAUSA = ["Ina son London a 2024.", "kogin London", "Ina son kogin, ɗan uwa", "ɗan kogin"]


@pytest.fixture(scope="module")
def tokenizer():
    return query_modules(tiny_encoder(ENGLISH))[0].tokenizer


def extended(tokenizer, sentences, size=1000):
    return extend_tokenizer(tokenizer, learn_pieces(tokenizer, sentences, size=size))


def tokens(tokenizer, text):
    return tokenizer.convert_ids_to_tokens(tokenizer(text, add_special_tokens=False)["input_ids"])


def test_words_that_the_teacher_has_keep_their_tokens(tokenizer):
    new = extended(tokenizer, HAUSA)
    assert tokens(new, "Ina son London, 2024") == ["ina", "son", "london", ",", "2024"]
    for text in ["the river", "London 2024?", "londons the rivers"]:
        assert new(text)["input_ids"] == tokenizer(text)["input_ids"]


def test_new_entries_follow_the_old_ones_in_order(tokenizer):
    pieces = learn_pieces(tokenizer, HAUSA, size=1000)
    new = extend_tokenizer(tokenizer, pieces)
    assert len(new) == len(tokenizer) + len(pieces)
    assert new.convert_tokens_to_ids(pieces) == list(range(len(tokenizer), len(new)))
    old = tokenizer.get_vocab()
    assert {word: new.get_vocab()[word] for word in old} == old
    assert "ɗan" in pieces
    assert "uwa" not in pieces  # seen once


def test_more_characters_than_fragments_are_wanted(tokenizer):
    syllables = [chr(0xAC00 + number) for number in range(3200)]
    words = [a + b for a, b in zip(syllables, reversed(syllables), strict=True)]
    pieces = learn_pieces(tokenizer, words, size=10, fragments=3000)
    assert set(syllables) <= set(pieces)


def test_the_teachers_tokenizer_is_left_as_it_was(tokenizer):
    before = tokenizer.backend_tokenizer.to_str()
    extended(tokenizer, HAUSA + HINDI + THAI)
    assert tokenizer.backend_tokenizer.to_str() == before


def test_the_most_frequent_words_come_first_and_ties_by_name(tokenizer):
    sentences = ["zebra zebra zebra", "mota mota", "abu abu", "guda"]
    characters = {"z", "e", "b", "r", "a", "m", "o", "t", "u", "g", "d"}
    pieces = learn_pieces(tokenizer, sentences, size=2)
    assert [piece for piece in pieces if len(piece.removeprefix("##")) > 1] == ["zebra", "abu"]
    assert not characters & set(pieces)  # the tokenizer has these


def test_hindi_vowel_signs_are_kept(tokenizer):
    new = extended(tokenizer, HINDI)
    assert tokens(new, "पानी में है") == ["पानी", "में", "है"]
    # Unseen words fall into characters, vowel signs among them.
    assert "".join(token.removeprefix("##") for token in tokens(new, "नीदा")) == "नीदा"
    assert tokens(new, "में") != tokens(new, "म")


@pytest.mark.parametrize("sentences", [HINDI, THAI, CHINESE, HAUSA], ids=["hi", "th", "zh", "ha"])
@pytest.mark.parametrize("size", [1, 20, 1000])
def test_nothing_seen_is_unknown(tokenizer, sentences, size):
    new = extended(tokenizer, sentences, size=size)
    for sentence in sentences:
        assert "[UNK]" not in tokens(new, sentence)
        assert "[UNK]" not in tokens(new, sentence.replace(" ", "") * 20)


def test_unspaced_scripts_get_fragments_longer_than_a_character(tokenizer):
    new = extended(tokenizer, THAI * 3)
    assert max(len(token.removeprefix("##")) for token in tokens(new, THAI[1])) > 2


def test_accents_go_as_in_bert_but_not_the_letters_below(tokenizer):
    new = extended(tokenizer, ["Ọmọ Élan ɗan"] * 2)
    assert tokens(new, "ọmọ ÉLAN Ɗan") == ["omo", "elan", "ɗan"]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_any_text_becomes_known_once_it_was_seen(tokenizer, text):
    new = extended(tokenizer, [text])
    assume(new is not tokenizer)  # without new pieces
    assert "[UNK]" not in tokens(new, text)


@pytest.mark.parametrize("sentences", [HINDI, THAI, CHINESE, HAUSA], ids=["hi", "th", "zh", "ha"])
def test_a_saved_tokenizer_gives_the_same_tokens(tokenizer, sentences, tmp_path):
    new = extended(tokenizer, sentences)
    new.save_pretrained(tmp_path)
    for cls in (AutoTokenizer, PreTrainedTokenizerFast):
        again = cls.from_pretrained(tmp_path)
        for sentence in [*sentences, "London's river, 2024", "É ọ नीदा แม่"]:
            assert again(sentence)["input_ids"] == new(sentence)["input_ids"]


def test_an_extended_tokenizer_can_be_extended(tokenizer):
    both = extended(extended(tokenizer, HAUSA), HINDI)
    assert tokens(both, "Ina son London में है") == ["ina", "son", "london", "में", "है"]


def test_tokens_added_to_the_teachers_own_keep_their_ids(tokenizer):
    colbert = copy.deepcopy(tokenizer)
    colbert.add_tokens(["[Q]", "[D]"])
    ids = colbert.convert_tokens_to_ids(["[Q]", "[D]"])
    new = extend_tokenizer(colbert, ["nyumba", "mto"])
    assert new.convert_tokens_to_ids(["[Q]", "[D]"]) == ids
    assert new.convert_tokens_to_ids(["nyumba", "mto"]) == [len(colbert), len(colbert) + 1]
    assert new("[Q] the")["input_ids"] == colbert("[Q] the")["input_ids"]
    assert len(new) == len(colbert) + 2


def test_special_tokens_and_length_are_kept(tokenizer):
    new = extended(tokenizer, HAUSA)
    assert new.special_tokens_map == tokenizer.special_tokens_map
    assert new.model_max_length == tokenizer.model_max_length
    assert new("the")["input_ids"] == tokenizer("the")["input_ids"]


def test_a_piece_that_is_there_already_is_refused(tokenizer):
    with pytest.raises(InputError, match="piece 'river' is in the tokenizer already"):
        extend_tokenizer(tokenizer, ["kogi", "river"])
    with pytest.raises(InputError, match="piece 'kogi' is in the tokenizer already"):
        extend_tokenizer(tokenizer, ["kogi", "kogi"])


@pytest.mark.parametrize("model", [BPE(), WordLevel({"[UNK]": 0}, unk_token="[UNK]")])
def test_other_kinds_of_tokenizers_are_refused(model):
    other = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(model))
    with pytest.raises(InputError, match="not WordPiece"):
        extend_tokenizer(other, ["kogi"])
    with pytest.raises(InputError, match="not WordPiece"):
        learn_pieces(other, HAUSA, size=5)


def test_no_sentences_need_no_pieces(tokenizer):
    assert learn_pieces(tokenizer, [], size=10) == []
    assert learn_pieces(tokenizer, ["", "  "], size=10) == []


def test_parts_of_words_cover_words_that_were_never_seen(tokenizer):
    draw = random.Random(0)
    prefixes = ["ku", "nga", "yase", "ezi", "uku", "kwa", "oma", "sibo"]
    syllables = [consonant + vowel for consonant in "bdfghklmnpstvz" for vowel in "aeiou"]
    stems = ["".join(draw.choices(syllables, k=3)) for _ in range(150)]
    words = [prefix + stem for prefix in prefixes for stem in stems]
    draw.shuffle(words)
    unseen, text = words[:100], [f"{word} {word}" for word in words[100:]]
    pieces = learn_pieces(tokenizer, text, size=5000, fragments=400)
    whole, parts = extended(tokenizer, text, size=5000), extend_tokenizer(tokenizer, pieces)
    assert tokens(parts, words[200]) == [words[200]]  # known words stay whole
    lengths = [sum(len(tokens(each, word)) for word in unseen) for each in (whole, parts)]
    assert lengths[1] < 0.5 * lengths[0]
    assert pieces == learn_pieces(tokenizer, text, size=5000, fragments=400)


@pytest.mark.parametrize("sentences", [[], ["a"], ["2024 !"], ["ab"], ["aa aa"]])
def test_too_little_text_for_parts_is_no_error(tokenizer, sentences):
    pieces = learn_pieces(tokenizer, sentences, size=10, fragments=5)
    assert len(extend_tokenizer(tokenizer, pieces)) == len(tokenizer) + len(pieces)


def test_unknown_share_is_that_of_running_words_not_seen_twice_elsewhere(tokenizer):
    assert unknown_share(tokenizer, ["london the river"] * 10) == 0
    assert unknown_share(tokenizer, [f"a{chr(97 + i)}b the" for i in range(20)]) == 0.5
    assert unknown_share(tokenizer, []) == 0


def test_the_same_words_give_the_same_pieces():
    rng = random.Random(0)
    words = ["".join(rng.choices("aeioumnbk\u0e01\u0e02\u0e03", k=6)) for _ in range(400)]
    counts = dict(Counter(words))
    learnt = learn_wordpieces(counts, 300)
    assert len(learnt) == 300
    assert all(learn_wordpieces(counts, 300) == learnt for _ in range(5))
    letters = sorted(set("".join(words)))
    assert learnt[: 2 * len(letters)] == [*letters, *(f"##{letter}" for letter in letters)]
