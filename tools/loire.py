"""Pure. The country and the four days that `draw_maps.py` draws: all invented, but for the name of the river."""

from __future__ import annotations

from typing import NamedTuple

WIDTH, HEIGHT = 1600, 1200  # of the finished picture, whose pixels are the unit of every coordinate below
LEFT, TOP, RIGHT, BOTTOM = 0, 150, 1190, 1146  # the map in the picture
PIXELS_PER_KM = 24

Point = tuple[float, float]


class Day(NamedTuple):
    date: str
    short: str
    headline: str
    km2: int
    centimetres: int


class Stream(NamedTuple):
    width: int
    bed: int  # how far its bed lies above the Loire's, in steps of the height field
    slope: float  # of the sides of its valley, in steps a pixel
    course: tuple[Point, ...]


class Road(NamedTuple):
    name: str
    sign: Point
    course: tuple[Point, ...]


class Town(NamedTuple):
    name: str
    at: Point
    label: Point  # from the dot
    anchor: str
    evacuated: int | None = None  # since which day


DAYS = (
    Day("Lundi 9 mars", "lun. 9", "la Loire sort de son lit", 38, 310),
    Day("Mardi 10 mars", "mar. 10", "12 000 hectares sous l’eau", 120, 425),
    Day("Mercredi 11 mars", "mer. 11", "la Sauline ne s’écoule plus", 214, 540),
    Day("Jeudi 12 mars", "jeu. 12", "le pic de la crue", 295, 605),
)
# fmt: off
STREAMS = (
    Stream(17, 0, 0.9, ((1390, 470), (1290, 455), (1190, 500), (1090, 575), (975, 560), (880, 600), (780, 690),
                        (660, 705), (545, 650), (430, 665), (335, 745), (225, 775), (115, 735), (0, 760), (-110, 780))),
    Stream(8, 22, 1.5, ((535, 60), (550, 190), (600, 290), (560, 390), (635, 480), (650, 570), (590, 660))),
    Stream(7, 30, 1.7, ((1135, 1250), (1090, 1130), (1005, 1030), (990, 925), (905, 840), (880, 740), (815, 665))),
)
ROADS = (
    Road("D 81", (1115, 707), ((1300, 640), (1180, 675), (1040, 750), (900, 800), (690, 850), (440, 870), (200, 905),
                               (-60, 880))),
    Road("D 12", (285, 418), ((-60, 330), (140, 395), (320, 425), (480, 395), (575, 420), (860, 410), (1040, 350),
                              (1300, 290))),
    Road("D 40", (500, 960), ((-60, 665), (60, 668), (200, 652), (300, 630), (395, 690), (440, 870), (520, 1000),
                              (545, 1250))),
    Road("N 700", (925, 250), ((970, 60), (925, 250), (860, 410), (775, 560), (730, 700), (690, 850), (715, 1000),
                               (680, 1250))),
)
# fmt: on
TOWNS = (
    Town("Port-aux-Saules", (200, 652), (0, -36), "mm", 4),
    Town("Villegrève", (415, 760), (-18, 42), "rm", 2),
    Town("Saint-Loup", (625, 418), (-14, -34), "lm"),
    Town("Les Varennes", (708, 775), (-24, 0), "rm", 3),
    Town("Montaubert", (1040, 350), (0, -34), "mm"),
    Town("Chantereine", (1000, 766), (16, 38), "mm"),
    Town("La Ronceraie", (200, 905), (0, 36), "mm"),
)
LEGEND = ("Lit ordinaire", "Déjà inondé la veille", "Inondé en 24\u00a0heures", "Route coupée", "Évacuation", "Forêt")
SOURCE = "Source\u00a0: relevés d’exemple, situation à 18\u00a0h. Lieux et chiffres inventés."
RIVERS = (("La Loire", (975, 474), -4), ("la Sauline", (650, 300), 60), ("l’Orvette", (1079, 1056), 50))


def spline(t: float, a: float, b: float, c: float, d: float) -> float:
    """Between b and c on a smooth line that also knows the points before and after them (Catmull and Rom's)."""
    return b + t * ((c - a) + t * ((2 * a - 5 * b + 4 * c - d) + t * (3 * (b - c) + d - a))) / 2


def curve(course: tuple[Point, ...], steps: int = 20) -> list[Point]:
    ends = (course[0], *course, course[-1])
    return [
        (spline(step / steps, *(p[0] for p in around)), spline(step / steps, *(p[1] for p in around)))
        for around in zip(ends, ends[1:], ends[2:], ends[3:], strict=False)
        for step in range(steps)
    ]
