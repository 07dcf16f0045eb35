"""Pure. The marks that sentences of any language are made of, as the insides of character classes."""

from __future__ import annotations

import re

# A sentence's first letter, in the alphabets that have capitals.
CAPITALS = "".join(filter(str.isupper, map(chr, range(0x0588))))
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
# Emoji of what the writer feels about what stands before: faces, gestures, hands, hearts, and what is celebrated with.
FEELINGS = (
    "\u2639\u263a\u261d\u2665\u2728\u2763\u2764\u270a-\u270d\U0001f381\U0001f382\U0001f384\U0001f386-\U0001f38a\U0001f440"
    "\U0001f446-\U0001f450\U0001f480\U0001f48b-\U0001f490\U0001f493-\U0001f49f\U0001f4a2\U0001f4a4\U0001f4a5\U0001f4aa"
    "\U0001f4af\U0001f525\U0001f54a\U0001f56f\U0001f590\U0001f595\U0001f596\U0001f5a4\U0001f600-\U0001f64f"
    "\U0001f90c-\U0001f93e\U0001f940\U0001f942\U0001f970-\U0001f97a\U0001f9d0\U0001f9e1\U0001fa75-\U0001fa77"
    "\U0001fac2\U0001fae0-\U0001faf8"
)
EMOJI = "\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff\ufe0f\u200d\U000e0020-\U000e007f"

# The quotation marks that pair, and the parentheses: what stands between them is one saying.
QUOTES = '«“„"「'
PAIRS = (("«", "»"), ("“", "”"), ("„", "“"), ('"', '"'), ("「", "」"), ("『", "』"), ("(", ")"), ("（", "）"))

# The mark of a list's item, with the space that holds it.
ITEM = re.compile(r"(?:\d{1,3}[.)/]|[a-z]\)|[–—•·▪◦‣*+\-→▶►✓✔☑✅])[ \t\u00a0\u202f]")
