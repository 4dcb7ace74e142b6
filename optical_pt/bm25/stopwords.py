"""English function words, question words included: CLIR topics are often questions."""

from __future__ import annotations

ENGLISH_STOPWORDS = frozenset(
    """
    a about above across after again against all almost alone along already also although always am
    among an and another any anyone anything are around as at away be became because become becomes
    been before behind being below beside besides between beyond both but by can cannot could did do
    does doing done down during each either else ever every everyone everything few for from further
    had has have having he her here hers herself him himself his how however i if in indeed into is
    it its itself just least less many may me might mine more moreover most much must my myself
    neither nevertheless no nobody none nor not nothing of off often on once only onto or other
    others otherwise our ours ourselves out over own per perhaps please quite rather same several
    shall she should since so some someone something sometimes still such than that the their theirs
    them themselves then there therefore these they this those though through throughout thus to
    together too toward towards under unless until up upon us very via was we well were what
    whatever when whenever where whereas whether which while who whoever whole whom whose why will
    with within without would yet you your yours yourself yourselves
    """.split()  # noqa: SIM905
)
