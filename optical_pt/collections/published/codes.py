"""ISO 639-1 codes for the ISO 639-3 codes that published files are named with."""

from __future__ import annotations

_TWO_LETTERS = """
afr af amh am ara ar arb ar asm as aze az azj az bak ba bam bm bel be ben bn bod bo bos bs bre br
bul bg cat ca ces cs cha ch cmn zh cor kw cym cy dan da deu de div dv dzo dz ell el eng en epo eo
est et eus eu ewe ee fao fo fas fa fij fj fin fi fra fr fry fy gla gd gle ga glg gl grn gn guj gu
hat ht hau ha heb he hin hi hrv hr hun hu hye hy ibo ig ido io ile ie ina ia ind id isl is ita it
jav jv jpn ja kan kn kas ks kat ka kaz kk khk mn khm km kik ki kin rw kir ky kon kg kor ko kur ku
lao lo lat la lav lv lim li lin ln lit lt ltz lb lug lg lvs lv mal ml mar mr mkd mk mlg mg mlt mt
mon mn mri mi msa ms mya my nde nd nep ne nld nl nno nn nob nb npi ne nya ny oci oc ori or orm om
ory or pan pa pes fa plt mg pol pl por pt pus ps ron ro run rn rus ru sag sg san sa sin si slk sk
slv sl smo sm sna sn snd sd som so sot st spa es sqi sq srd sc srp sr ssw ss sun su swa sw swe sv
swh sw tah ty tam ta tat tt tel te tgk tg tgl tl tha th tir ti ton to tsn tn tso ts tuk tk tur tr
twi tw uig ug ukr uk urd ur uzb uz uzn uz ven ve vie vi wol wo xho xh ydd yi yid yi yor yo zho zh
zsm ms zul zu als sq gaz om pbt ps quy qu
"""

_BY_THREE = dict(zip(_TWO_LETTERS.split()[::2], _TWO_LETTERS.split()[1::2], strict=True))


def short_code(code: str) -> str:
    """ISO 639-1 code of an ISO 639-3 code, or the code itself where there is none.

    A code of one language of a macrolanguage becomes the macrolanguage's where that is usual
    (``swh`` Swahili, ``cmn`` Chinese, ``pes`` Persian).

    >>> short_code("swh"), short_code("hau"), short_code("arz")
    ('sw', 'ha', 'arz')
    """
    return _BY_THREE.get(code, code)
