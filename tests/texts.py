"""Texts for Hypothesis: what tends to go wrong side by side, and whatever else there is."""

from __future__ import annotations

from hypothesis import strategies as st

# joiners, marks, links, signs, and words of several scripts
WORDS = ("a", "été", "e\u0301", "漢字", "שלום", "हिन्दी", "각", "\r\n", "\n", "\u200d", "\ufe0f", "🏽", "©")
EMOJI = ("👩🏽\u200d🚀", "👨\u200d👩\u200d👧", "🇫🇷", "1️⃣", "🧍🏿")
LINKS = ("lemonde.fr", "http://a.com/b(c)", "https://例え.jp", "x.co/é")
MARKS = ("@user", "@me@example.social", "@jo.bsky.social", "#été", "＃日本", "$AAPL")
SIGNS = (*" .,:/()-_’…", "«\u00a0", "\u202f", "\u200b", "\u3000")
PIECES = st.sampled_from((*WORDS, *EMOJI, *LINKS, *MARKS, *SIGNS))
PIECEWISE = st.lists(PIECES, max_size=12).map("".join)
TEXTS = PIECEWISE | st.text(max_size=60)
