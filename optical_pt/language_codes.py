"""Language codes: ISO 639 and 15924, FLORES-200, and what a model calls a language."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache


def _table(entries: str) -> dict[str, str]:
    return dict(entry.split(":") for entry in entries.split())


# ISO 639-1 code and FLORES-200 code (the names in NLLB). FLORES codes begin with ISO 639-3, so
# this is the table between the two ISO standards as well.
_FLORES = _table(
    """
    af:afr_Latn am:amh_Ethi ar:arb_Arab as:asm_Beng ay:ayr_Latn az:azj_Latn ba:bak_Cyrl be:bel_Cyrl
    bg:bul_Cyrl bm:bam_Latn bn:ben_Beng bo:bod_Tibt bs:bos_Latn ca:cat_Latn cs:ces_Latn cy:cym_Latn
    da:dan_Latn de:deu_Latn dz:dzo_Tibt ee:ewe_Latn el:ell_Grek en:eng_Latn eo:epo_Latn es:spa_Latn
    et:est_Latn eu:eus_Latn fa:pes_Arab ff:fuv_Latn fi:fin_Latn fj:fij_Latn fo:fao_Latn fr:fra_Latn
    ga:gle_Latn gd:gla_Latn gl:glg_Latn gn:grn_Latn gu:guj_Gujr ha:hau_Latn he:heb_Hebr hi:hin_Deva
    hr:hrv_Latn ht:hat_Latn hu:hun_Latn hy:hye_Armn id:ind_Latn ig:ibo_Latn is:isl_Latn it:ita_Latn
    ja:jpn_Jpan jv:jav_Latn ka:kat_Geor kg:kon_Latn ki:kik_Latn kk:kaz_Cyrl km:khm_Khmr kn:kan_Knda
    ko:kor_Hang kr:knc_Latn ks:kas_Arab ku:kmr_Latn ky:kir_Cyrl lb:ltz_Latn lg:lug_Latn li:lim_Latn
    ln:lin_Latn lo:lao_Laoo lt:lit_Latn lv:lvs_Latn mg:plt_Latn mi:mri_Latn mk:mkd_Cyrl ml:mal_Mlym
    mn:khk_Cyrl mr:mar_Deva ms:zsm_Latn mt:mlt_Latn my:mya_Mymr nb:nob_Latn ne:npi_Deva nl:nld_Latn
    nn:nno_Latn no:nob_Latn ny:nya_Latn oc:oci_Latn om:gaz_Latn or:ory_Orya pa:pan_Guru pl:pol_Latn
    ps:pbt_Arab pt:por_Latn qu:quy_Latn rn:run_Latn ro:ron_Latn ru:rus_Cyrl rw:kin_Latn sa:san_Deva
    sc:srd_Latn sd:snd_Arab sg:sag_Latn si:sin_Sinh sk:slk_Latn sl:slv_Latn sm:smo_Latn sn:sna_Latn
    so:som_Latn sq:als_Latn sr:srp_Cyrl ss:ssw_Latn st:sot_Latn su:sun_Latn sv:swe_Latn sw:swh_Latn
    ta:tam_Taml te:tel_Telu tg:tgk_Cyrl th:tha_Thai ti:tir_Ethi tk:tuk_Latn tl:tgl_Latn tn:tsn_Latn
    tr:tur_Latn ts:tso_Latn tt:tat_Cyrl tw:twi_Latn ug:uig_Arab uk:ukr_Cyrl ur:urd_Arab uz:uzn_Latn
    vi:vie_Latn wo:wol_Latn xh:xho_Latn yi:ydd_Hebr yo:yor_Latn zh:zho_Hans zu:zul_Latn
    """
)

# ISO 639-3 codes of macrolanguages and close relatives that FLORES names by one member.
_ISO1_OF_ISO3 = {flores[:3]: iso1 for iso1, flores in _FLORES.items() if iso1 != "nb"} | _table(
    """
    aka:ak ara:ar aym:ay aze:az cmn:zh ekk:et fas:fa fil:tl ful:ff kau:kr kur:ku lav:lv mlg:mg
    mon:mn msa:ms nep:ne nor:no ori:or orm:om pus:ps que:qu sqi:sq swa:sw uzb:uz yid:yi
    """
)


def iso_code(language: str) -> str:
    """The ISO 639-1 code of a language code, or its own first subtag if there is none.

    >>> iso_code("hau_Latn"), iso_code("swa"), iso_code("pt-BR"), iso_code("bem")
    ('ha', 'sw', 'pt', 'bem')
    """
    code = language.replace("-", "_").split("_")[0].lower()
    return _ISO1_OF_ISO3.get(code, code)


def iso3_code(language: str) -> str:
    """The ISO 639-3 code of a language code.

    >>> iso3_code("ha"), iso3_code("bem")
    ('hau', 'bem')
    """
    code = iso_code(language)
    return _FLORES[code][:3] if code in _FLORES else code


def script_code(language: str) -> str | None:
    """The ISO 15924 code of the script that a language is written in; None if not known.

    >>> script_code("ha"), script_code("ru"), script_code("sr-Latn"), script_code("bem")
    ('Latn', 'Cyrl', 'Latn', None)
    """
    for subtag in language.replace("-", "_").split("_")[1:]:
        if len(subtag) == 4 and subtag.isalpha():
            return subtag.title()
    flores = _FLORES.get(iso_code(language))
    return flores.partition("_")[2] if flores else None


def is_known(language: str) -> bool:
    """Whether the code is one of the languages listed in this module.

    >>> is_known("ha"), is_known("mul")
    (True, False)
    """
    return iso_code(language) in _FLORES


@lru_cache(maxsize=256)
def tells_dotless_i(language: str) -> bool:
    """Whether ı is another letter than i, with capitals I and İ.

    >>> tells_dotless_i("tr"), tells_dotless_i("azj_Latn"), tells_dotless_i("en")
    (True, True, False)
    """
    return iso_code(language) in ("tr", "az")


def find_code(language: str, available: Iterable[str]) -> str | None:
    """What a model calls a language, among the codes that it knows; None if it does not know it.

    A code that the model knows is taken as it is. Otherwise the FLORES code of the language, its
    ISO 639-1 or -3 code, and the only code that begins with one of these and a script or region.

    >>> find_code("ha", ["eng_Latn", "hau_Latn"]), find_code("swa", ["en", "sw"])
    ('hau_Latn', 'sw')
    >>> find_code("zh", ["en_XX", "zh_CN"]), find_code("bem", ["bem_Latn"]), find_code("ha", ["en"])
    ('zh_CN', 'bem_Latn', None)
    """
    codes = list(available)
    iso1, iso3 = iso_code(language), iso3_code(language)
    for candidate in (language, _FLORES.get(iso1), iso1, iso3):
        if candidate in codes:
            return candidate
    regional = [code for code in codes if code.split("_")[0] in (iso1, iso3)]
    return regional[0] if len(regional) == 1 else None
