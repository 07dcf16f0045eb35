"""Renews the answers in `tests/data/counts.json` by asking the networks' own code, for machines that cannot.

    python -m tools.make_vectors

The file holds texts of our own, each with what `tests/judge` says of it. To add one: write it there with `null`, then run this.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.judging import judged
from tests.servers import installed

HOME = Path(__file__).resolve().parent.parent
VECTORS = HOME / "tests" / "data" / "counts.json"


def main() -> None:
    texts = list(json.loads(VECTORS.read_text(encoding="utf-8"))["answers"])
    versions, verdicts = judged(installed(HOME / "tests" / "judge", HOME / ".cache"), texts)
    said = ",\n".join(f"{json.dumps(text)}: {json.dumps(verdict)}" for text, verdict in zip(texts, verdicts, strict=True))
    VECTORS.write_text(f'{{"judges": {json.dumps(versions)}, "answers": {{\n{said}\n}}}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
