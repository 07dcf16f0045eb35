"""AVIF and HEIC are decoded in a process of their own: their canvas can lie about what a decoder will need, so the kernel
bounds its memory and its time. Run as a script, it reads a picture on stdin and writes what it holds and its pixels on stdout.
"""

from __future__ import annotations

import base64
import io
import json
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

SECONDS, MEMORY = 30, 640_000_000
ROWS = 256  # that are written at once


class Failed(Exception):
    """It could not be decoded there; the message says why, if that is known."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A picture as its decoder gave it, and what stood beside it."""

    mode: str
    size: tuple[int, int]
    frames: int
    exif: bytes = field(repr=False)
    xmp: bytes = field(repr=False)
    profile: bytes = field(repr=False)
    pixels: bytes = field(repr=False)


def decoded(kind: str, data: bytes, most: int) -> Decoded:
    """The picture, a `kind` of "AVIF" or "HEIC" of at most so many pixels. Raises Failed."""
    command = [sys.executable, "-P", __file__, kind, str(most)]  # -P: the rooms beside this one are not its libraries
    with tempfile.TemporaryFile() as out:  # read from a pipe, the pixels would be in memory twice
        try:
            done = subprocess.run(command, input=data, stdout=out, stderr=subprocess.DEVNULL, timeout=2 * SECONDS)  # noqa: S603
        except subprocess.TimeoutExpired as problem:
            raise Failed("") from problem
        out.seek(0)
        head = out.readline()
        if done.returncode or not head:
            raise Failed("")
        said = json.loads(head)
        if "refused" in said:
            raise Failed(said["refused"])
        exif, xmp, profile = (base64.b64decode(said[name]) for name in ("exif", "xmp", "icc_profile"))
        return Decoded(said["mode"], (said["size"][0], said["size"][1]), said["frames"], exif, xmp, profile, out.read())


def _bound() -> None:
    with suppress(ImportError, ValueError, OSError):  # Windows has no such bounds, and macOS not each
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def _decoder(kind: str) -> Any:
    if kind == "AVIF":
        from PIL import AvifImagePlugin

        AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # each thread would take address space
        return AvifImagePlugin.AvifImageFile
    import pillow_heif

    pillow_heif.options.DECODE_THREADS = 1
    return pillow_heif.HeifImageFile


def _main(kind: str, most: int) -> None:
    decoder = _decoder(kind)
    _bound()
    image = decoder(io.BytesIO(sys.stdin.buffer.read()))
    if image.width * image.height > most:
        sys.stdout.write(json.dumps({"refused": f"{image.width}×{image.height} pixels"}) + "\n")
        return
    beside = {name: image.info.get(name) or b"" for name in ("exif", "xmp", "icc_profile")}
    frames = getattr(image, "n_frames", 1) if kind == "AVIF" else 1  # a HEIC of several is a burst: its first is meant
    image.load()
    said = {"mode": image.mode, "size": image.size, "frames": frames}
    said |= {name: base64.b64encode(block).decode() for name, block in beside.items()}
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()
    for top in range(0, image.height, ROWS):
        sys.stdout.buffer.write(image.crop((0, top, image.width, min(top + ROWS, image.height))).tobytes())


if __name__ == "__main__":
    _main(sys.argv[1], int(sys.argv[2]))
