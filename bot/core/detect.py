"""Pure. Which language a text is in: by its script, and among those that share one by commonest words and telling letters.

Languages without rules of their own are known too, so that Dutch is not taken for German: a wrong language is worse than none.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping

import regex

from bot.core.stopwords import LETTERS, WORDS

SAMPLE = 2000  # characters: enough for any thread in one language
SURE = 2.0  # the weight of the words that must speak for a language,
CLEAR = 1.5  # how many times that of the next language,
SHARE = 0.12  # and how much of all words
FEW = 4  # words of the Hebrew script, which are then Hebrew if none is Yiddish
QUOTED = 3  # times as many Japanese as Chinese characters: fewer may be a title that Chinese quotes
HEADING = 40  # characters: Japanese without kana is no longer

_NO_WORDS = re.compile(r"https?://\S++|www\.\S++|[@#$]\S++|(?<!\S)(?:[\w-]+\.)+[a-zA-Z]{2,}\S*+")
_RUN = regex.compile(r"\p{L}[\p{L}\p{M}]*+(?:[’'](?=\p{L}))?")
_KANA, _HAN = re.compile("[\u3041-\u30fa\u30fc-\u30ff]"), re.compile("[\u3400-\u9fff]")

# The first code point of each stretch of a script, and the script: a language's code where it is written in no other way.
_STRETCHES = (
    (0x0000, "Latin"), (0x0370, "el"), (0x0400, "Cyrillic"), (0x0530, "hy"), (0x0590, "Hebrew"), (0x0600, "Arabic"),
    (0x0700, ""), (0x0750, "Arabic"), (0x0780, ""), (0x0900, "Devanagari"), (0x0980, "bn"), (0x0A00, "pa"), (0x0A80, "gu"),
    (0x0B00, "or"), (0x0B80, "ta"), (0x0C00, "te"), (0x0C80, "kn"), (0x0D00, "ml"), (0x0D80, "si"), (0x0E00, "th"),
    (0x0E80, "lo"), (0x0F00, "bo"), (0x1000, "my"), (0x10A0, "ka"), (0x1100, "ko"), (0x1200, "am"), (0x13A0, ""),
    (0x1780, "km"), (0x1800, ""), (0x1E00, "Latin"), (0x1F00, "el"), (0x2000, ""), (0x3005, "Han"), (0x3130, "ko"),
    (0x3190, "Han"), (0xA000, ""), (0xAC00, "ko"), (0xD7B0, ""), (0xF900, "Han"), (0xFB00, "Latin"), (0xFB1D, "Hebrew"),
    (0xFB50, "Arabic"), (0xFF00, "Latin"), (0xFF66, "Han"), (0xFFA0, ""), (0x20000, "Han"), (0x32000, ""),
)  # fmt: skip
_STARTS = tuple(start for start, _ in _STRETCHES)


def detect(text: str) -> str:
    """The primary subtag of a text's language, such as "fr"; "" when it is not sure."""
    sample = _NO_WORDS.sub(" ", text[:SAMPLE]).lower().replace("'", "’")
    words = Counter(_RUN.findall(sample))
    script = _script(words)
    if script == "Han":
        return _written(sample)
    return _spoken(sample, words, script) if script in WORDS else script


def _script(words: Mapping[str, int]) -> str:
    """The script of most of the letters."""
    letters: Counter[str] = Counter()
    for word, times in words.items():
        script = _STRETCHES[bisect_right(_STARTS, ord(word[0])) - 1][1]
        # A character of these says as much as some letters.
        letters[script] += len(word) * times * (3 if script in ("Han", "ko") else 1)
    [(script, most)] = letters.most_common(1) or [("", 0)]
    return script if most * 2 > letters.total() else ""


def _written(sample: str) -> str:
    """Chinese or Japanese, by the characters that only one of them writes; a heading without any may be either."""
    telling = Counter(LETTERS["Han"].get(character, "") for character in sample)
    kana, han = len(_KANA.findall(sample)), len(_HAN.findall(sample))
    ja, zh = telling["ja"] + kana, telling["zh"]
    if ja > zh * QUOTED:
        return "ja" if telling["ja"] or kana * 8 > han else ""
    return "zh" if zh > ja * CLEAR or (not ja and han > HEADING) else ""


def _spoken(sample: str, words: Counter[str], script: str) -> str:
    """The language that most words speak for, if they do clearly. A word of several languages speaks for each a little."""
    known, telling = WORDS[script], LETTERS[script]
    weights = dict.fromkeys(telling.values(), 0.0)
    for letter in telling.keys() & set(sample):
        weights[telling[letter]] += sample.count(letter) / 2
    for word in known.keys() & words.keys():
        languages = known[word]
        for language in languages:
            weights[language] = weights.get(language, 0) + words[word] / len(languages)
    (next_, _), (most, best) = sorted((weight, language) for language, weight in {"": 0.0, "-": 0.0, **weights}.items())[-2:]
    if script == "Hebrew" and words.total() >= FEW and not weights["yi"]:
        return "he"  # its prefixes hide the words that speak for it, while Yiddish is full of its own
    return best if most >= max(SURE, next_ * CLEAR, words.total() * SHARE) else ""
