"""Text on a few lines: no word cut, and all lines about as long, as a typesetter would break them."""

from __future__ import annotations

from bot.media.maps.letters.lettering import Line
from bot.media.maps.page.scene import Desk


def block(text: str, size: float, room: float, desk: Desk, bold: bool = False, italic: bool = False) -> tuple[Line, ...]:
    """A text on the fewest lines that fit into `room` pixels, broken evenly; a single word may be wider than that."""
    whole = desk.letters.line(text, size, bold, italic)
    if whole.width <= room or not text.split():
        return (whole,)
    longest = max(desk.letters.line(word, size, bold, italic).width for word in text.split())
    fewest = desk.letters.wrapped(text, size, max(room, longest), bold, italic)
    for share in range(100, 200, 5):  # of the mean, in hundredths: the narrowest block of so many lines
        lines = desk.letters.wrapped(text, size, max(longest, whole.width / len(fewest) * share / 100), bold, italic)
        if len(lines) <= len(fewest):
            return lines if max(line.width for line in lines) <= max(room, longest) else fewest
    return fewest
