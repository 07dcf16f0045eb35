"""Pure. The words, numbers and dates that are printed on a map, in its language; in English, where that is not known.

Separators are those of Unicode CLDR, but that numbers are grouped from 10 000 on, and in Spanish by a space, as its Academy
asks. A no-break space stands before a unit. Digits are 0 to 9 in all languages: so many Arabic newspapers write them, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

NARROW, FIXED = "\u202f", "\u00a0"
EXACT = (99.95, 0.095, 0.0095)  # km² from which on 0, 1 and 2 digits behind the decimal sign will do; below, square metres


@dataclass(frozen=True, slots=True)
class Words:
    """A language's furniture. `as_of` takes a date, `dated` takes {day}, {month} and {year}; `first` is how the first of a
    month is written, `colon` parts a name from what is said of it, `grouping` the thousands of a number."""

    code: str
    source: str
    sources: str
    as_of: str
    gained: str
    lost: str
    unchanged: str
    places: str  # before names of places: "Places shown"
    map: str  # before a title: "Map"
    dated: str
    months: tuple[str, ...]
    north: str = "N"
    first: str = "1"
    colon: str = ": "
    grouping: str = FIXED
    decimal: str = ","
    km: str = "km"
    m: str = "m"
    km2: str = "km²"
    comma: str = ", "

    def number(self, value: float, digits: int = 0) -> str:
        """A number with so many digits behind its decimal sign."""
        whole, _, rest = f"{abs(value):.{digits}f}".partition(".")
        if len(whole) > 4:
            whole = f"{int(whole):,}".replace(",", self.grouping)
        sign = "−" if value < 0 and (int(rest or "0") or whole != "0") else ""
        return sign + whole + (self.decimal + rest if rest else "")

    def area(self, size: float) -> str:
        """Of so many square kilometres, as exactly as a reader has use for: 295 km², 12.4 km², 0.8 km², 3400 m²."""
        if 0 < size < EXACT[-1]:
            return f"{self.number(max(1, float(f'{size * 1e6:.2g}')))}{FIXED}{self.m}²"
        digits = next((digits for digits, least in enumerate(EXACT) if size >= least), 0)
        if round(size, digits) == round(size):
            digits = 0
        return f"{self.number(size, digits)}{FIXED}{self.km2}"

    def length(self, metres: float) -> str:
        """Metres up to 1 000, kilometres from there."""
        if round(metres) < 1000:
            return f"{self.number(metres)}{FIXED}{self.m}"
        return f"{self.number(metres / 1000, 1 if metres < 99_950 and round(metres, -2) % 1000 else 0)}{FIXED}{self.km}"

    def day(self, when: date) -> str:
        """A day as people of that language write it: "12 mars 2026"."""
        day = self.first if when.day == 1 else str(when.day)
        return self.dated.format(day=day, month=self.months[when.month - 1], year=when.year)

    def state(self, when: date) -> str:
        """What a map says of its day: "Situation au 12 mars 2026"."""
        return self.as_of.format(self.day(when))


def words(lang: str) -> Words:
    """The words of a language, by its code ("fr", "pt-BR"); of English for those that are not here."""
    return LANGUAGES.get(lang.lower().partition("-")[0], LANGUAGES["en"])


def _months(names: str) -> tuple[str, ...]:
    return tuple(names.split())


_ALL = (
    Words(
        code="en",
        source="Source",
        sources="Sources",
        as_of="Situation on {}",
        gained="Gained",
        lost="Lost",
        unchanged="unchanged",
        places="Places shown",
        map="Map",
        dated="{day} {month} {year}",
        months=_months("January February March April May June July August September October November December"),
        grouping=",",
        decimal=".",
    ),
    Words(
        code="fr",
        source="Source",
        sources="Sources",
        as_of="Situation au {}",
        gained="Gagné",
        lost="Perdu",
        unchanged="inchangé",
        places="Lieux indiqués",
        map="Carte",
        dated="{day} {month} {year}",
        months=_months("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
        first="1er",
        colon=FIXED + ": ",
        grouping=NARROW,
    ),
    Words(
        code="de",
        source="Quelle",
        sources="Quellen",
        as_of="Stand: {}",
        gained="Hinzugekommen",
        lost="Verloren",
        unchanged="unverändert",
        places="Eingezeichnete Orte",
        map="Karte",
        dated="{day}. {month} {year}",
        months=_months("Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
        grouping=".",
    ),
    Words(
        code="es",
        source="Fuente",
        sources="Fuentes",
        as_of="Situación al {}",
        gained="Ganado",
        lost="Perdido",
        unchanged="sin cambios",
        places="Lugares señalados",
        map="Mapa",
        dated="{day} de {month} de {year}",
        months=_months("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
    ),
    Words(
        code="it",
        source="Fonte",
        sources="Fonti",
        as_of="Situazione: {}",  # "al" would be "all’" before 8 and 11
        gained="Guadagnato",
        lost="Perduto",
        unchanged="invariato",
        places="Luoghi indicati",
        map="Mappa",
        dated="{day} {month} {year}",
        months=_months("gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"),
        first="1º",
        grouping=".",
    ),
    Words(
        code="pt",
        source="Fonte",
        sources="Fontes",
        as_of="Situação em {}",
        gained="Ganho",
        lost="Perdido",
        unchanged="sem alteração",
        places="Lugares assinalados",
        map="Mapa",
        dated="{day} de {month} de {year}",
        months=_months("janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro"),
        first="1º",
        grouping=".",
    ),
    Words(
        code="ar",
        source="المصدر",
        sources="المصادر",
        as_of="الوضع في {}",
        gained="مكتسب",
        lost="مفقود",
        unchanged="دون تغيير",
        places="الأماكن المبيّنة",
        map="خريطة",
        dated="{day} {month} {year}",
        months=_months("يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر"),
        north="ش",
        grouping=",",
        decimal=".",
        km="كم",
        m="م",
        km2="كم²",
        comma="، ",
    ),
    Words(
        code="uk",
        source="Джерело",
        sources="Джерела",
        as_of="Станом на {}",
        gained="Здобуто",
        lost="Втрачено",
        unchanged="без змін",
        places="Позначені місця",
        map="Карта",
        dated="{day} {month} {year}",
        months=_months("січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня"),
        north="Пн",
        km="км",
        m="м",
        km2="км²",
    ),
    Words(
        code="ru",
        source="Источник",
        sources="Источники",
        as_of="По состоянию на {}",
        gained="Приобретено",
        lost="Утрачено",
        unchanged="без изменений",
        places="Отмеченные места",
        map="Карта",
        dated="{day} {month} {year}",
        months=_months("января февраля марта апреля мая июня июля августа сентября октября ноября декабря"),
        north="С",
        km="км",
        m="м",
        km2="км²",
    ),
)
LANGUAGES = {language.code: language for language in _ALL}
