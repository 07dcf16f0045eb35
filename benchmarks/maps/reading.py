"""Which labels Tesseract reads: each is cut out along its halo, where it is known to stand, enlarged, and read by itself.

So what is judged is the letters: not the ground beside them, nor whether Tesseract finds its way around a map. Its dictionaries
are off: it may not guess what is blurred. It stumbles at trifles, though: so what counts are the labels that it reads right at
two of three enlargements of the original, and each of them is lost only if it is read right at none.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image

from benchmarks.maps.drawing import Label, Size
from benchmarks.ssim import shown

HEIGHTS = (24, 36, 52)  # pixels that a font is enlarged to: Tesseract is trained on letters of about this size
MARGIN = 10  # pixels of white around
COMMAND = ("tesseract", "-", "-", "--psm", "7", "-l", "eng", "-c", "load_system_dawg=0", "-c", "load_freq_dawg=0")
NO_TESSERACT = "labels were not read: no tesseract here, apt install tesseract-ocr"


def installed() -> bool:
    return shutil.which(COMMAND[0]) is not None


def firm(image: Image.Image, labels: Sequence[Label]) -> tuple[Label, ...]:
    """Those of a map's labels that are read for certain: at most of the enlargements."""
    page = shown(image).convert("L")
    times = Counter(label for height in HEIGHTS for label in _read(page, labels, 1, height))
    return tuple(label for label in labels if times[label] > len(HEIGHTS) / 2)


def legible(image: Image.Image, size: Size, labels: Sequence[Label]) -> frozenset[Label]:
    """Those of the labels of a map of this size that are read in a picture of it, which may be smaller: at any enlargement."""
    page = shown(image).convert("L")
    read: set[Label] = set()
    for height in HEIGHTS:
        read.update(_read(page, [label for label in labels if label not in read], page.width / size[0], height))
    return frozenset(read)


def _read(page: Image.Image, labels: Sequence[Label], scale: float, height: int) -> Iterator[Label]:
    texts = texts_of([enlarged(page, label, scale, height) for label in labels])
    return (label for label, text in zip(labels, texts, strict=True) if letters_of(text) == letters_of(label.text))


def enlarged(page: Image.Image, label: Label, scale: float, height: int) -> Image.Image:
    """A label and its halo, on white, its font so many pixels high."""
    left, top, right, bottom = label.box
    own = Image.new("L", (right - left, bottom - top))
    label.write(own, (label.at[0] - left, label.at[1] - top), "white", "white")
    zoom = height / label.letters
    size = round(own.width * zoom), round(own.height * zoom)
    line = page.resize(size, Image.Resampling.BICUBIC, (left * scale, top * scale, right * scale, bottom * scale))
    sheet = Image.new("L", (size[0] + 2 * MARGIN, size[1] + 2 * MARGIN), "white")
    sheet.paste(line, (MARGIN, MARGIN), own.resize(size, Image.Resampling.BICUBIC))
    return sheet


def texts_of(lines: Sequence[Image.Image]) -> list[str]:
    """What Tesseract reads in each picture of a line: one process for all of them."""
    if not lines:
        return []
    with tempfile.TemporaryDirectory() as folder:
        names = [str(Path(folder) / f"{number}.png") for number in range(len(lines))]
        for line, name in zip(lines, names, strict=True):
            line.save(name, compress_level=1)
        one_core = {**os.environ, "OMP_THREAD_LIMIT": "1"}
        said = subprocess.run(COMMAND, input="\n".join(names), capture_output=True, text=True, check=True, env=one_core).stdout
    return said.split("\f")[: len(lines)]


def letters_of(text: str) -> str:
    return "".join(filter(str.isalpha, text)).casefold()
