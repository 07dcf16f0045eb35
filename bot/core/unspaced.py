"""Pure. Where words part in scripts that write no space: Chinese and Japanese by their marks, Thai by a dictionary.

Thai, Lao, Khmer and Burmese need the dictionary of ICU, the extra `threadbot[dictionary]`; without it they break at spaces.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from bot.core.joining import joined
from bot.core.marks import CJK_CLOSERS, HAN, KANA, THAI, WIDE_OPENERS, WIDE_STOPS

PAUSES = "、，；：､" + CJK_CLOSERS
_CJK = re.compile(f"[{KANA}{HAN}{PAUSES}]")
_HIRAGANA = "\u3041-\u3096"
_WITH_HIRAGANA = re.compile(f"[{_HIRAGANA}]")
# Kinsoku: what begins no line beside the closing marks: small kana, iteration marks, the long vowel, dashes; voicing marks,
# which are one grapheme with what they stand behind.
_VOICING = "\u3099\u309a\uff9e\uff9f"
_NO_START = f"{_VOICING}ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶーｧｨｩｪｫｬｭｮｯｰ々〻ゝゞヽヾ・゠–〜～…‥{PAUSES}{WIDE_STOPS}"
# Never before a digit: 2026年, 第5回. Nor between a quote and the particle that takes it up: 「はい」と.
_NEXT = rf"(?=[{KANA}{HAN}{WIDE_OPENERS}A-Za-z])(?![{_NO_START}])(?!(?<=[{CJK_CLOSERS}])[{_HIRAGANA}])"
_UNCOUNTED = r"(?<!\d[万萬亿億千百])(?<!\d [万萬亿億千百])(?<!\d[万萬千百][亿億万萬])"
_UNITS = (
    r"(?<=公)[里斤顷頃尺]|(?<=小)[时時]|(?<=分)[钟鐘]|(?<=[平立])方|(?<=平方)公|(?<=[平立]方)米|(?<=[厘毫千])米|(?<=千)[克瓦]|"
    r"(?<=[美欧歐])元|(?<=[个個])月|(?<=世)[纪紀]"
)
# Chinese: between any two characters, as only a dictionary knows its words; but not behind the thousands of a number, as its
# unit follows, nor within a unit.
_CHINESE = re.compile(rf"(?<=[{HAN}{KANA}A-Za-z{PAUSES}])(?<![A-Za-z](?=[A-Za-z])){_UNCOUNTED}(?!{_UNITS}){_NEXT}")
# Japanese: a phrase ends in hiragana (particles, endings), and the next begins in another script; を is always a particle.
_JAPANESE = re.compile(rf"(?:(?<=[{_HIRAGANA}])(?<![おご])(?![{KANA}]|(?<!を)[{_HIRAGANA}])|(?<=[を{PAUSES}])){_NEXT}")
_THAI_RUN = re.compile(f"[{THAI}]{{2,}}")


def places(text: str, start: int, end: int, japanese: bool) -> list[int]:
    """Where one piece may end and the next start with nothing between them, in characters and in order."""
    found: list[int] = []
    if _CJK.search(text, start, end):
        pattern = _JAPANESE if japanese or _WITH_HIRAGANA.search(text, start, end) else _CHINESE
        found = [place.start() for place in pattern.finditer(text, start + 1, end)]
    if runs := list(_THAI_RUN.finditer(text, start, end)):
        words_of = _dictionary()
        thai = (run.start() + at for run in runs for at in words_of(run[0]))
        found = sorted([*found, *(at for at in thai if not joined(text, at, at))])
    return found


@cache
def _dictionary() -> Callable[[str], list[int]]:
    """Where the words of a run of one such script end. ICU counts in UTF-16 units: in these scripts the same as characters."""
    try:
        from icu4py.breakers import LineBreaker
    except ImportError:
        return lambda _: []
    return lambda run: [end for _, end in LineBreaker(run, "th").segments()][:-1]
