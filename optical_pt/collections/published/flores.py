"""FLORES-200: 997 (dev) and 1,012 (devtest) Wikipedia sentences in some 200 languages.

NLLB team 2022, https://arxiv.org/abs/2207.04672. One archive with a file a language and part,
aligned by line. Size and sum were recorded by several independent users of the published archive,
not by us.
"""

from __future__ import annotations

from optical_pt.collections.download import Files, PublishedFile
from optical_pt.collections.entry import CollectionEntry, Sizes, View
from optical_pt.collections.published.archives import tar_members, text_lines
from optical_pt.collections.published.codes import short_code
from optical_pt.collections.published.parallel import align, translations_to_find
from optical_pt.collections.published.records import PublishedCollection, Records

ARCHIVE = PublishedFile(
    path="flores/flores200_dataset.tar.gz",
    url="https://dl.fbaipublicfiles.com/nllb/flores200_dataset.tar.gz",
    size=25585843,
    sha256="b8b0b76783024b85797e5cc75064eb83fc5288b41e9654dabc7be6ae944011f6",
)

_CODES = """
ace_Latn acm_Arab acq_Arab aeb_Arab afr_Latn ajp_Arab aka_Latn amh_Ethi apc_Arab arb_Arab
ars_Arab ary_Arab arz_Arab asm_Beng ast_Latn awa_Deva ayr_Latn azb_Arab azj_Latn bak_Cyrl
bam_Latn ban_Latn bel_Cyrl bem_Latn ben_Beng bho_Deva bjn_Latn bod_Tibt bos_Latn bug_Latn
bul_Cyrl cat_Latn ceb_Latn ces_Latn cjk_Latn ckb_Arab crh_Latn cym_Latn dan_Latn deu_Latn
dik_Latn dyu_Latn dzo_Tibt ell_Grek epo_Latn est_Latn eus_Latn ewe_Latn fao_Latn pes_Arab
fij_Latn fin_Latn fon_Latn fra_Latn fur_Latn fuv_Latn gla_Latn gle_Latn glg_Latn grn_Latn
guj_Gujr hat_Latn hau_Latn heb_Hebr hin_Deva hne_Deva hrv_Latn hun_Latn hye_Armn ibo_Latn
ilo_Latn ind_Latn isl_Latn ita_Latn jav_Latn jpn_Jpan kab_Latn kac_Latn kam_Latn kan_Knda
kas_Arab kat_Geor knc_Latn kaz_Cyrl kbp_Latn kea_Latn khm_Khmr kik_Latn kin_Latn kir_Cyrl
kmb_Latn kon_Latn kor_Hang kmr_Latn lao_Laoo lvs_Latn lij_Latn lim_Latn lin_Latn lit_Latn
lmo_Latn ltg_Latn ltz_Latn lua_Latn lug_Latn luo_Latn lus_Latn mag_Deva mai_Deva mal_Mlym
mar_Deva min_Latn mkd_Cyrl plt_Latn mlt_Latn mni_Beng khk_Cyrl mos_Latn mri_Latn zsm_Latn
mya_Mymr nld_Latn nno_Latn nob_Latn npi_Deva nso_Latn nus_Latn nya_Latn oci_Latn gaz_Latn
ory_Orya pag_Latn pan_Guru pap_Latn pol_Latn por_Latn prs_Arab pbt_Arab quy_Latn ron_Latn
run_Latn rus_Cyrl sag_Latn san_Deva sat_Olck scn_Latn shn_Mymr sin_Sinh slk_Latn slv_Latn
smo_Latn sna_Latn snd_Arab som_Latn sot_Latn spa_Latn als_Latn srd_Latn srp_Cyrl ssw_Latn
sun_Latn swe_Latn swh_Latn szl_Latn tam_Taml tat_Cyrl tel_Telu tgk_Cyrl tgl_Latn tha_Thai
tir_Ethi taq_Latn tpi_Latn tsn_Latn tso_Latn tuk_Latn tum_Latn tur_Latn twi_Latn tzm_Tfng
uig_Arab ukr_Cyrl umb_Latn urd_Arab uzn_Latn vec_Latn vie_Latn war_Latn wol_Latn xho_Latn
ydd_Hebr yor_Latn yue_Hant zho_Hans zul_Latn
"""
_OTHER_SCRIPTS = "ace_Arab arb_Latn bjn_Arab kas_Deva knc_Arab min_Arab taq_Tfng zho_Hant"

CODES = {short_code(code.partition("_")[0]): code for code in _CODES.split()}
"""Code in the archive by the code in names."""

SCRIPTS = {
    (short_code(code.partition("_")[0]), code.partition("_")[2]): code
    for code in _OTHER_SCRIPTS.split()
}
"""Code in the archive of a second script, by language and script."""

PARTS = {"dev": 997, "devtest": 1012}
"""Number of sentences of each part."""


def sentences(files: Files, language: str, split: str) -> list[tuple[str, str, str]]:
    """(line number from 0, foreign sentence, English sentence), in file order.

    ``split`` is ``"dev"`` or ``"devtest"``, or with a second script ``"dev/Hant"``.
    """
    part, _, script = split.partition("/")
    code = SCRIPTS[language, script] if script else CODES[language]
    names = tuple(f"flores200_dataset/{part}/{name}.{part}" for name in (code, "eng_Latn"))
    path = files.path(ARCHIVE)
    found = tar_members(path, names)
    foreign, english = (
        (text_lines(found[name], f"{path}: {name}"), f"{path}: {name}") for name in names
    )
    return align(foreign, english)


def build(files: Files, view: View) -> Records:
    """Sentences of one side, and their translations to find."""
    return translations_to_find(files, view, sentences, lambda language, split: (ARCHIVE,))


def _open(view: View) -> PublishedCollection:
    return PublishedCollection(view, (view.query_language,), build)


def _sizes(view: View) -> Sizes:
    number = PARTS[view.split.partition("/")[0]]
    return Sizes(number, number)


def _entry(
    pairs: tuple[tuple[str, str], ...], splits: tuple[str, ...] = tuple(PARTS)
) -> CollectionEntry:
    return CollectionEntry(
        collection="flores",
        title="Bitext retrieval on Wikipedia: FLORES-200's sentences to or from English",
        pairs=pairs,
        splits=splits,
        licence="CC BY-SA 4.0",
        access="free",
        source="facebookresearch/flores",
        url="https://arxiv.org/abs/2207.04672",
        open=_open,
        sizes=_sizes,
    )


ENTRIES: tuple[CollectionEntry, ...] = (
    _entry(tuple((code, "en") for code in CODES)),
    _entry(tuple(("en", code) for code in CODES)),
    *(
        _entry(((code, "en"), ("en", code)), tuple(f"{part}/{script}" for part in PARTS))
        for code, script in SCRIPTS
    ),
)
