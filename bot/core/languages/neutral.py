"""Pure. What most languages in Latin letters share: the rules for a language that is not known, or has no file."""

from __future__ import annotations

from bot.core.languages.language import Language, phrases, words

LANGUAGE = Language(
    titles=words("mr mrs ms mme dr prof st gen"),
    abbreviations=words("vs e.g i.e cf ca"),
    closing=words("inc ltd corp j.-c u.s etc"),
    numbered=words("no nr p pp art fig vol"),
    phrases=phrases("p. ex. | z. B. | i. e. | e. g. | J. C."),
    scales=words("mio mln"),
)
