"""Pure. The marks that sentences of any language are made of, as the insides of character classes."""

from __future__ import annotations

import re

# No-break, narrow no-break and figure spaces hold together what they stand between.
NO_BREAK = "\u00a0\u202f\u2007"
SPACE = r" \t-\r\x1c-\x1f\x85\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000"

# Full stops and their like. After the wide ones no space is written.
NARROW_STOPS = ".!?…‥؟۔।॥։።፧။។៕‼⁇⁈⁉"
WIDE_STOPS = "。！？｡．"
QUESTIONS = "?؟？⁇⁈፧"

OPENERS = "«‹“‘\"'(\\[{¿¡„‚"  # as they may stand before a sentence's first word
WIDE_OPENERS = "「『（【〈《〔［｛〖〘"
CLOSERS = "»›”’\"')\\]}“‘«‹"  # the last four close in German; elsewhere no space follows them
WIDE_CLOSERS = "」』）】〉》〕］｝〗〙”’"

CJK_CLOSERS = WIDE_CLOSERS.strip("”’")  # those that close nothing elsewhere

KANA = "\u3041-\u309f\u30a0-\u30ff\u31f0-\u31ff\uff66-\uff9f"
HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
THAI = "\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff"  # and Lao, Burmese, Khmer: no space between words
# Emoji that announce what follows, as a bullet does; others go with what stands before.
SIGNALS = (
    "🔴🟠🟡🟢🔵🟣🟤⚫⚪🟥🟧🟨🟩🟦🟪🔶🔷🔸🔹🔺🔻▪◾◼⬛⚠🚨📍📌👉➡▶✅❌☑✔📢📣📷📸🎥📹🗺🧵🆕ℹ❗❓⏩🔎🔍📊📈📉🗓📅🕐⏰"
    "\U0001f1e6-\U0001f1ff"
)
EMOJI = "\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff\ufe0f\u200d\U000e0020-\U000e007f"

# The quotation marks that pair, and the parentheses: what stands between them is one saying.
QUOTES = "«“„\"「"
PAIRS = (("«", "»"), ("“", "”"), ("„", "“"), ('"', '"'), ("「", "」"), ("『", "』"), ("(", ")"))

# The mark of a list's item, with the space that holds it.
ITEM = re.compile(r"(?:\d{1,3}[.)/]|[a-z]\)|[–—•·▪◦‣*+\-→▶►✓✔☑✅])[ \t\u00a0\u202f]")
