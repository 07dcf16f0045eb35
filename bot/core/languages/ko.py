"""Pure. Korean. Spaces part words, and a particle takes up a quote: "…"라고. Dates are written with full stops: 2031. 11. 3."""

from __future__ import annotations

from bot.core.languages.language import Language, lines, words

LANGUAGE = Language(
    code="ko",
    numbered=words("no p pp 제"),
    units=words(
        """
        원 달러 유로 시 분 초 일 주 개월 월 년 세기 명 개 번 차례 배 점 쪽 표 만 억 조 천 킬로미터 미터 헥타르 톤 킬로그램
        회 가지 마리 대 척 건 위 호 층 살 세 인 곳 채 발 리터 도 퍼센트 ㎢ ㎞ ㎡ ㎏
        """
    ),
    links=words("에서 내지 및"),
    starters=words(
        """
        그 그는 그녀는 그들은 이 이는 저 나는 우리는 하지만 그러나 그리고 그래서 또 또한 다만 한편 이어 당시 지금 오늘 어제
        내일 이에 정부는 이후
        """
    ),
    conjunctions=lines("하지만 | 그러나 | 그리고 | 그래서 | 그런데"),
    saying=(
        r"(?:이?라고|이?라며|고\s|하고|며\s)"
        r"|(?:[가-힣]+\s){0,4}?(?:말했|물었|답했|대답했|외쳤|덧붙였|밝혔|전했|강조했|주장했|설명했|적었|소리쳤)"
    ),
    leads=words("출처 참고 링크 사진 지도"),
    ordinals=True,
)
