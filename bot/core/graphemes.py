"""Pure. Grapheme clusters (UAX #29): counted as finely as the networks do, never cut where any of them sees one.

Networks run older Unicode than the library `regex`, which joins more with each version: a count by the newest rules would
be too low for them. Bluesky counts by Unicode 17 (`Intl.Segmenter` of Node 22), Mastodon by Ruby's: 3.4 knows Unicode 15
and no Indic conjuncts, 4.0 is as Bluesky. `docs/counting.md` lists where we count more than they do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import regex

_CLUSTER = regex.compile(r"\X")
# Characters that stand alone unless a neighbour from outside this class says otherwise.
_ALONE = (
    r"\n -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u058f\u05d0-\u05ea\u0620-\u064a\u0671-\u06d5"
    r"\u1e00-\u1fff\u2010-\u2027\u202f-\u205f\u20a0-\u20bf"
    r"\u2100-\u2bff\u3000-\u3029\u3030-\u3098\u309b-\ua4cf\uff01-\uff9d"
)
_RISKY = re.compile(rf"[^{_ALONE}]+(?:[{_ALONE}][^{_ALONE}]+)*")
_PLAIN, _MARK, _SPACING_MARK = "x", "\u0300", "\u0903"  # what stands for a character that an older Unicode sees so


def _seen_as(stand_in: str, codes: str) -> dict[int, str]:
    """A table for `str.translate`, from hexadecimal code points and ranges."""
    spans = ([int(code, 16) for code in span.split("-")] for span in codes.split())
    return {code: stand_in for span in spans for code in range(span[0], span[-1] + 1)}


# What joins since Unicode 18, and what makes conjuncts since.
_SINCE_18 = _seen_as(
    _PLAIN,
    """
    05c8-05c9 0b53-0b54 1ade-1adf 1aec-1af0 1cf5-1cf6 10ecb-10ecf 10ef0-10ef9 11a3a 11b0a 11df0-11df1 1d127-1d128
    1d250-1d252 1d25b-1d25c 1d25f 1d280-1d281
    """,
)
_SINCE_16 = _SINCE_18 | _seen_as(
    _PLAIN,
    """
    0897 1acf-1add 1ae0-1aeb 10d69-10d6d 10efa-10efc 113b8-113c0 113c2 113c5 113c7-113ca 113cc-113d2 113e1-113e2
    11b60-11b67 11f5a 1611e-1612f 16d63 16d67-16d6a 1e5ee-1e5ef 1e6e3 1e6e6 1e6ee-1e6ef 1e6f5
    """,
)
# Between an emoji and a joiner it matters which of the two kinds of mark they are: they changed in Unicode 16.
_SPACING_BEFORE_16 = _seen_as(
    _SPACING_MARK,
    """
    0cc0 0cc7-0cc8 0cca-0ccb 1715 1734 1b3b 1b3d 1b43-1b44 1baa 1bf2-1bf3 a953 a9c0 111c0 11235 1134d 116b6 1193d 11f41
    16ff0-16ff1 1d166 1d16d
    """,
)
_OLD = _SINCE_16 | _SPACING_BEFORE_16


_SINCE_18_ANY, _OLD_ANY = (re.compile("[" + "".join(map(chr, table)) + "]") for table in (_SINCE_18, _OLD))
_PAIR = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_LINKER = regex.compile(r"\p{InCB=Linker}")
# Since Unicode 18 a linker joins the consonant behind it whatever stands before; up to 17 only behind another consonant.
_STRAY_LINKER = regex.compile(
    r"(?V1)\p{InCB=Consonant}[[\p{GCB=Extend}\p{InCB=Linker}\u200d]--\u200c]*+(*SKIP)(*FAIL)|\p{InCB=Linker}"
)
# In older Unicode a joiner holds more (★), and U+11A3A what follows: no text is cut between them.
_HELD = re.compile(r"\u200d\S|\U00011a3a[^\r\n]")


Older = Callable[[str], str]  # a text that today's rules break as older ones break the given one, character by character


def graphemes(text: str) -> int:
    """The number of clusters up to Unicode 17, as Bluesky counts: what a reader takes for one. `\\r\\n` is one."""
    return _number(text, _in_17)


def fine_graphemes(text: str) -> int:
    """The number of clusters where any Ruby from 3.4 on breaks, as Mastodon counts: never less than `graphemes`."""
    return _number(text, _in_15)


def clusters(text: str) -> Iterator[tuple[int, int]]:
    """Where those of `graphemes` stand that have several characters."""
    return _spans(text, _in_17)


def fine_clusters(text: str) -> Iterator[tuple[int, int]]:
    """Where those of `fine_graphemes` stand that have several characters."""
    return _spans(text, _in_15)


def cluster_ends(text: str) -> list[int]:
    """Where a text may be cut: the ends of the clusters of every version of Unicode, in characters from its start."""
    ends: list[int] = []
    done = 0
    for start, end in _risky_runs(text):
        ends.extend(range(done + 1, start + 1))
        clusters = (start + cluster.end() for cluster in _CLUSTER.finditer(_in_any(text[start:end])))
        ends.extend(at for at in clusters if not _HELD.match(text, at - 1))
        done = end
    ends.extend(range(done + 1, len(text) + 1))
    return ends


def _number(text: str, older: Older) -> int:
    return len(text) - sum(end - start - len(_CLUSTER.findall(older(text[start:end]))) for start, end in _risky_runs(text))


def _spans(text: str, older: Older) -> Iterator[tuple[int, int]]:
    for start, end in _risky_runs(text):
        spans = (found.span() for found in _CLUSTER.finditer(older(text[start:end])))
        yield from ((start + first, start + last) for first, last in spans if last - first > 1)


def _risky_runs(text: str) -> Iterator[tuple[int, int]]:
    """Where characters may join: with a neighbour on each side, as both may be drawn in."""
    return ((max(run.start() - 1, 0), min(run.end() + 1, len(text))) for run in _RISKY.finditer(text))


def _in_any(run: str) -> str:
    """By today's rules. Flags are paired before, as `\\X` takes time by the square for a row of them."""
    return _PAIR.sub(_PLAIN + _MARK, run)


def _in_17(run: str) -> str:
    """By the rules of Unicode 17."""
    run = _in_any(run)
    run = run.translate(_SINCE_18) if _SINCE_18_ANY.search(run) else run
    return str(_STRAY_LINKER.sub(_MARK, run)) if _LINKER.search(run) else run


def _in_15(run: str) -> str:
    """Wherever Unicode 15 without conjuncts or Unicode 17 breaks."""
    run = _in_any(run)
    run = run.translate(_OLD) if _OLD_ANY.search(run) else run
    return str(_LINKER.sub(_MARK, run))
