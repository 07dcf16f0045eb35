"""Text on a few lines: no word cut, and all lines about as long, as a typesetter would break them."""

from __future__ import annotations

from bot.media.maps.letters.lettering import Lettering, Line
from bot.media.maps.letters.wrapping import words


def block(
    letters: Lettering, text: str, size: float, room: float, bold: bool = False, italic: bool = False
) -> tuple[Line, ...]:
    """A text on the fewest lines that fit into `room` pixels, broken evenly; a single word may be wider than that. Raises
    Unfit, as `Lettering.line` does."""
    whole = letters.line(text, size, bold, italic)
    if whole.width <= room or not whole.text:
        return (whole,)
    longest = max(letters.line(word, size, bold, italic).width for word in words(whole.text))
    fewest = letters.wrapped(text, size, max(room, longest), bold, italic)
    for share in range(100, 200, 5):  # of the mean, in hundredths: the narrowest block of so many lines
        lines = letters.wrapped(text, size, max(longest, whole.width / len(fewest) * share / 100), bold, italic)
        if len(lines) <= len(fewest):
            return lines if max(line.width for line in lines) <= max(room, longest) else fewest
    return fewest
