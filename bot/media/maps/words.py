"""Pure. The words of which a map's styles are made: what may be written in a map, and what each theme has to know."""

from __future__ import annotations

# the first of each kind is what a thing without a style is drawn as
AREAS = ("area", "controlled", "contested", "gained", "lost", "water", "land", "forest", "urban")
LINES = ("line", "front", "border", "road", "river", "track", "advance")
POINTS = ("point", "town", "capital", "event", "crossing")
STYLES = (*AREAS, *LINES, *POINTS)

SYMBOLS = ("dot", "ring", "square", "triangle", "diamond", "star", "cross")
PATTERNS = ("plain", "hatch", "crosshatch", "dots", "outline")
THEMES = ("light", "dark", "print")
PROJECTIONS = ("mercator", "equirectangular")
