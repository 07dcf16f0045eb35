"""Makes the data of the maps of drafts/orvette.md: a river, its floods of two days, roads, a wood. All invented, but for the
outline of France, which was drawn by hand from the places of its capes and border towns.

Usage: python -m tools.orvette drafts/orvette
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

from shapely import Point, Polygon, union_all
from shapely.geometry import LineString, mapping
from shapely.geometry.base import BaseGeometry

from tools.loire import curve

Course = tuple[tuple[float, float], ...]
WEST, SOUTH = 0.20, 46.86  # of the plane in which everything below is told, in kilometres east and north
KM_LAT = 111.2
KM_LON = KM_LAT * math.cos(math.radians(47.0))

ORVETTE = (
    (-4, 21),
    (2, 19.5),
    (6, 21),
    (10, 18),
    (13.5, 18.6),
    (17, 15),
    (21, 14.5),
    (25, 11.5),
    (29.5, 12.5),
    (33, 9),
    (38, 8.5),
    (45, 6),
)
SAULE = ((16, 31), (15.2, 27.5), (17.4, 24.5), (16.2, 21.5), (18.4, 18), (17.9, 16.2), (17, 15))
ROADS = (
    ("D 12", ((-3, 14.6), (6, 15.2), (13, 13.6), (20, 10.5), (28, 8.8), (44, 3))),
    ("N 700", ((9, -2), (11, 6), (13, 13.6), (14.6, 18.2), (21, 24), (24, 31))),
    ("D 40", ((28, 31), (27, 22), (24.6, 16.8), (25.6, 11.4), (28, 8.8), (30, -2))),
)  # fmt: skip
WOODS = (((24, 21), 3.6, 2.4), ((33.5, 20.5), 4.6, 3.2), ((5, 6.5), 4.4, 2.8), ((36, 3.2), 2.6, 1.5))
BRIDGE = 1.5  # km
# Where a flood is widest: a place along the Orvette in km east, and how far it reaches there in km on each day.
BASINS = ((3, 0.5, 1.3), (8.5, 0.75, 1.9), (17.5, 0.95, 3.1), (22, 0.5, 2.0), (28.5, 0.7, 2.4), (36, 0.4, 1.2))
# fmt: off
FRANCE = (
    (2.55, 51.08), (1.86, 50.97), (1.58, 50.87), (1.58, 50.53), (1.60, 50.20), (1.08, 49.93), (0.10, 49.50),
    (-0.25, 49.29), (-1.10, 49.36), (-1.26, 49.68), (-1.94, 49.72), (-1.60, 48.83), (-1.36, 48.64), (-2.00, 48.66),
    (-2.70, 48.53), (-3.02, 48.86), (-3.98, 48.73), (-4.78, 48.35), (-4.30, 48.30), (-4.73, 48.04), (-4.37, 47.80),
    (-3.40, 47.70), (-3.12, 47.50), (-2.55, 47.53), (-2.20, 47.25), (-2.15, 47.05), (-1.80, 46.49), (-1.20, 46.20),
    (-1.10, 45.60), (-1.22, 44.65), (-1.44, 43.65), (-1.78, 43.36), (-1.35, 43.05), (-0.55, 42.80), (0.00, 42.69),
    (0.67, 42.70), (1.45, 42.60), (1.95, 42.37), (3.17, 42.43), (3.04, 42.90), (3.25, 43.23), (3.95, 43.54),
    (4.50, 43.42), (5.35, 43.28), (6.00, 43.08), (6.65, 43.18), (7.03, 43.54), (7.53, 43.78), (7.66, 44.15),
    (6.95, 44.30), (7.05, 44.70), (6.72, 44.95), (7.12, 45.30), (6.88, 45.65), (7.04, 45.93), (6.80, 46.42),
    (6.12, 46.22), (6.12, 46.58), (6.90, 47.20), (7.02, 47.48), (7.58, 47.58), (7.58, 48.10), (7.80, 48.55),
    (8.22, 48.97), (7.05, 49.12), (6.36, 49.46), (5.82, 49.54), (4.86, 50.14), (4.20, 50.00), (4.15, 50.26),
    (3.65, 50.37), (3.16, 50.76),
)
CORSICA = (
    (9.35, 43.00), (9.50, 42.58), (9.55, 42.10), (9.22, 41.37), (8.80, 41.60), (8.58, 42.05), (8.60, 42.40),
    (9.02, 42.64),
)
# fmt: on


def reach(east: float, day: int) -> float:
    """How far the water stands from the river, in km, on day 0 or 1: a little everywhere, much in the basins."""
    basins = (basin[1 + day] * math.exp(-(((east - basin[0]) / 2.6) ** 2)) for basin in BASINS)
    ripple = 0.12 * (1 + day) * math.sin(east * 2.1) * math.sin(east * 0.7 + 1)
    return max(0.12, 0.14 * (1 + day) + max(basins) + ripple)


def along(course: Course, wide: Callable[[float, float], float]) -> BaseGeometry:
    """What lies along a river, so many km to each side of each of its points."""
    points = curve(course, 30)
    return union_all([LineString(ends).buffer(wide(*ends[0])) for ends in pairwise(points)])


def flood(day: int) -> BaseGeometry:
    """What is under water on a day, the river's own bed included, in km."""
    river = along(ORVETTE, lambda x, _: reach(x, day))
    # the tributary is held back: the further from its mouth, the less
    back = along(SAULE, lambda _, y: max(0.06, (0.5 + 1.0 * day) * (1 - (y - 15) / (6 + 7 * day))))
    hill = Point(21.5, 17.4).buffer(1.1)  # Saint-Loup stays dry
    return union_all([river, back]).difference(hill).buffer(0.15).buffer(-0.15).simplify(0.02)


def wood(middle: tuple[float, float], wide: float, high: float) -> Polygon:
    """A wood with an edge that no ruler drew."""
    steps = [2 * math.pi * step / 72 for step in range(72)]
    edge = [(turn, 1 + 0.16 * math.sin(3 * turn + middle[0]) + 0.09 * math.sin(7 * turn + middle[1])) for turn in steps]
    return Polygon([(middle[0] + wide * far * math.cos(turn), middle[1] + high * far * math.sin(turn)) for turn, far in edge])


def cuts(day: int) -> list[tuple[Point, str]]:
    """Where a flood closes a road: the middle of each stretch that is longer than a bridge."""
    found = []
    for name, course in ROADS:
        wet = LineString(curve(course)).intersection(flood(day))
        for stretch in getattr(wet, "geoms", [wet]):
            if stretch.length > BRIDGE:
                found.append((stretch.interpolate(0.5, normalized=True), name))
    return found


def placed(shape: Any) -> Any:
    """A shape in kilometres as GeoJSON wants it: in degrees, to about a metre."""

    def point(each: Any) -> Any:
        if isinstance(each[0], float | int):
            return [round(WEST + each[0] / KM_LON, 5), round(SOUTH + each[1] / KM_LAT, 5)]
        return [point(inner) for inner in each]

    value = mapping(shape)
    return {"type": value["type"], "coordinates": point(value["coordinates"])}


def collection(*features: tuple[Any, dict[str, str]]) -> str:
    """A GeoJSON file, a line a feature."""
    lines = (
        json.dumps({"type": "Feature", "properties": said, "geometry": shape}, ensure_ascii=False) for shape, said in features
    )
    return '{"type": "FeatureCollection", "features": [\n' + ",\n".join(lines) + "\n]}\n"


def main(folder: Path) -> None:
    """Write the files."""
    folder.mkdir(parents=True, exist_ok=True)
    beds = ((ORVETTE, "l’Orvette"), (SAULE, "la Saule"))
    files = {
        "rivieres": [(placed(LineString(curve(course))), {"name": name}) for course, name in beds],
        "routes": [(placed(LineString(curve(course))), {"name": name}) for name, course in ROADS],
        "bois": [(placed(wood(*each)), {}) for each in WOODS],
        "eau-jour1": [(placed(flood(0)), {})],
        "gagne-jour3": [(placed(flood(1).difference(flood(0))), {})],
        "coupures-jour3": [(placed(at), {"route": road}) for at, road in cuts(1)],
        "france": [({"type": "Polygon", "coordinates": [[*map(list, ring), list(ring[0])]]}, {}) for ring in (FRANCE, CORSICA)],
    }
    for name, features in files.items():
        (folder / f"{name}.geojson").write_text(collection(*features), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
