"""Strings that counters get wrong: hard pieces glued at hard places, at random but the same for the same seed."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator

import regex

from bot.core import tlds

FAMILIES = """
    👨\u200d👩\u200d👧\u200d👦 👩\u200d❤️\u200d💋\u200d👨 👨\u200d❤️\u200d👩 👩🏽\u200d🚀 👩\u200d🚀 🧑\u200d🚀 🏳️\u200d🌈
    🏳\u200d🌈 🏴\u200d☠️ 👁\u200d🗨 👁️\u200d🗨️
""".split()
SIGNED = """
    🕵️\u200d♀️ 🕵🏿\u200d♂️ 🕵\u200d♀️ 🤷🏻\u200d♂️ 🤷\u200d♂ 🦸🏻\u200d♀️ 👯\u200d♀️ 👯🏽\u200d♀️ 🧟\u200d♂️
    ⛹️\u200d♀️ ⛹🏻\u200d♀️ ⛹\u200d♀️
""".split()
FLAGS = "🇫🇷 🇫 🇷🇺 🇦🇦 🇽🇰🇫🇷 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏴󠁧󠁢󠁳󠁣󠁴󠁿 🏴󠁧󠁢".split()
KEYCAPS = "1️⃣ #⃣ *️⃣ 5⃣ 1️ ⃣".split()
STYLED = "© ©️ ® ™ ™️ ↔ ↔️ ↔︎ ☺ ☺︎ ☺️ ✌🏽 ✌️🏽 ✌️ ✌︎🏽 ☝🏿 ❤️ ♀️ ♟️ 〰️ ㊗️ 🅰️ 🈚 🀄 💯 🙂".split()
NEWER = """
    🫶 🫶🏽 🫱🏻\u200d🫲🏿 ❤️\u200d🔥 🧍🏿 👨\u200d🦯 🧑\u200d🤝\u200d🧑 🐻\u200d❄️ 🏳️\u200d⚧️ 🫠
    🧑🏻\u200d❤️\u200d🧑🏿 🐦\u200d🔥 ★\u200d😀
""".split()
PARTS = [*"👨👩👦❤💋♀♂🏴🏳🌈☠👁🗨🕵⛹🤷👯✌☝🚀⚕✈☺1#🏻🏽🇫🇷\u200d\ufe0f\ufe0e\u20e3\U000e0067\U000e007f"]
REGIONAL = [chr(code) for code in range(0x1F1E6, 0x1F200)]
PEOPLE, MIDDLES = "👨 👩 🧑 👨🏻 👩🏿 🧑🏽 🫱🏽 🫲🏻".split(), ("", "❤️\u200d", "❤️\u200d💋\u200d", "🤝\u200d", "👧\u200d")
EMOJI = (*FAMILIES, *SIGNED, *FLAGS, *KEYCAPS, *STYLED, *NEWER)

JAMO = ["ᄀ", "ᅡ", "ᆨ", "가", "각", "가", "ㄱ", "ꥠ", "ힰ"]
INDIC = ["हिन्दी", "क्षि", "क्‍ष", "क्‌ष", "ক্ষ", "ക്ഷ", "क", "्", "़", "ि", "கி", "ភ្នំ", "မြန်", "ရှိ", "ᮊ᮪ᮊ"]
MARKS = [
    "\u0301",
    "\u0323",
    "e\u0301",
    "n\u0303o",
    "\u1e69",
    "s\u0323\u0307",
    "\u0345",
    "\u0600",
    "\u0600١",
    "\u0903",
    "ำ",
    "\u3099",
    "\uff9e",
]
WORDS = """
    été Paris l’État foo bar_baz -x x- 日本 例え 语 مثال עברית привет ελλάδα a B2 a_b _ c’est ไทย 𝒳 𠮷 𐐷 ß İ ſ ﬁ ı ẞ Ω
    ½ ٣ xn-- RT rt co
""".split()
BIDI = ["\u200e", "\u200f", "\u061c", "\u202a", "\u202b", "\u202c", "\u2066", "\u2069"]
SPACES = [
    " ",
    "  ",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "\u00a0",
    "\u202f",
    "\u2009",
    "\u200b",
    "\u2060",
    "\ufeff",
    "\u3000",
    "\u2028",
    "\x85",
    "\u180e",
    "\u00ad",
]
SIGNS = [
    *".,;:!?/\\()[]{}<>@#$%&*+-_=|~^'\"`",
    *"…—–“”«»’、。．｡（）＠＃·・€",
    "..",
    "://",
    "//",
    "http://",
    "https://",
    "HTTP://",
    "ftp://",
    "www.",
    "\x00",
    "\x7f",
    "\ufffe",
]

LABELS = (
    "example lemonde a x1 foo-bar t news24 WWW Mixed xn--bcher-kva xn-- bücher 例え -a a- a_b _a é 日本。例 xn--é http".split()
)
LONG = ["a" * 62, "a" * 63, "a" * 64, *("é" * n for n in (50, 56, 57, 58, 59, 60, 63))]
TLDS = sorted(tlds.X | tlds.BLUESKY)
ENDS = """
    com fr org co io Il il CoM me news dev app co.uk com.fr xn--p1ai xn--fiqs8s XN--90AIS xn--a-b- xyzzy c 123
    comx com1 html co日 comé com_ com-
""".split()
SCHEMES = "http:// https:// HtTp:// ftp:// mailto: // user@ http:/ https:/// http://user:pw@ gemini:// dat://".split()
PATH = [*"aZ/-_.,!?=&+~|@#$'*;:()é日û я–—“”’<\"🙂ǿıι{^` ", "%20", "(a)", "(a(b)c)", "((", "))", "[x]", "\u0301", "(é)", "(日)"]
QUERY = [*"a=&1é日!.,()/#-_~|+^🙂", "utm_source", "%C3", ""]
NAMES = """
    user a_b A1 été 日本 123 1a AAPL AAPL.B BRK_AB abcdefg user/list jo.bsky.social
    me@example.social a-b.com x.test .com 🙂 \ufe0f a·b १२ अ
""".split()
LENGTHS = [15, 16, 20, 21, 64, 65]

# every character that joins, or changed its mind about joining in one of the last versions of Unicode
JOINING = regex.compile(
    r"[\p{GCB=Extend}\p{GCB=SpacingMark}\p{GCB=Prepend}\p{InCB=Consonant}\p{InCB=Linker}\p{Extended_Pictographic}]"
)
JOINERS = [chr(code) for code in range(0xA0, 0xE0200) if not 0xAC00 <= code <= 0xDFFF and JOINING.match(chr(code))]
LETTERS = [chr(code) for code in range(0xA0, 0x33480) if not 0xD800 <= code <= 0xDFFF and chr(code).isalpha()]


def emoji() -> Iterator[str]:
    """Every emoji there may be, known to X or not: single ones, dressed, toned, flags, keycaps, and people joined to each."""
    shown = [chr(code) for code in range(0xA9, 0x1FC00) if regex.match(r"\p{Emoji}", chr(code))]
    yield from (each if regex.match(r"\p{Emoji_Presentation}", each) else each + "\ufe0f" for each in shown)
    yield from (each + tone for each in shown if regex.match(r"\p{Emoji_Modifier_Base}", each) for tone in "🏻🏼🏽🏾🏿")
    yield from (first + second for first in REGIONAL for second in REGIONAL)
    yield from (sign + "\ufe0f\u20e3" for sign in "0123456789#*")
    for person in ("👨", "👩🏽", "🧑", "🧑🏿", "🏳️", "❤️", "🐻"):
        yield from (f"{person}\u200d{each}{style}" for each in shown for style in ("", "\ufe0f"))
    yield from (f"{first}\u200d{middle}{second}" for first in PEOPLE for middle in MIDDLES for second in PEOPLE)


def strings(number: int, seed: int) -> Iterator[str]:
    """Hard strings without halves of characters, as JSON carries none."""
    rng = random.Random(seed)
    for _ in range(number):
        yield rng.choices((_text, _emoji, _clusters, _soup), (80, 8, 7, 5))[0](rng)


def _text(rng: random.Random) -> str:
    parts = (_piece(rng) + (" " if rng.random() < 0.22 else "") for _ in range(rng.choice((1, 2, 3, 3, 4, 5, 6, 8, 12))))
    text = "".join(parts)
    return unicodedata.normalize(rng.choice(("NFC", "NFD")), text) if rng.random() < 0.1 else text


def _piece(rng: random.Random) -> str:
    pools = (WORDS, EMOJI, SIGNS, SPACES, INDIC, JAMO, MARKS, BIDI, LETTERS)
    kind = rng.choices((_link, _mark, None), (28, 9, 63))[0]
    return kind(rng) if kind else rng.choice(rng.choices(pools, (16, 14, 14, 8, 4, 2, 2, 2, 1))[0])


def _link(rng: random.Random) -> str:
    if rng.random() < 0.08:
        slug = "".join(rng.choices("abcXYZ019", k=rng.choice((0, 1, 10, 39, 40, 41, 50))))
        return (
            rng.choice(("http", "https", "HTTPS")) + "://t.co/" + slug + rng.choice(("", "?a=1", "/x", "é", ".", "日本", "-"))
        )
    if rng.random() < 0.01:  # about the longest that may be
        path = "a" * (4084 - rng.choice((0, 1, 7, 8, 9, 15, 16, 17, 20, 28)))
        return rng.choice(("http://", "https://", "")) + "example.com/" + path
    scheme = rng.choice(SCHEMES) if rng.random() < 0.4 else rng.choice(("", "", "http://", "https://"))
    port = rng.choice((":80", ":8080", ":", ":a")) if rng.random() < 0.15 else ""
    path = "/" + "".join(rng.choices(PATH, k=rng.choice((0, 1, 2, 3, 5, 8)))) if rng.random() < 0.5 else ""
    query = "?" + "".join(rng.choices(QUERY, k=rng.choice((0, 1, 2, 4, 7)))) if rng.random() < 0.25 else ""
    return f"{scheme}{_host(rng)}{port}{path}{query}"


def _host(rng: random.Random) -> str:
    pools = (LABELS, WORDS, EMOJI, TLDS, LONG)
    labels = [rng.choice(rng.choices(pools, (60, 20, 6, 12, 2))[0]) for _ in range(rng.choice((1, 1, 1, 2, 2, 3)))]
    end = rng.choice(TLDS) if rng.random() < 0.3 else rng.choice(ENDS)
    return ".".join((*labels, end.upper() if rng.random() < 0.05 else end))


def _mark(rng: random.Random) -> str:
    name = "x" * rng.choice(LENGTHS) if rng.random() < 0.1 else rng.choice(LETTERS if rng.random() < 0.2 else NAMES)
    return rng.choice("@@＠##＃$$") + name


def _emoji(rng: random.Random) -> str:
    return "".join(rng.choice(EMOJI if rng.random() < 0.5 else PARTS) for _ in range(rng.randint(1, 9)))


def _clusters(rng: random.Random) -> str:
    pools = (JOINERS, INDIC, JAMO, MARKS, PARTS, SPACES, ["a", "क", "😀", "\u200d", "\u200c", "्"])
    return "".join(rng.choice(rng.choices(pools, (25, 15, 10, 10, 10, 5, 25))[0]) for _ in range(rng.randint(1, 12)))


def _soup(rng: random.Random) -> str:
    return "".join(rng.choices("a.b/:@#$-_é日🙂(?= \u200b＠com", k=rng.randint(1, 30))) + rng.choice(
        ("", ".com", ".fr/", ".рф")
    )
