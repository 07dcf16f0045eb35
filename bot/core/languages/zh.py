"""Pure. Chinese. No spaces: a sentence ends at its mark, and its words are known to a dictionary only."""

from __future__ import annotations

from bot.core.languages.language import Language, words

LANGUAGE = Language(
    code="zh",
    saying=r"[^，。！？、；：“”「」\s]{0,8}?(?:说|說|道|问道|問道|问|問|称|稱|表示|回答|写道|寫道|喊|指出|认为|認為|强调|強調)",
    leads=words("来源 來源 资料来源 出处 链接 参考"),
)
