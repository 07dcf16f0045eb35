"""Where sentences end, by each language's own rules: `|` stands where one does, in place of a space if there is one."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import bot.core.languages
from bot.core.breaks import Kind, paragraphs, sentences
from bot.core.languages import language
from bot.core.languages.language import Language

FILES = sorted(path.stem for path in Path(bot.core.languages.__file__).parent.glob("??.py"))
NO_SPACE = {"zh", "ja"}

FR = """
Un.|Deux !|Trois ?|Quatre…|Cinq.
Il a vu M. Dupont.|Puis il est parti.
Le Dr. Roux et Mme Lenoir sont là.|Me Petit aussi.
César, mort en 44 av. J.-C., fut pleuré.|Pas par tous.
Vers 50 av. J.-C. Rome brûle.|C’était vers 50 av. J.-C.|Les Romains partent.
Des pompes, des câbles, etc.|Le reste suivra.
Des pompes, des câbles, etc. sont partis.
Il faut agir, c.-à-d. voter, p. ex. mardi.
Voir p. 12, art. 3 et fig. 4.|Cf. Dupont.
Il habite au n° 5.|Elle au no 7.
« Non. Jamais », dit-il.|Puis il sortit.
« Non ! » dit-il.|« Oui. »|Puis rien.
« Qui vient ? » demanda-t-elle.|Personne.
Il a crié « Au feu ! » avant de fuir.
Il a dit : « Nous partons. »|Puis il est resté.
« Nous avons tout perdu dans la nuit, les murs, le toit, les bêtes et jusqu’aux photos de nos enfants.|Le maire nous a promis\
 une maison avant la fin de cet hiver. »
Pourquoi ? parce que rien ne presse.
Ah ! si seulement.
Et puis… plus rien.|Le noir.
Il hésite (enfin !) et signe.|Le texte dit « […] Rien ».
Yahoo! Inc. a livré les journaux.|Le juge les lit.
Il prit de la vitamine C.|Ensuite il dormit.
C’est le plan B.|Marie arrive.|L’hépatite C. recule.
Victor H. est libre.|Karim D. aussi.|On attend Paul K.|Il viendra.
J. K. Rowling et George W. Bush se taisent.|J.-P. Sartre aussi.
L’O. N. U. et l’O.N.U. protestent.|C’est l’avis de l’U.E.|Le reste suit.
C’était en 2024.|Puis vint la v2.0 du texte.|Fin.
La nappe perd 3,5 m.|Il faut attendre.|Départ à 14 h.|Retour à 18 h 30.|Rien.
La tension atteint 230 V.|Le fusible saute.
Le 3 nov. 2026 a tout changé.|Le 5 déc. rien.
1. Ouvrir 2. Lire 3. Fermer
1. Ouvrir la porte.|2. Lire la lettre.|3. Fermer.
Ils étaient 12.|Onze sont morts.
Il se tait.|112 familles attendent.
Il se tait.|@alice.test parle.|#Loire déborde.|iPhone ou non.|🔴 Alerte.
C’est fini ! 🎉|Tout le monde dort.
La digue a cédé.|🛰️ La deuxième image le montre.|🗺️ « Là », dit-il.|🚜 Un champ.
Merci ! 🙏|À demain. 😀|On verra. ❤️|Bravo. 👏🏽👏🏽|La fin ! 🛰️|Un essai. 🛰 raté.
« C’est faux. »|C’est la mairie qui le dit.|« Partez ! »|Puis il sort.
On l’a vue le May 3, 2026 puis en Jan. 2027.|Ou en avr. 2031.
Voici la carte.|https://exemple.org/a.b?c=d.e montre tout.
La carte : https://exemple.org/a|Elle montre tout.
Voir https://exemple.org/a et le reste.
Voir https://exemple.org/a, Le Monde et le reste.
La loi date de 1905.[1]|Elle tient.
Il est parti.Elle reste.
(Il est parti.)|Elle reste.
la digue tient.|on ne sait pas comment.
tu viens ?|oui, demain.|super !|on y va.|et puis… plus rien.
encore ! dit-elle.|« tu viens ? » dit-il.|oui.
Le Gal. Lemar et les Gaux. Istre et Roux dorment.|Nous aussi.
– Vous étiez là ?|– Oui.|– Ah.
Le site lemonde.fr est en panne.|Le PIB perd 0,4 %.|Rien.
Le gén. Morvan et le col. Istre signent.|Il passe le col.|Puis il dort.
Le maire a dit oui.»|Il part.
Le poids : 3 t.|C’est peu.|La surface en m².|Puis x = ².|Rien.
L’art. L. 121-3 et le vol. II manquent.|Tél. : 02 31 00 00 00.|N. B. : rien.
Sous Louis XIV. la cour dort.|MM. Roux et Petit aussi.|Quoi ?..|Non !…|Si.
Il dit non...|Elle dit oui... mais tard.
Séance du 3. 11. 2031 au soir.|Fin.
"""
EN = """
One.|Two!|Three?|Four…|Five.
Mr. Smith met Dr. Jones.|Then he left.
He left at 5 p.m. on Monday.|He came at 9 a.m.|Then he slept.
The U.S. Army left.|He loves the U.S.|The end.|The U.S. sent aid.
Acme Inc. agreed.|It was Acme Inc.|The rest followed.
We need pumps, e.g. new ones, i.e. soon, vs. later.
Pumps, cables, etc.|The rest later.
See No. 5, p. 12 and Fig. 3.|He said no.|Then yes.
In Jan. 2019 it fell.|In May.|Then again.
“Stop!” he said.|“Go.”|He went.
“Stop!” Smith said, and she did.
"Are you sure?" asked Ann Lee.|"Yes."|Then no.
“No. Never,” she said.|Nobody spoke.
Take vitamin C.|Then rest.|That was plan B.|Mary came.
Omar K. and Lena T. left.|J. K. Rowling stayed.|George W. Bush too.
It costs $1.5bn.|3 men left.
It fell by 3.5 m.|It was 2024.|Then v2.0 came.
1. Shut the gate.|2. Go home.
It is gone.|eBay sold it.|@bob saw it.
Yahoo! Inc. kept it.|The court knows.
Why? because.
the road is shut.|use the bridge.
The law is old.[2]|It stands.
See Eq. 3.|Then Eqs. 4 and 5.|The rest holds.
In May Sen. C. Smith left.|Mt. Ryde is high.|We climbed Mt. Ryde.|It is closed.
Gen. Ito and Lt. Col. Marsh left.|St. Mary’s is shut.|He lives on Mill St.|The rest too.
At 3 p.m. EST it fell.|He has a Ph.D.|Then he left.|Prof. A. B. Lee spoke.|Q. Why?|A. No.
‘Stop!’ he said.|‘No.’|Visit example.org.|It is free.
"""
OTHERS = {
    "de": """
Am 3. Mai kam das Wasser.|Im 19. Jahrhundert auch.
Es waren 12.|Dann kamen mehr.|Das war 2024.|Niemand half.
Dr. Weiß und Prof. Koch, d. h. zwei, sind da.|Es gilt z. B. nicht.
Laut Abs. 2 Nr. 4 gilt S. 12.|Das ist neu.
Pumpen, Kabel usw. fehlen.|Es fehlen Pumpen usw.|Das ist schlecht.
„Nein!“, sagte er.|„Ja.“|Er ging.
„Wer zahlt?“ fragte sie.|Keiner.
Kaiser Wilhelm II. kam.|Ludwig XIV. auch.
»Nein.«|Dann ging er.|»Ja.«|»Nein.«
Siehe S. 12.|Koch schweigt.|Die Fa. Meier zahlt.
Es kostet 3 Mrd. Euro.|Es fehlen 20 Mio.|Das ist viel.
Der Termin ist der 3. 11. 2026.|Wir kommen.
""",
    "es": """
¿Quién paga?|¿Y cuándo?|¡Nadie!|Silencio.
El Sr. Prado y la Dra. Lima, p. ej., vinieron.|Luego no.
Viene de EE. UU.|Durará.|EE. UU. envió más.
Hacia el 52 a. C. cayó.|Véase la pág. 12.
«No», dijo.|«¿Quién?» preguntó Ana.|Nadie.
Compraron cables, etc.|Luego se fueron.
""",
    "it": """
Il dott. Riva e la sig.ra Conti sono qui.|Poi no.
Mancano cavi, ecc.|Arriveranno.|Vedi pag. 12, art. 5.|È chiaro.
Nel sec. XIX nacque il ponte.|Dura 30 sec.|Poi cade.
«Chi paga?», chiede.|Nessuno.|Resta il piano B.|Si vota.
""",
    "pt": """
O Sr. Prado e a Dra. Lima chegaram.|Ninguém viu.
Cf. pág. 12, art. 5.º e fig. 3.|O resto falta.
«Quem paga?», perguntou.|Ninguém.|Às 9h30.|Depois não.
""",
    "ru": """
А. С. Пушкин жил в г. Москве на ул. Арбат.|Он писал.
В 1931 г. она рухнула.|Это было в 1931 г.|Потом ничего.
И так далее, т. е. всё.|Были насосы и т. д.|Потом их увезли.
«Нет», — сказал он.|«Кто?» — спросила она.|Никто.
Ущерб 40 тыс. руб.|Выплат нет.|Проф. Лебедев ушёл.
""",
    "uk": """
П. О. Коваль жив на вул. Франка.|Він писав.
Це було у 1941 р.|Потім нічого.|Проф. Гнатюк пішов.
«Хто?» — спитала вона.|Ніхто.|Це 40 тис. грн.|Грошей немає.
""",
    "tr": """
19. yüzyılda yapıldı.|3. Ordu geldi.|Dr. Aydın gitti.
Bkz. şek. 3.|Rapor yok.
Kablo, pompa vb. alındı.|Sayı 12.|Sonra gittiler.|Ne?!|Yok.
""",
    "ar": """
وصل د. سامي أمس.|لم يأت أحد.
من يدفع؟|لا أحد!|انتهى الأمر.
«من يدفع؟» سألت المديرة.|صمت الجميع.
انظر ص. 12 من التقرير.|لم يُنشر.
«لن نبيع!» قال الصياد.|ثم خرج.
""",
    "he": """
פרופ' לוי בא.|גב' מזרחי לא.
השטח הוא 295 קמ"ר.|זה הרבה.|מי שילם?|אף אחד!|סוף.
המים עלו ב־4.5 מ' בלילה.|הם ירדו.
""",
    "hi": """
पानी बढ़ा।|वह रुका॥|क्यों?|पता नहीं।
डॉ. राव और श्री वी. के. राव आए।|वे गए।
वह 295 वर्ग कि.मी. है।|यह बड़ा है।
""",
    "th": """
น้ำท่วมหนัก!|สะพานปิด
เมื่อ พ.ศ. 2474 ที่นี่
น้ำขึ้น ไม่มีใครรู้
ไกล 5 กม. จากเมือง
สูง 5 ซม. ในเมือง
ถึง นคร. NASA แล้ว
“เราไม่ขาย!” ชาวประมงกล่าว
""",
    "zh": """
水涨了。|桥断了！|谁知道？|没有人。
“快走！”他喊道，大家走了。
他说：“走吧。”|然后走了。
他说：“走吧。回家。”|然后走了。
他说“走吧。回家。”|然后走了。
他很高兴（真的。太好了。）走了。|完。
预算为1.2亿元。|增长3.4%。
""",
    "ja": """
水が出た。|橋が落ちた！|誰が？|知らない。
「誰が払うのか？」と問うた。|答えはない。
「はい。」|それから帰った。
劇団「波。」の公演だ。|中止だ！
予算は1.2億円だ。|（更新。）|続く。
彼は（笑。）帰った。|（笑。）|彼は「はい。いいえ。」と言った。
""",
    "ko": """
물이 찼다.|다리가 끊겼다!|누가?|모른다.
내 꿈.|저것은 펜.|3.5억 원.|많다.
2031. 11. 3. 오전에 터졌다.|아무도 없었다.
“팔지 않는다!” 어부가 말했다.|그는 나갔다.
""",
    "": """
One.|Two!|Three?|Four.
A 3.5 b.|Dr. House vs. Mr. Bean.|J. K. Rowling.|晴れ。|最後。
वह।|यह।|من؟|لا.
""",
}
CASES = [
    (code, case)
    for code, table in {"fr": FR, "en": EN, **OTHERS}.items()
    for case in table.replace("\\\n", "").strip().splitlines()
]


def marked(text: str, rules: Language) -> str:
    """The text with `|` at the ends of its sentences."""
    for place in reversed(sentences(text, 0, len(text), rules)):
        text = f"{text[: place.end]}|{text[place.start :]}"
    return text


def plain(code: str, case: str) -> str:
    """The text of a case: a space for each `|`, but none behind a mark of a script without spaces."""
    if code in NO_SPACE:
        return case.replace("|", "")
    return re.sub(r"(?<=[。！？])\|", "", case).replace("|", " ")


@pytest.mark.parametrize(("code", "case"), CASES)
def test_sentences_end_where_a_reader_says(code: str, case: str) -> None:
    assert marked(plain(code, case), language(code)) == case


@pytest.mark.parametrize("space", ["\u00a0", "\u202f", " "])
def test_a_french_mark_ends_a_sentence_behind_any_space(space: str) -> None:
    text = f"« Quoi{space}? » demande-t-il. Rien{space}! « Ah »{space}? Fin."
    assert marked(text, language("fr")) == f"« Quoi{space}? » demande-t-il.|Rien{space}!|« Ah »{space}?|Fin."


@pytest.mark.parametrize(
    ("before", "kind"),
    [
        ("Voir la carte 👇", Kind.LEAD),
        ("La carte du pont 3.5 ⬇️", Kind.LEAD),
        ("Le pont est tombé. Voici comment 👇", Kind.PARAGRAPH),
        ("Le pont est tombé ! Pourquoi ? ⬇️", Kind.PARAGRAPH),
        ("橋が落ちた。理由は↓", Kind.PARAGRAPH),
        ("Le pont est tombé. Voici comment :", Kind.LEAD),
        ("Ce que l’on sait à cette heure de la chute du vieux pont de Vaux 👇", Kind.PARAGRAPH),
        ("👇", Kind.LEAD),
    ],
)
def test_what_points_down_leads_to_the_next_lines_if_it_is_short_and_to_the_next_posts_if_not(before: str, kind: Kind) -> None:
    text = f"{before}\n\nLa suite."
    assert [place.kind for place in paragraphs(text, 0, len(text), language("fr"))] == [kind]


def test_the_first_subtag_decides() -> None:
    assert language("fr-CA") is language("FR_be") is language("fr")


@pytest.mark.parametrize("code", ["", "x", "xx", "tlh", "language", "../fr", "fr/..", "français", "__init__"])
def test_an_unknown_language_has_neutral_rules(code: str) -> None:
    assert language(code).starters == frozenset()
    assert "dr" in language(code).titles


@pytest.mark.parametrize("code", FILES)
def test_a_file_is_named_after_its_language_and_written_as_the_tables_are_read(code: str) -> None:
    rules = language(code)
    assert rules.code == code
    tables = (rules.titles, rules.abbreviations, rules.closing, rules.numbered, rules.starters, rules.leads)
    for word in frozenset().union(*tables):
        assert len(word) == 1 or word == word.lower(), word
        assert not word.endswith("."), word


@pytest.mark.parametrize("code", FILES)
def test_no_abbreviation_is_said_to_behave_in_two_ways(code: str) -> None:
    rules = language(code)
    assert rules.abbreviations & (rules.titles | rules.closing | rules.numbered) == frozenset()
    assert rules.closing & rules.numbered == frozenset()


def test_a_language_is_read_when_it_is_asked_for() -> None:
    script = (
        "import sys; from bot.core.breaks import sentences; from bot.core.languages import language; language('fr');"
        "print(*sorted(name for name in sys.modules if name.startswith('bot.core.languages.')))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [f"bot.core.languages.{name}" for name in ("fr", "language", "neutral")]
