"""Where a draft's files are: beside it or below, and nowhere else, whatever a path or a link says."""

from __future__ import annotations

from pathlib import Path

from bot.media.unfit import Unfit


def beside(folder: Path, name: str) -> Path:
    """The file of that name, seen from a folder; a link counts as where it leads. Raises Unfit where that is elsewhere."""
    home = folder.resolve()
    try:
        file = (home / name).resolve()
    except (OSError, ValueError, RuntimeError):  # the last is how Python before 3.13 calls a circle
        raise Unfit("is a link in a circle, or no name of a file – copy the file itself beside what names it") from None
    if not file.is_relative_to(home):
        raise Unfit("leaves the folder of the file that names it – copy it there")
    return file
