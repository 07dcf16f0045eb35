"""Which language a text is in: sure, or none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.detect import detect

TEXTS = {
    "fr": "La rivière est sortie de son lit dans la nuit, et les habitants du quartier ont été surpris par la crue.",
    "en": "The river left its bed during the night, and the people of the lower town were taken by surprise.",
    "de": "Der Fluss ist in der Nacht über die Ufer getreten, und die Bewohner wurden von dem Wasser überrascht.",
    "es": "El río se salió de su cauce durante la noche y los vecinos del barrio no tuvieron tiempo de salir.",
    "it": "Il fiume è uscito dagli argini nella notte e gli abitanti del quartiere sono stati sorpresi dalla piena.",
    "pt": "O rio saiu do leito durante a noite e os moradores do bairro não tiveram tempo para fugir da água.",
    "ru": "Река вышла из берегов ночью, и жители не успели уйти, потому что их никто не предупредил.",
    "uk": "Річка вийшла з берегів уночі, і мешканці не встигли піти, бо їх ніхто не попередив.",
    "tr": "Nehir gece yatağından taştı ve mahalle sakinleri için çok zor bir gün oldu, çünkü kimse haber vermedi.",
    "ar": "خرج النهر عن مجراه في الليل ولم يتمكن سكان الحي من الخروج من بيوتهم قبل وصول المياه إلى الشارع",
    "he": "הנהר עלה על גדותיו בלילה, והתושבים לא הספיקו לצאת כי לא היה מי שיזהיר את כל השכונה",
    "hi": "नदी रात में अपने किनारे से बाहर आ गई और लोगों को घर से निकलने का समय नहीं मिला।",
    "th": "แม่น้ำเอ่อล้นตลิ่งในเวลากลางคืน ชาวบ้านหนีไม่ทัน",
    "zh": "河水在夜里漫过了堤岸，居民们来不及离开。",
    "ja": "川は夜のうちに堤防を越え、住民は逃げる時間がなかった。",
    "ko": "강물이 밤사이에 둑을 넘었고 주민들은 피할 시간이 없었다.",
}
NEIGHBOURS = {
    "nl": "De rivier is in de nacht buiten haar oevers getreden en de bewoners van de wijk zijn door het water verrast.",
    "pl": "Rzeka wystąpiła z brzegów w nocy i mieszkańcy nie zdążyli uciec, bo nikt ich nie ostrzegł, że jest tak źle.",
    "sv": "Floden svämmade över under natten och de boende i området hann inte ut, för det var inte någon som varnade.",
    "ca": "El riu va sortir de mare durant la nit i els veïns del barri no van tenir temps de sortir amb les seves coses.",
    "ro": "Râul a ieșit din matcă în timpul nopții și locuitorii nu au avut timp să plece, pentru că nu au fost anunțați.",
    "fa": "رودخانه در شب طغیان کرد و مردم این محله از آب گریختند که راه را بسته بود",
    "ur": "دریا رات کو کناروں سے باہر آ گیا اور لوگوں کو گھر سے نکلنے کا وقت نہیں ملا",
    "bg": "Реката излезе от коритото си през нощта и жителите не успяха да си тръгнат, защото никой не ги е предупредил.",
    "sq": "Lumi doli nga shtrati gjatë natës dhe banorët e lagjes nuk patën kohë të largohen nga shtëpitë e tyre.",
    "gl": "O río saíu do leito pola noite e os veciños non tiveron tempo de marchar coas súas cousas.",
    "yi": "די מענטשן האבן נישט געקענט אנטלויפן פון דעם וואסער",
    "el": "Το ποτάμι βγήκε από την κοίτη του τη νύχτα.",
}


@pytest.mark.parametrize("code", TEXTS)
def test_a_language_is_known_by_a_sentence(code: str) -> None:
    assert detect(TEXTS[code]) == code


@pytest.mark.parametrize("code", NEIGHBOURS)
def test_a_neighbour_is_not_taken_for_a_language_we_have(code: str) -> None:
    assert detect(NEIGHBOURS[code]) in ("", code)


NEWS = {
    "en": "Last night the old bridge gave way. Nine people were hurt.",
    "es": "La crecida en el valle continúa. Anoche las aguas cubrieron Vega y dejaron a tres personas sin casa.",
    "pt": "A cheia no vale continua. Ontem à noite as águas cobriram Veiga e deixaram três pessoas sem casa.",
    "fr": "Hier soir, une crue a emporté trois maisons. Neuf personnes blessées.",
    "it": "Ieri sera una piena ha travolto tre case. Nove persone ferite.",
    "de": "Gestern Abend brach eine Brücke ein. Neun Menschen wurden verletzt.",
    "he": "גשר ישן קרס אמש בעמק. תשעה תושבים נפצעו קל.",
}


@pytest.mark.parametrize("code", NEWS)
def test_two_short_sentences_of_news_are_enough(code: str) -> None:
    assert detect(NEWS[code]) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("橋梁崩落。", ""),
        ("戦争反対。", "ja"),
        ("人々帰宅。", "ja"),
        ("川原橋前駅で増水", "ja"),
        ("这座桥断了。", "zh"),
        ("橋斷了，我們走吧。", "zh"),
        ("他们在「さくら」店门前等你，车来了，大家说再见。", "zh"),
        ("去看《桜の下》吧，我也去。", ""),
        ("去看《花の下》，我也去看，明天去看。", ""),
        ("唐・吉・花・山・水・天・人。", ""),
        ("山高水深" * 11, "zh"),
    ],
)
def test_what_is_in_han_alone_is_told_by_the_characters_that_one_language_writes(text: str, code: str) -> None:
    assert detect(text) == code


@pytest.mark.parametrize(
    "text", ["", "OK", "Merci !", "Hello world", "🎉", "12 345 €", "Bilan", "@the_of #and", "Alep, Idlib, Hama", "?!"]
)
def test_what_is_too_short_is_not_guessed(text: str) -> None:
    assert detect(text) == ""


@pytest.mark.parametrize("code", ["fr", "ar", "ja"])
def test_links_mentions_and_tags_say_nothing(code: str) -> None:
    noise = "https://example.org/the/of/and/to/in @the_and_of #that #with www.who.what.org the.of.and.com "
    assert detect(noise * 3 + TEXTS[code] + noise * 3) == code


@pytest.mark.parametrize("foreign", ["ar", "ja", "ru", "th"])
def test_a_quote_in_another_script_does_not_change_the_language(foreign: str) -> None:
    assert detect(f"{TEXTS['fr']} « {TEXTS[foreign][:20]} » {TEXTS['fr']}") == "fr"


def test_capitals_and_typewriter_apostrophes_are_read_too() -> None:
    assert detect("L'ARMÉE N'A PAS DIT QU'ELLE ÉTAIT DANS LA VILLE D'ALEP, ET C'EST CE QUE NOUS AVONS VU") == "fr"


@given(st.text())
def test_any_text_has_an_answer(text: str) -> None:
    assert detect(text) == "" or 2 <= len(detect(text)) <= 3


@pytest.mark.parametrize("sign", ["a", "a.", "a-", "é ", "@", "https://", "l’", "日", "\u0301", "ا", "www.", "- "])
def test_a_hostile_text_takes_no_longer_than_its_sample(sign: str) -> None:
    detect(sign * 200_000)
