"""Multi30k: captions of photographs in German, French and Czech, to match with the English ones.

Elliott et al. 2016, https://arxiv.org/abs/1605.00459, task 1. Sizes and sums are those of our
copies, whose gzip headers are the publisher's (of 2017 and 2018). One caption a line.
"""

from __future__ import annotations

from optical_pt.collections.download import Files, PublishedFile
from optical_pt.collections.entry import CollectionEntry, Sizes, View
from optical_pt.collections.published.archives import read_bytes, text_lines
from optical_pt.collections.published.parallel import Lines, align, translations_to_find
from optical_pt.collections.published.records import PublishedCollection, Records

_SUMS = """
test_2016_flickr.cs 22572 200a4a74cc9560f051924abb9803be008d1908d77f747e9141aeb86dfd2797f1
test_2016_flickr.de 22890 9204244e408ccb38d2a55cfcd344df15005fc42a07a6e55ca6c52b6ababb8cc8
test_2016_flickr.en 21077 611d361c6334bc7246101d48097c13cf5c4413c5befc793cc629934359d532d9
test_2016_flickr.fr 22310 6d326e188d259fb1d04ac19eae3af956559b3a0b93d7635e56c90987c40c8b90
test_2017_flickr.de 21471 a2c89666db00c495cd8513b9d708d5a3acc205d7de312ef2bf5fb7ebc1540aee
test_2017_flickr.en 19138 76a444ee25172e72695cddb13ae4a3bda59430617be88e0bb46b60504f054074
test_2017_flickr.fr 20434 3ba671ceb2299f3304ffafefea7a833d08632fbaf0ba18546f8a2ec2391af496
test_2017_mscoco.de 10230 799e4854c25d601cb6cb6be29eabe5667734c61ace2f495e03e429031a0bc338
test_2017_mscoco.en 8844 aab300bfb4427697987e02cd0aacd44bfe8aa50456231b6474c08038bbed2b58
test_2017_mscoco.fr 9751 754f3072ba9f124569ba5258b32730fc1d214bbf8e0c6dfb2b74401676220db0
test_2018_flickr.cs 25181 7d0a9db904f94c554a8c58049a9f3a5357c27f46cc3d710d70cb0b4a2585b8c2
test_2018_flickr.de 26461 ddd0130c7d97482dc5197a02141dae8dd79f20f03586c480d675c09a32daf608
test_2018_flickr.en 23514 ef4f4844037d4c5dea75c9a8ed5fd78905967a26f67c255e230cc9780032654d
test_2018_flickr.fr 25321 fb2b83fcceb937a4f7e3e93c1c51c22aba92f1e342391e6b5ba392b16a920501
train.cs 593827 a65adb8b32e3bc664f21ecba7a6e7f6950fd1f405e135f7c312faabdb6255077
train.de 637044 726e39b2fa9eb9ffb6dc763fb35a179f80fae06ffc5d28b6ace5faa883de28a6
train.en 568929 d79cfa999dd4c51d2cb42499b6796d5a882c3a8a961923c25a898c90f8bbd56f
train.fr 604242 622e75069e9f4c577425c4f277116ce66e63a2401c0a2312d90073cb12379a3c
val.cs 22096 b63226e05c4bd5dd6a42897d74b86a1b9d2c31498252c572b1ea7f7996927fcc
val.de 24681 f0cba2f995189cf5770f29a8a9a537a3ad3f51657ad873405082ff6863a5e75a
val.en 21650 14f7d25ddd868909a9213e361768460edcacdd6ab9d1e77b92560dc10c10dc28
val.fr 23001 ca3106f1a72390591d25f6c45cb4cd39dec4cd3f123e099748a3ce5256c160e9
"""

FILES = {
    name: PublishedFile(
        path=f"multi30k/{name}.gz",
        url=f"https://github.com/multi30k/dataset/raw/master/data/task1/raw/{name}.gz",
        size=int(size),
        sha256=sha256,
    )
    for name, size, sha256 in (line.split() for line in _SUMS.split("\n") if line)
}

SPLITS = {
    "train": "train",
    "val": "val",
    "test-2016": "test_2016_flickr",
    "test-2017": "test_2017_flickr",
    "test-2017-mscoco": "test_2017_mscoco",
    "test-2018": "test_2018_flickr",
}
"""Name in the files by the split's name."""

_CAPTIONS = {
    "train": 29000,
    "val": 1014,
    "test-2016": 1000,
    "test-2017": 1000,
    "test-2017-mscoco": 461,
    "test-2018": 1071,
}


def captions(files: Files, language: str, split: str) -> list[tuple[str, str, str]]:
    """(line number from 0, foreign caption, English caption), in file order."""
    return align(_lines(files, language, split), _lines(files, "en", split))


def build(files: Files, view: View) -> Records:
    """Captions of one language, and the English captions of the same photographs."""
    return translations_to_find(
        files, view, captions, lambda language, split: (FILES[f"{SPLITS[split]}.en"],)
    )


def _lines(files: Files, language: str, split: str) -> Lines:
    path = files.path(FILES[f"{SPLITS[split]}.{language}"])
    return text_lines(read_bytes(path), str(path)), str(path)


def _open(view: View) -> PublishedCollection:
    return PublishedCollection(view, (view.query_language,), build)


def _sizes(view: View) -> Sizes:
    return Sizes(_CAPTIONS[view.split], _CAPTIONS[view.split])


def _entry(languages: tuple[str, ...], splits: tuple[str, ...]) -> CollectionEntry:
    return CollectionEntry(
        collection="multi30k",
        title="Caption retrieval: find the English caption of the photograph that a caption is of",
        pairs=tuple((code, "en") for code in languages),
        splits=splits,
        licence="non-commercial research (of Flickr30k, which the captions come from)",
        access="free",
        source="multi30k/dataset",
        url="https://arxiv.org/abs/1605.00459",
        open=_open,
        sizes=_sizes,
    )


ENTRIES: tuple[CollectionEntry, ...] = (
    _entry(("de", "fr"), tuple(SPLITS)),
    _entry(("cs",), ("train", "val", "test-2016", "test-2018")),
)
