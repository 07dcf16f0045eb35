"""Pure. How many points there are, in words: the plural forms of Unicode CLDR ("Language Plural Rules")."""

from __future__ import annotations

from bot.media.maps.saying import Words

POINTS = {  # one, few, many; of Arabic: one, two, few, many
    "en": ("{} point", "{} points"),
    "fr": ("{} point", "{} points"),
    "de": ("{} Punkt", "{} Punkte"),
    "es": ("{} punto", "{} puntos"),
    "it": ("{} punto", "{} punti"),
    "pt": ("{} ponto", "{} pontos"),
    "ar": ("نقطة واحدة", "نقطتان", "{} نقاط", "{} نقطة"),
    "uk": ("{} точка", "{} точки", "{} точок"),
    "ru": ("{} точка", "{} точки", "{} точек"),
}


def points(number: int, said: Words) -> str:
    """A number of points, one at least: "1 point", "3 points"."""
    return POINTS[said.code][_form(number, said.code)].format(said.number(number))


def _form(number: int, code: str) -> int:
    if code == "ar":
        return number - 1 if number <= 2 else 2 if 3 <= number % 100 <= 10 else 3
    if code not in ("uk", "ru"):
        return int(number != 1)
    last, teens = number % 10, 11 <= number % 100 <= 14
    return 0 if last == 1 and not teens else 1 if 2 <= last <= 4 and not teens else 2
