"""Where a text may break: never inside what belongs together, and how good each place is."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.breaks import Break, Kind, inside, lines, paragraphs, sentences, words
from bot.core.graphemes import cluster_ends
from bot.core.holding import Is, holding
from bot.core.languages import language
from bot.core.languages.language import Language
from bot.core.text import DIALECTS

Level = Callable[[str, int, int, Language], list[Break]]
LEVELS: tuple[Level, ...] = (paragraphs, lines, sentences, words)
FRENCH = language("fr")


def places(text: str, rules: Language = FRENCH) -> list[Break]:
    """Every place between words, each of the level that the levels above leave."""

    def within(start: int, end: int, levels: tuple[Level, ...]) -> list[Break]:
        if not levels:
            return []
        here = levels[0](text, start, end, rules)
        starts, ends = [start, *(place.start for place in here)], [*(place.end for place in here), end]
        return [*here, *(place for span in zip(starts, ends, strict=True) for place in within(*span, levels[1:]))]

    return sorted(within(0, len(text), LEVELS), key=lambda place: place.end)


def parts(text: str, rules: Language = FRENCH) -> list[str]:
    """The text, cut wherever it may be."""
    found = places(text, rules)
    starts, ends = [0, *(place.start for place in found)], [*(place.end for place in found), len(text)]
    return [text[start:end] for start, end in zip(starts, ends, strict=True)]


def kind(text: str, rules: Language = FRENCH) -> Kind:
    """The kind of break at the `|` of a text."""
    before, after = text.split("|")
    [place] = [place for place in places(before + after, rules) if place.start == len(before)]
    return place.kind


# --- what is never cut -----------------------------------------------------------------------------------------------
WHOLE = {
    "fr": """Attention :~Attention\u00a0:~quoi ?~quoi  ?~quoi\u202f?~Non !~« test »~« test » ?~« test ? »~« «\u00a0test » »~
        ‹ test ›~oui ;~M. Dupont~MM. Dupont~Mme Dupont~Dr. House~Mgr Éric~p. ex.~av. J.-C.~O. N. U.~n° 5~N° 5~
        № 5~p. 12~pp. 12~art. 3~Fig. 3~§ 5~$ 5~€ 5~14 h 30~14 h 30 min 5 s~14 h 30 ?~295 km²~295 km2~12 km/h~250 m³/s~3,5 %~
        3,5 % ?~-3 °C~20 000~20 000 hommes~20 000,5 km~1 234 567 €~1\u202f234\u202f567 €~12 millions~5 k€~06 12 34 56 78~
        3 novembre~1er mai~1er mai 2026~3 nov. 2026~2 à 3 km~12 à 14 h~J. K. Rowling~J.-P. Dupont~45 véhicules~
        48° 51′ 24″ N, 2° 21′ 07″ E~36.2012, 37.1612~peut-être~c.-à-d.~mot …~https://example.org/a,b.c?d=e#f~
        @alice.bsky.social~@alice@social.example~#Loire~alice+bob@example.org~May 3, 2026~March 3rd~12 ft~
        3\u00a0nov. 2026~3 nov.\u00a02026~14\u00a0h 30~20\u202f000\u00a0hommes~295 km²\u00a0:~n°\u00a05 ter~
        5-6 km~2–3 jours~5-10 %~10 h–12 h~200 000-300 000 km~1/25 000~l’« ami »~qu’« il »~5 $US~US$ 5~100 dollars US~
        +33 6 12 34 56 78~1 er mai~3 au 5 mai~3-5 mai~12 Français~3 000 Ukrainiens~3 BMP~5 M1A2s~12 BTR-80~≈ 5 km~> 5 km~
        env. 5 km~no 5~t. IV~chapitre IV~XIXe siècle""",
    "en": """May 3, 2026~3 May 2026~May 3rd~Dr. House~Mr Smith~Gen. Lee~J. K. Rowling~$1.5bn~$1.5 bn~5 p.m.~No. 5~fig. 3~
        295 sq~40 trucks~i. e.~2 to 3 miles~12 %~3 mai 2026~1er août~3 km²~5-10 percent~
        200-300 soldiers~1:25 000~100 dollars US~5 lb 3 oz~5 ft 3~+1 (555) 123-4567~+44 20 7946 0958~3rd of May~50 BC~AD 79~
        12 Ukrainians~Ph. D.~Smith, Jr.~Mt. Everest~May 3–5, 2026""",
    "de": """3. Oktober 2024~z. B.~d. h.~Dr. Weiß~S. 12~20.000 Soldaten~v. Chr.~§ 5~Nr. 4~14 Uhr~3 Mrd. Euro~20 Mio. Euro~
        May 3, 2026""",
    "es": "3 de mayo de 2026~p. ej.~Sr. Prado~EE. UU.~a. C.~pág. 12~20 000 hombres~n.º 7~3 a 5 km",
    "pt": "3 de maio de 2026~p. ex.~Sr. Prado~pág. 12~20 mil~R$ 3,50",
    "it": "3 maggio 2026~p. es.~dott. Riva~pag. 12~295 km²",
    "ru": "15 марта~15 марта 2026~т. е.~т. д.~А. С. Пушкин~20 тыс. га~ул. Мира~стр. 12~295 км²~XIX в.~г. Киев",
    "uk": "15 березня~т. зв.~П. О. Коваль~20 тис. грн~вул. Миру~5–6 км~14 год 30 хв~2026 р.",
    "tr": "19. yüzyıl~Dr. Aydın~s. 12~3 Mayıs 2026~M.Ö. 5. yüzyıl",
    "ar": "May 3, 2026~3 mai 2026~د. سامي~ص. 12~295 كم²~15 مارس~12 جنديا",
    "he": "295 קמ״ר~פרופ' לוי~15 במרץ~מס' 5~עמ' 5",
    "hi": "डॉ. राव~वी. के. राव~20 हज़ार~15 मार्च",
    "ko": "20만 명~20만 명이~3.5억 원~제 5 회~2026년 5월 3일~오후 3시 30분에",
    "zh": "3.5亿元~3.5 亿元~12公里~12 公里~3小时30分钟~20万只~1万2千人~100平方公里~第 5 次",
}


@pytest.mark.parametrize(("code", "whole"), [(code, one.strip()) for code, all_ in WHOLE.items() for one in all_.split("~")])
@pytest.mark.parametrize("around", ["de {} fut", "un {}", "« {} »", "({}) fin", "a\n{}\nb"])
def test_what_belongs_together_is_never_cut(code: str, whole: str, around: str) -> None:
    text = around.format(whole)
    start = text.index(whole)
    assert not [p for p in places(text, language(code)) if p.start > start and p.end < start + len(whole)]


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("1. Un\n2) Deux\n- Trois\n– Quatre", ["1. Un", "2) Deux", "- Trois", "– Quatre"]),
        ("un deux trois", ["un", "deux", "trois"]),
        ("un\u00a0deux trois", ["un\u00a0deux", "trois"]),
        ("un \u00a0 deux", ["un", "deux"]),
        ("un\u00a0 deux", ["un", "deux"]),
        ("quoi ? Rien", ["quoi ?", "Rien"]),
        ("1 2 3 4", ["1", "2", "3", "4"]),
        ("2024 2025 2026", ["2024", "2025", "2026"]),
        ("en 2024 les", ["en", "2024", "les"]),
        ("casinos. 5, stop. 12", ["casinos.", "5,", "stop.", "12"]),
        ("en mai 2026", ["en", "mai 2026"]),
        ("plan B. Puis", ["plan", "B.", "Puis"]),
        ("en 2014-2015 Macron", ["en", "2014-2015", "Macron"]),
        ("un chapitre I lu", ["un", "chapitre", "I", "lu"]),
        ("un 5 1234 5", ["un", "5", "1234", "5"]),
        ("le 12 au soir", ["le", "12", "au", "soir"]),
        ("", [""]),
        ("  un  ", ["  un  "]),
        ("a \u0301b", ["a \u0301b"]),
        ("a\n \u0301b", ["a", " \u0301b"]),
        ("a\n\n\u00a0\n\nb", ["a", "b"]),
        ("a 👍 🏽b", ["a", "👍 🏽b"]),
        ("a b\u0d4e c", ["a", "b\u0d4e c"]),
    ],
)
def test_everything_else_may_be_cut(text: str, cut: list[str]) -> None:
    assert parts(text) == cut


@pytest.mark.parametrize(
    "row",
    (
        "100 ~20 000 ~12 ~A. ~5 km ~14 h 30 ~M. ~a : ~« a » ~p. 5 ~1.5 ~! ~2 à 3 ~5 000-~3 BMP ~+33 6 ~+33 6 12 34 ~5월 3일 ~"
        "20만 명 ~$ 5 ~Jr. "
    ).split("~"),
)
def test_a_row_of_such_things_can_be_cut_somewhere(row: str) -> None:
    assert max(map(len, parts(row * 200))) < 60


# --- how good a place is ---------------------------------------------------------------------------------------------
KINDS = """
PARAGRAPH  Un.¶¶|Deux
PARAGRAPH  Un ¶ ¶ |Deux
PARAGRAPH  Sources citées par tous nos confrères.¶¶|Deux
LEAD       Un :¶¶|Deux
LEAD       Sources¶¶|https://example.org
LEAD       Voir la carte 👇¶¶|https://example.org
LINE       Un¶|Deux
LINE       Un.¶|– Deux
LINE       – Un¶|– Deux
LINE       Qui ?¶|Pourquoi ?
ANSWER     Qui a permis cela ?¶|La faiblesse des alliés.
LEAD       Sources :¶|@alice
LEAD       Bilan du jour¶|– 14 morts
LEAD       Voir la carte¶|https://example.org/carte
LINE       Voir la carte.¶|https://example.org/carte
SENTENCE   Un. |Deux
SENTENCE   Un ! |Deux
SENTENCE   Un… |Deux
SENTENCE   « Un. » |Deux
SENTENCE   (Un ?) |Deux
SENTENCE   Un. |« Deux »
SENTENCE   Un ? |Deux ?
ANSWER     Un ? |Deux.
ANSWER     « Un ? » demande-t-il. |« Deux. »
CLAUSE     Un, |deux
CLAUSE     Un ; |deux
CLAUSE     Un – |deux
CLAUSE     Le juge |– faute de preuve – relaxe
CLAUSE     Le juge – faute de preuve – |relaxe
NAME       Le juge – |faute de preuve – relaxe
WORD       Le juge – faute, dit-on, |de preuve – relaxe
CLAUSE     (un) |deux
CLAUSE     trois communes |(Vaux et Cléry) sont
WORD       trois communes (Vaux, |Cléry) sont
CLAUSE     « un » |deux
CLAUSE     Il a vu la crue |parce que
CLAUSE     Il rentre |sans que les autres
CLAUSE     Bravo 🎉 |les autres
WORD       la police, elle, |avait tout
WORD       la police, |elle, avait tout
WORD       le juge, qui doute, |a saisi
CLAUSE     des chars, des obus, |notamment
CLAUSE     à Khan, près de Vaux, |situé
WORD       ville |prise
WORD       cf. |Dupont
WORD       Quoi ? |dit-il
SAYING     « Non », |dit-il
SAYING     « Non ! » |s’écria-t-elle
SAYING     « Non », |a déclaré le maire
SAYING     Il a déclaré |« Non »
NAME       Bachar |el-Assad
WORD       Bachar arrive |el
NAME       Emmanuel |Macron
NAME       Mme de |Staël
NAME       Charles |de Gaulle
NAME       Charles de |Gaulle
NAME       Giscard |d’Estaing
NAME       Ursula von |der Leyen
NAME       Al |Joulani
NAME       vers la |ville
LEAD       Sources : |@a
LEAD       Sources: |@a
LEAD       Il a dit : |« Oui »
NAME       🛰️ |La deuxième image
NAME       🔴 |Alerte
"""


@pytest.mark.parametrize(("found", "text"), [line.split(None, 1) for line in KINDS.strip().splitlines()])
def test_the_kind_of_a_place_is_known(found: str, text: str) -> None:
    assert kind(text.replace("¶", "\n")).name == found


@pytest.mark.parametrize(
    ("code", "text", "found"),
    [
        ("en", "“Non,” |he said", Kind.SAYING),
        ("en", "“Non,” |Smith said", Kind.SAYING),
        ("en", "He said, |“Non”", Kind.SAYING),
        ("en", "a walk |because", Kind.CLAUSE),
        ("de", "„Nein“, |sagte er", Kind.SAYING),
        ("de", "der Hund |schläft", Kind.WORD),
        ("de", "die Stadt |Berlin", Kind.WORD),
        ("ru", "«Нет», |— сказал он", Kind.SAYING),
        ("ja", "「晴れ」と|言った", Kind.WORD),
        ("zh", "天|气", Kind.WORD),
        ("zh", "天气，|很好", Kind.CLAUSE),
        ("zh", "来源：|新华社", Kind.LEAD),
        ("ar", "اليوم، |غدا", Kind.CLAUSE),
        ("th", "ริมท่าเรือ |แต่ไม่มี", Kind.CLAUSE),
        ("ar", "«لن نبيع!» |قال الصياد", Kind.SAYING),
        ("ar", "«لن نبيع»، |أضاف", Kind.SAYING),
        ("ar", "وأوضح |«لن نبيع»", Kind.SAYING),
        ("he", '"לא נמכור!" |אמר הדייג', Kind.SAYING),
        ("hi", "“हम नहीं बेचेंगे!” |मछुआरे ने कहा", Kind.SAYING),
        ("th", "“เราไม่ขาย!” |ชาวประมงกล่าว", Kind.SAYING),
        ("th", "ชาวประมงบอกว่า |“เราไม่ขาย”", Kind.SAYING),
        ("ko", "“팔지 않는다!” |어부가 말했다", Kind.SAYING),
    ],
)
def test_the_kind_of_a_place_is_known_in_other_languages(code: str, text: str, found: Kind) -> None:
    assert kind(text, language(code)) is found


# --- scripts without spaces ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "今日は|朝から|雨が|降っていた。|駅前の|通りには、|傘を|さした|人々がいる。",
        "「ちょっと」と|言った。",
        "お茶を|コーヒーと|飲む",
        "2026年11月22日に|東京へ",
        "サーバーが|落ちた",
        "https://example.org/花の都",
        "窓を\u3099あけた",
    ],
)
def test_japanese_breaks_behind_particles_and_endings(text: str) -> None:
    assert "|".join(parts(text.replace("|", ""), language("ja"))) == text
    assert parts("昨日の #花の都 だ", language("ja")) == ["昨日の", "#花の都", "だ"]


@pytest.mark.parametrize(
    "text",
    [
        "我|们|在|北|京，|看“天|安|门”。",
        "地|方|公|布|千|方|百|计，|分|内",
        "到2031年11月3日|为|止",
        "用|iPhone|拍|照",
        "日々|的|生|活",
        "（图3）|在|此",
    ],
)
def test_chinese_breaks_between_any_two_characters_but_by_kinsoku(text: str) -> None:
    assert "|".join(parts(text.replace("|", ""), language("zh"))) == text


def test_thai_breaks_at_spaces_and_with_the_dictionary_between_words() -> None:
    pytest.importorskip("icu4py", reason="the extra threadbot[dictionary] is not installed")
    assert parts("😀 สวัสดีชาวโลก วันนี้", language("th")) == ["😀", "สวัสดี", "ชาว", "โลก", "วัน", "นี้"]


# --- any text --------------------------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    "a~É.~« b »~c ?~https://example.org/é~@alice~#tag~20 000~295 km²~3,5 %~M. Dupont~:~!~»~«~日本。~「日」~שלום~؟ مرحبا~"
    "👩‍👩‍👧~🇫🇷~é\u0301~\u0301~\u0600~\u200d~-~1.~A.~x@y.fr~www.a.fr)~(~n°~5~h~30~สวัสดี~#東京は~東京のtwitter.comは".split("~")
)
SPACES = st.sampled_from(["", " ", "  ", "\u00a0", "\u202f", "\n", "\n\n", "\t", " \n ", "\u3000"])
TEXTS = st.lists(st.tuples(WORDS, SPACES)).map(lambda pairs: "".join(word + space for word, space in pairs))
CODES = st.sampled_from(["", "fr", "en", "de", "ja", "zh", "ar", "th"])


@given(st.one_of(TEXTS, st.text()), CODES)
def test_places_are_in_order_and_drop_nothing_but_white_space(text: str, code: str) -> None:
    found = places(text, language(code))
    assert all(place.end <= place.start and not text[place.end : place.start].strip() for place in found)
    assert all(one.start < two.end for one, two in pairwise(found)), "something stands between two places"
    assert all(place.end > 0 and place.start < len(text) for place in found)
    assert found == places(text, language(code))


@example("https://example.org/é M", 0, 1, "")
@given(st.one_of(TEXTS, st.text()), st.integers(0, 20), st.integers(0, 20), CODES)
def test_a_level_looks_at_its_part_only(text: str, first: int, last: int, code: str) -> None:
    start, end = min(first, len(text)), max(min(first, len(text)), len(text) - last)
    for level in LEVELS:
        assert all(start < place.end <= place.start < end for place in level(text, start, end, language(code)))


@example("www.a.fr)日本。a", "bluesky", "")
@given(st.one_of(TEXTS, st.text()), st.sampled_from(sorted(DIALECTS)), CODES)
def test_no_place_is_inside_a_grapheme_or_what_a_network_links(text: str, dialect: str, code: str) -> None:
    ends = {0, *cluster_ends(text)}
    whole = [(entity.start, entity.end) for entity in DIALECTS[dialect].entities(text)]
    for place in places(text, language(code)):
        assert {place.end, place.start} <= ends
        assert not any(start < place.start and place.end < end for start, end in whole)


@given(TEXTS, st.sampled_from(sorted(DIALECTS)))
def test_a_long_word_is_cut_between_graphemes_but_not_in_what_a_network_links(text: str, dialect: str) -> None:
    for start, end in [(0, len(text)), (len(text) // 2, len(text))]:
        word = text[start:end]
        found = inside(text, start, end)
        assert all(place.end == place.start and place.kind is Kind.INSIDE for place in found)
        assert {place.end - start for place in found} <= set(cluster_ends(word)[:-1])
        whole = [(entity.start + start, entity.end + start) for entity in DIALECTS[dialect].entities(word)]
        assert not any(first < place.end < last for place in found for first, last in whole)


PIECES = st.sampled_from(
    "nov.~p.~art.~n°~5~12~2026~M.~Dupont~av.~J.-C.~ex.~Puis~3.~%~?~!~»~«~:~fin.~« a. »~…~z.~B.~Mai".split("~")
)


@example(["nov.", "3.", "nov."], "de")
@example(["mai.", "3"], "en")
@given(st.lists(PIECES, min_size=1), st.sampled_from(["", "fr", "en", "de", "ru"]))
def test_a_sentence_ends_nowhere_where_words_hold_together(pieces: list[str], code: str) -> None:
    """But behind a title, an initial or an ordinal, where the next word decides: "plan B. Ensuite"."""
    text, rules = " ".join(pieces), holding(language(code))
    for place in sentences(text, 0, len(text), language(code)):
        before, after = text[: place.end].split()[-1], text[place.start :].split()[0]
        assert not rules.holds(before) & rules.is_(after) & ~(Is.NAME | Is.SURNAME | Is.NOUN | Is.UNIT), (before, after)
        assert not rules.is_(after) & Is.MARK


@pytest.mark.parametrize("number", ["12km", "3,5%", "1.234.567", "$1.5bn", "20\u202f000"])
def test_a_number_in_a_long_word_is_not_cut(number: str) -> None:
    word = "é" * 5 + "-" + number + "-" + "é" * 5
    start = word.index(number) + (number[0] == "$")
    assert not [place for place in inside(word, 0, len(word)) if start < place.end < word.index(number) + len(number)]


@pytest.mark.parametrize(
    "sign",
    (
        'a~1~1.~1,~1 ~1 000 ~1m ~A.~A. ~a.~.~. ~"~« ~«~»~ »~a !~! ~!~ ~\n~ \n~\u00a0~ \u00a0~M. ~é~-~- ~日~日 ~日。~「~a@~@'
        "~a@b.~#~#a~n°~n° ~https://~https://a.fr ~😀~e\u0301~(~)~+~5 %~mai 1 ~1 mai ~p. ~a’~, ~: ~…~… ~\u0600~\u200d~J.-C. "
        '~av. ~a, ~« a. ~A “b. ~" a. ~[1] ~.[1]~ภ~1. ~2. ~?!~https://a.fr/~_a.fr~🇫🇷~👩\u200d👧~@a ~a.b.~. 🔴~#a'
    ).split("~"),
)
@pytest.mark.parametrize("level", [*LEVELS, "inside"])
def test_a_hostile_text_takes_no_longer_than_its_length(sign: str, level: Level | str) -> None:
    """Fifty thousand times the same took minutes, where a pattern walked the same characters again from each of them."""
    row = (sign * 50_000)[:50_000]
    # some patterns find nothing at the end of a row alone, and others know at once that they find nothing
    for text in (row, row + " ?» @ 5 km. https://a.fr @a #a"):
        if callable(level):
            level(text, 0, len(text), FRENCH)
        else:
            inside(text, 0, len(text))
