"""Words that are no names, and the forms of companies."""

from shared.text import lexicon

_LEXICON = lexicon.load("names")
LEGAL = lexicon.words(_LEXICON["legal"])
TOPICS = lexicon.words(_LEXICON["topic"])
CALENDAR = lexicon.words(_LEXICON["day_or_month"])
COMMON = lexicon.words(_LEXICON["common"]) - lexicon.words(_LEXICON["given"])
