"""Pure. What may be said of a language, so that its texts break where a reader would break them."""

from __future__ import annotations

from dataclasses import dataclass


def words(text: str) -> frozenset[str]:
    """The words of a table written as a text."""
    return frozenset(text.split())


def lines(text: str) -> frozenset[str]:
    """The entries of a table whose entries may be of several words: "mais | sans que"."""
    return frozenset(" ".join(entry.split()) for entry in text.split("|"))


def phrases(text: str) -> frozenset[tuple[str, str]]:
    """The pairs of words of a table such as "p. ex. | av. J.-C.": what stands before the space, and behind it."""
    pairs = (phrase.split() for phrase in text.split("|"))
    return frozenset((first, second) for first, second in pairs)


NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """The words of a language that decide where its texts may break.

    Written in lower case but for single letters and phrases ("M." is no "m."), abbreviations without their last full stop.
    A language is compared by identity: there is one of each, and tables are kept by it.
    """

    code: str = ""
    titles: frozenset[str] = NONE  # before a name, with which they stay: "M." Dupont
    abbreviations: frozenset[str] = NONE  # never at a sentence's end: "cf."
    closing: frozenset[str] = NONE  # at an end where a starter follows: "J.-C.", "Inc."; a title that is a word, "col."
    numbered: frozenset[str] = NONE  # before a number, with which they stay: "p." 12; elsewhere words, or at an end
    phrases: frozenset[tuple[str, str]] = frozenset()  # abbreviations of two words: "p. ex."
    months: frozenset[str] = NONE
    units: frozenset[str] = NONE  # beside the signs that all languages share
    scales: frozenset[str] = NONE  # between a number and its unit: 20 "millions" €
    links: frozenset[str] = NONE  # between the numbers of a range, the words of a date: 2 "à" 3 km, 3 "de" mayo
    starters: frozenset[str] = NONE  # words that begin a sentence and no name: "Le", "Puis"
    lettered: frozenset[str] = NONE  # nouns that a letter follows: "plan" B
    leaning: frozenset[str] = NONE  # articles, prepositions, conjunctions: a line does not end with them
    conjunctions: frozenset[str] = NONE  # words that open a clause, or two of them: "mais", "sans que"
    particles: frozenset[str] = NONE  # within names: Charles "de" Gaulle
    sayers: frozenset[str] = NONE  # verbs before a quote: he "said", "…"
    saying: str = ""  # an expression for how the words after a quote begin: "dit-il"
    leads: frozenset[str] = NONE  # a line that leads to a list or a link without a colon: "Sources"
    ordinals: bool = False  # whether "3." is "third"
    nouns: bool = False  # whether nouns are written with a capital
