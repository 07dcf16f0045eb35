"""What is queried in a text before it goes out, and what a careful reader would let pass."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.draft import parse
from bot.core.lint import _CHEAPER, lints
from bot.core.model import Span
from bot.core.text import DIALECTS
from bot.core.wording import Block, block

WARNING = re.compile(r"drafts/loire\.md:\d+:\d+: \S.* – \S.*")


def said(text: str, dialect: str = "x") -> list[str]:
    """The warnings for a text, each of the form that the house wants, without the file's name."""
    warnings = list(lints("drafts/loire.md", Block(text, (), _marks(text)), dialect))
    for warning in warnings:
        assert WARNING.fullmatch(warning)
    return [warning.removeprefix("drafts/loire.md:") for warning in warnings]


def _marks(text: str) -> tuple[tuple[int, Span], ...]:
    starts = [0, *(found.end() for found in re.finditer("\n", text))]
    return tuple((start, Span(number, 1)) for number, start in enumerate(starts, 1))


def alone(text: str) -> list[tuple[str, int]]:
    """The quotation marks that are queried, with their place in the text."""
    quotes = [warning for warning in said(text, "mastodon") if "quotation mark" in warning]
    starts = [0, *(found.end() for found in re.finditer("\n", text))]
    places = [tuple(map(int, warning.split(":")[:2])) for warning in quotes]
    return [(text[at], at) for line, column in places for at in [starts[line - 1] + column - 1]]


# --- links by accident -----------------------------------------------------------------------------------------------
GLUED = {
    "C’est la fin.Il pleut.": "fin.Il",
    "Ils quittent Alep.It was over.": "Alep.It",
    "On verra demain.Me voilà.": "demain.Me",
    "1.La ville, 2. Le port": "1.La",
    "Tout a brûlé en 2024.Il reste le quai.": "2024.Il",
    "« C’est fini.Au revoir »": "fini.Au",
    "(Il est parti.In extremis.)": "parti.In",
    "Sie gehen.So ist es.": "gehen.So",
    "È finita.Ma piove.": "finita.Ma",
    "Ya está.No hay más.": "está.No",
    "fin.Il/elle": "fin.Il",
    "J’ai lu www.exemple.Fr hier": "exemple.Fr",
    "Selon M.Dupont, oui": "M.Dupont",  # .dupont is a top-level domain
}


@pytest.mark.parametrize(("text", "words"), GLUED.items(), ids=GLUED.values())
def test_a_missing_space_that_makes_a_link_is_queried(text: str, words: str) -> None:
    [warning] = said(text)
    assert f"without a space, “{words}” becomes a link (23 characters on X) – " in warning
    assert warning.startswith(f"1:{text.index(words) + 1}: ")


def test_the_query_says_how_to_write_both_meanings() -> None:
    [warning] = said("C’est la fin.Il pleut.")
    assert warning.endswith("write “fin. Il”, or “fin.il” if a link is meant")


@pytest.mark.parametrize(
    "text",
    [
        "lemonde.fr et www.lemonde.fr/a",
        "Booking.com, Amazon.fr, Mediapart.fr, Legifrance.gouv.fr, OpenAI.com",
        "LEMONDE.FR, LeMonde.FR, Character.AI, C3.AI, Last.FM",
        "www.LeMonde.fr, fr.Wikipedia.org, maps.Google.com/Paris.Me",
        "ASP.NET, VB.NET, Node.js, README.md",
        "https://Exemple.Il/a et Http://fin.Me",
        "M.Durand, J.-C., U.S.A., O.N.U.",
        "La guerre.Le port",  # no such top-level domain
        "la fin. Il pleut",
        "jean@exemple.Fr",
    ],
)
def test_a_link_that_is_meant_is_not_queried(text: str) -> None:
    assert said(text) == []


@pytest.mark.parametrize("dialect", ["bluesky", "mastodon", "plain"])
def test_where_a_network_sees_no_link_nothing_is_queried(dialect: str) -> None:
    assert said("C’est la fin.Il pleut.", dialect) == []


def test_a_finding_has_the_same_words_on_every_network() -> None:
    text = "fin.Paris.Com « pleut"
    assert {warning for dialect in DIALECTS for warning in said(text, dialect)} == set(said(text))


def test_a_finding_is_placed_in_the_draft() -> None:
    source = "---\nlang: fr\n---\nUn.\n\n{x: C’est | others: Voilà} la fin.Il pleut « fort.\n"
    [passage] = parse(source.encode(), "a.md", ("x",)).passages
    found = block(passage, "x")
    assert found
    assert [warning.split(": ")[0] for warning in lints("a.md", found, "x")] == ["a.md:6:31", "a.md:6:44"]


def test_findings_are_in_reading_order() -> None:
    assert [warning.split(": ")[0] for warning in said("« a € → € fin.Il b")] == ["1:1", "1:5", "1:11"]


# --- characters that cost double on X --------------------------------------------------------------------------------
def test_characters_that_cost_double_are_named_once_with_their_sum() -> None:
    assert said("De 12 € à 30 €… ou plus… qui sait… hein ?") == [
        "1:7: characters that cost double on X: “…” ×3, “€” ×2, 5 more in all – leave some out where a post is full"
    ]


def test_invisible_ones_are_named_by_code_point_and_what_costs_less_is_said() -> None:
    [warning] = said("Quoi\u202f? Non\u202f! Si\u202f!\n• Oui")
    assert "narrow no-break space U+202F ×3, “•” ×1, 4 more in all" in warning
    assert warning.endswith("– write no-break space U+00A0 for narrow no-break space U+202F, “·” for “•”")


@pytest.mark.parametrize(
    ("text", "swap"),
    [
        ("𝗳𝗶𝗻", "“f” for “𝗳”"),
        ("CO₂, H₂O, N₂", "“2” for “₂”"),
        ("XXᵉ, XIXᵉ, Vᵉ", "“e” for “ᵉ”"),
        ("−3, −4, −5 °C", "“–” for “−”"),
    ],
)
def test_letters_in_disguise_and_signs_have_a_cheaper_equal(text: str, swap: str) -> None:
    [warning] = said(text)
    assert swap in warning


@pytest.mark.parametrize("text", ["10⁻³, 10⁴, m⁴", "… … …", "€ € €", "Ⓐ ① ⅓ № ‰ →"])
def test_nothing_is_proposed_that_changes_the_meaning_or_costs_as_much(text: str) -> None:
    [warning] = said(text)
    assert warning.endswith("– leave some out where a post is full")


def test_what_is_proposed_costs_less() -> None:
    count = DIALECTS["x"].count
    assert [sign for sign, cheaper in _CHEAPER.items() if count(cheaper) >= count(sign)] == []


def test_a_long_list_is_cut() -> None:
    [warning] = said("← ↑ → ↓ ∞ ≈ ≠")
    assert "“←” ×1, “↑” ×1, “→” ×1, “↓” ×1, “∞” ×1, …, 7 more in all" in warning


@pytest.mark.parametrize(
    "text",
    [
        "20 €, 30 €",  # two cost no post
        "Un mot de plus dans un long récit. " * 12 + "€ € €",  # fewer than one in a hundred
        "« Il l’a dit », “yes” – ‘no’ — 4 m² à 5 h ″ ½ ° × ÷ © ®",
        "™️ ™️ ™️",
        "👍🏽 ❤️ ☀ ✔ ™️ 1️⃣ 🇫🇷 👨‍👩‍👧 ▶ ☎",
        "「そう……」と彼は言った。……それだけだ。※注意 → 終わり",
        "他说：“好……”，然后……走了……",
        "שלום עולם, أهلا وسهلا، नमस्ते дом",
        "Việt Nam, Hà Nội: trời đẹp quá, những người bạn",
        "https://…€→.com",
        "",
    ],
)
def test_what_is_expected_to_cost_double_or_does_not_is_left_alone(text: str) -> None:
    assert said(text) == []


@pytest.mark.parametrize("dialect", ["bluesky", "mastodon", "plain"])
def test_only_x_charges_double(dialect: str) -> None:
    assert said("12 € → 30 € → 40 €", dialect) == []


# --- quotation marks -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("Il a dit « bonjour et il est parti.", "«"),
        ("Il a dit bonjour » et il est parti.", "»"),
        ("Il a dit « non. Puis : « oui ».", "«"),
        ("La « mer du Sud, au large du pays, et la « mer du Nord ».", "«"),
        ("Le « Guide du grand voyage au long cours et le « Fils ».", "«"),
        ("« Il a “tort », dit-elle.", "“"),
        ("Un écran de 27”.\nOui”, dit-il.", "”"),
        ("“It rains, he said.", "“"),
        ("It rains,” he said.", "”"),
        ("‘Leave now, he said.", "‘"),
        ("‘I can’t, he said.", "‘"),
        ("„Es regnet, sagte er.", "„"),
        ("»Es regnet, sagte er.", "»"),
        ("”Det regnar, sa han.", "”"),
        ("‚Ja, sagte er.", "‚"),
        ('He said "yes and left.', '"'),
        ('Yes", he said. "No", she said.', '"'),
        ('"Yes, he said. "No," she said.', '"'),
        ('He said "yes.\n\nShe said "no".', '"'),
        ("Er sagte »ja.\n\nSie sagte »nein«.", "»"),
        ("「雨だ、と彼は言った。", "「"),
        ("雨だ』と彼は言った。", "』"),
        ("他说“好，然后走了。", "“"),
        ('הוא אמר "שלום והלך', '"'),
        ('דובר צה"ל אמר: "שלום', '"'),
        ("Он сказал: «Да. Потом ушёл.", "«"),
        ("قال «نعم ثم ذهب", "«"),
        ("Ver « https://a.example/x", "«"),
        ("Un.\n\nIl dit : « deux.\n\nTrois « quatre » cinq.", "«"),
    ],
)
def test_a_quotation_mark_without_counterpart_is_queried(text: str, mark: str) -> None:
    [(found, place)] = alone(text)
    assert found == mark == text[place]


def test_the_query_is_placed_at_the_mark_that_stands_alone() -> None:
    assert alone('Yes", he said. "No", she said.') == [('"', 3)]
    assert alone("Un écran de 27”.\nOui”, dit-il.") == [("”", 20)]
    assert alone("Il a dit « non. Puis : « oui ».") == [("«", 9)]
    assert alone('He said "yes.\n\nShe said "no".') == [('"', 8)]
    assert alone("« a » b » « c") == [("»", 8), ("«", 10)]


def test_marks_that_do_not_match_are_both_queried() -> None:
    assert alone("« oui ”, dit-il") == [("«", 0), ("”", 6)]


BALANCED = {
    "French": "Il dit : « Elle a crié “au feu” et ‘vite’ », puis l’homme s’est tu. «\u00a0Ah\u202f!\u00a0»",
    "French without spaces": "dit:«oui»,puis «non»et« si »",
    "a long quotation": "« Un.\n\n« Deux.\n\n« Trois. »",
    "a long quotation, old style": "« Un.\n\n» Deux.\n\n» Trois. »",
    "a long quotation, old style, no spaces": "«Un.\n\n»Deux.»",
    "a long quotation, no marks": "« Un.\n\nDeux.\n\nTrois. »",
    "a long quotation on its lines": "«\nUn.\nDeux.\n»",
    "one mark ends two": "« Il a dit : « Viens. »",
    "one mark ends two, in Russian": "ООО «Торговый дом «Ромашка» закрыт.",
    "one mark ends two, in another quotation": "“ООО «Торговый дом «Ромашка» закрыт”",
    "English": "“It’s the dogs’ bowl,” she said. ‘No,’ he said: ‘the “big” one’.",
    "English, two paragraphs": "“One.\n\n“Two.” She left.",
    "English, straight, two paragraphs": '"One.\n\n"Two." She left.',
    "dropped letters": "‘Tis the ‘90s: rock ‘n’ roll, ask ‘em. ’Twas so.",
    "ayn and okina": "‘Ali, ‘Abd al-Rahman, Sana‘a, Ka‘ba, Hay’at, ‘Iolani",
    "plurals": "the dogs’ and cats’ bowls, James’ house",
    "German": '„Er sagte ‚ja‘ und ging“, »oder ›nein‹«, „so” und „so".',
    "German, two paragraphs": "»Eins.\n\n»Zwei.«",
    "Polish": "„Tak, «nie» i tak”",
    "Swedish": "”Hej”, sa han. ”Nej”, sa hon.",
    "Finnish": "»Ei», hän sanoi. »Joo.»",
    "Russian": "«Он сказал „да“ и ушёл»",
    "Ukrainian": "Пам’ять: «м’яч»",
    "Hebrew": 'צה"ל, ארה"ב, מנכ"לית; "שלום", אמר. ב"הארץ" וב"מעריב" „כן” צה”ל',
    "Hebrew in quotes": '"צה"ל הודיע"',
    "Arabic": 'قال «نعم» قال ”لا“ و“ربما” و"كلا"',
    "Japanese": "「雨だ」と『本』に《題》〈章〉",
    "Chinese": '他说“你好”，然后‘走了’。说"好"，“……”',
    "Chinese, straight": '说"……"，然后"好"。',
    "Korean": "그는 “네”라고 했다. ‘아니’라고도.",
    "straight": '("a"), "b"; "c"? — "d" … l\'"Europe": " e " "f"/"g" «"h"»',
    "mixed keyboards": '“one" and "two” and „drei" and “a "b" c”',
    "a space on the wrong side": 'He said "yes, "and left.',
    "inches": 'A 27" screen, 5\'10" tall, 48° 51′ 24″ N, 48°51\'24" and 5” nails',
    "inches in quotes": 'the "big 27" screen" and "in 2024" and “a 27” screen”',
    "JSON": '{"id":"…","text":"a b","more":{"c":["d"]}}',
    "a list": "» Un point\n» Un autre\n› Encore",
    "breadcrumbs": "Accueil › Cartes › Loire",
    "a link": "https://fr.example.org/«Loire et https://example.org/“b",
    "a link in quotes": "« https://a.example/b » “a.example.org/c” «https://a.example»",
    "lines of quotes": '« Un »\n« Deux »\n“Three”\n"Four"',
}


@pytest.mark.parametrize("text", BALANCED.values(), ids=BALANCED)
def test_what_a_custom_explains_is_not_queried(text: str) -> None:
    assert alone(text) == []


# --- any text --------------------------------------------------------------------------------------------------------
HARD = st.text(
    st.sampled_from("«»“”„‘’‚‹›\"「」『』 .\n\u00a0\u202f…€aÉ1אה你가'-–()") | st.characters(exclude_categories=["Cs"]),
    max_size=60,
)
PAIRS = st.sampled_from(["« {} »", "«{}»", "“{}”", "„{}“", "„{}”", "「{}」", "『{}』", "‹ {} ›", "»{}«", "‚{}‘", '"{}"'])
WORDS = st.sampled_from(["mot", "l’eau", "Été", "d’Alep", "слово", "ja"]).map("{}".format)


@given(HARD, st.sampled_from(sorted(DIALECTS)))
def test_any_text_can_be_read(text: str, dialect: str) -> None:
    said(text, dialect)


@given(st.lists(st.tuples(PAIRS, WORDS, WORDS), max_size=8), st.sampled_from([" ", ", ", "\n", "\n\n"]))
def test_a_text_whose_quotations_are_all_closed_passes(quotations: list[tuple[str, str, str]], seam: str) -> None:
    assert alone(seam.join(f"{word} {pair.format(quoted)}" for pair, quoted, word in quotations)) == []


@given(
    st.recursive(
        WORDS,
        lambda inner: st.tuples(st.sampled_from(["« {} »", "“{}”", "「{}」"]), inner).map(
            lambda it: it[0].format("a " + it[1])
        ),
    ),
    st.sampled_from("«“「„"),
)
def test_one_mark_more_is_found(text: str, mark: str) -> None:
    assert alone(text) == []
    assert alone(f"{text}. Mot {mark}mot") == [(mark, len(text) + 6)]


@pytest.mark.parametrize("text", ["Voir lemonde.fr...", "lemonde.fr..", "lemonde.fr./x", "lemonde.fr.?a"])
@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_a_link_that_ends_in_a_full_stop_is_no_fault_of_ours(text: str, dialect: str) -> None:
    assert list(lints("a.md", Block(text, (), ((0, Span(1, 1)),)), dialect)) == []
