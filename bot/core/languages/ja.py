"""Pure. Japanese. No spaces; a quote goes on with a particle (「…。」と), and so does a name with a full stop of its own."""

from __future__ import annotations

from bot.core.languages.language import Language, words

LANGUAGE = Language(
    code="ja",
    saying=r"(?:と|って|など|[のはがをにでもへや]|という|だ|です|か、)(?<!そ)",
    leads=words("出典 参考 情報源 リンク 写真 地図"),
)
