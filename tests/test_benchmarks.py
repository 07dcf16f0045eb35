"""The benchmarks run, and what they measure on is what it claims to be. Nothing here depends on how long anything takes."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import combinations, pairwise
from math import isinf
from pathlib import Path

import pytest
from PIL import Image, ImageFilter

from benchmarks import RULES, corpus, fleet, judged, peers, publishing, splitting, table
from benchmarks.maps import __main__ as maps_main
from benchmarks.maps import catalogue, drawing, figures, reading, report, ways
from benchmarks.maps.measuring import Case, Outcome
from benchmarks.ssim import Likeness, likeness, psnr
from bot.core.text import DIALECTS
from tests.servers import Pds

FRENCH = corpus.text("fr", 3_000)


@pytest.fixture(autouse=True)
def _no_judge(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The same on every machine, whatever `make bench` has installed."""
    monkeypatch.setattr(judged, "JUDGE", tmp_path)


# --- the texts -------------------------------------------------------------------------------------------------------


def test_a_text_is_the_same_for_the_same_seed() -> None:
    assert corpus.text("fr", 3_000) == FRENCH
    assert corpus.text("fr", 3_000, seed=1).text != FRENCH.text


def test_there_are_sixteen_languages_with_sentences_enough() -> None:
    counts = {lang: len(set(pool.sentences)) for lang, pool in corpus.pools().items()}
    assert set(counts) == set("fr en de es it pt ar he ru uk tr hi th zh ja ko".split())
    assert counts.pop("fr") >= 40
    assert min(counts.values()) >= 15


@pytest.mark.parametrize("lang", corpus.pools())
@pytest.mark.parametrize("length", [280, 2_500, 20_000])
def test_a_text_is_as_long_as_asked(lang: str, length: int) -> None:
    assert length * 0.7 < len(corpus.text(lang, length).text) <= length


def test_a_text_of_a_million_characters_can_be_had() -> None:
    assert 999_000 < len(corpus.text("fr", 1_000_000).text) <= 1_000_000


@pytest.mark.parametrize("lang", corpus.pools())
def test_sentences_and_paragraphs_make_up_the_whole_text(lang: str) -> None:
    text = corpus.text(lang, 5_000)
    for spans in (text.sentences, text.paragraphs):
        between = [text.text[one[1] : next_[0]] for one, next_ in pairwise(spans)]
        assert (spans[0][0], spans[-1][1]) == (0, len(text.text))
        assert not "".join(between).strip()
        assert all(text.text[start:end] == text.text[start:end].strip() for start, end in spans)
    assert text.text.count("\n\n") == len(text.paragraphs) - 1


@pytest.mark.parametrize("lang", corpus.pools())
def test_a_few_sentences_of_each_language_fit_in_no_post_on_x(lang: str) -> None:
    pool = corpus.pools()[lang].sentences
    long = [sentence for sentence in pool if DIALECTS["x"].count(sentence) > 280]
    assert 0.03 < len(long) / len(pool) < 0.07


# --- what the peers are judged by ------------------------------------------------------------------------------------


def test_a_seam_is_told_from_the_end_of_a_sentence() -> None:
    text = corpus.Text("en", "One two. Three.\n\nFour.", ((0, 8), (9, 15), (17, 22)), ((0, 15), (17, 22)))
    whole = peers.result(text, ["1/3 One two.", "2/3 Three.", "3/3 Four."])
    assert (whole.in_sentences, whole.in_paragraphs) == (0, 1)
    cut = peers.result(text, ["One (1/2)", "two. Three. Four. (2/2)"])
    assert (cut.posts, cut.in_sentences, cut.in_paragraphs) == (2, 1, 1)


def test_posts_that_lose_text_are_not_counted() -> None:
    with pytest.raises(ValueError, match="lost"):
        peers.result(FRENCH, peers.numbered(["Personne ne répond."]))


def test_the_greedy_peers_keep_their_units_whole_and_fill_no_post_too_full() -> None:
    by_sentence = peers.result(FRENCH, peers.TOOLS["greedy by sentence"](FRENCH))
    by_word = peers.result(FRENCH, peers.TOOLS["greedy by word"](FRENCH))
    long = sum(peers.X.used(FRENCH.text[start:end]) > 280 - len("1/99 ") for start, end in FRENCH.sentences)
    assert by_sentence.in_sentences == long
    assert by_word.posts <= by_sentence.posts
    assert by_sentence.refused == by_word.refused == 0


def test_a_peer_is_beaten_by_fewer_posts_only_if_no_more_sentences_are_cut() -> None:
    own = {"paragraphs": peers.Result(44, 0, 0, 5), "words": peers.Result(37, 0, 20, 30)}
    assert peers.better(peers.Result(50, 0, 2, 20), own) == "yes: paragraphs"
    assert peers.better(peers.Result(40, 0, 25, 30), own) == "yes: words"
    assert peers.better(peers.Result(37, 0, 30, 30), own) == "as few: words, 20 cut"
    assert peers.better(peers.Result(40, 0, 19, 30), own) == "no"


def test_mastodon_counts_links_as_23_and_mentions_by_their_local_part() -> None:
    assert judged.mastodon("@a@b.org, https://example.org/1234567890, fin") == f"@a, {'x' * 23}, fin"


def test_a_post_over_the_limit_is_counted() -> None:
    assert judged.over("x", [(280, 0), (281, 0)]) == 1
    assert judged.over("bluesky", [(300, 3000), (300, 3001), (301, 300)]) == 2


# --- the tables ------------------------------------------------------------------------------------------------------


def test_a_table_has_its_figures_to_the_right() -> None:
    assert list(table(("what", "ms"), [("a", 10), ("bbbbb", 2)])) == ["what   ms", "-----  --", "a      10", "bbbbb   2"]


def printed(capsys: pytest.CaptureFixture[str]) -> str:
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 100
    return out


def test_splitting_prints_every_network_and_way_beside_textwrap(capsys: pytest.CaptureFixture[str]) -> None:
    assert splitting.main(["--sizes", "300", "600", "--hostile", "600"]) == 0
    out = printed(capsys)
    for words in (
        "fr 300 textwrap",
        "fr 600 mastodon words",
        "ja 600 x paragraphs",
        "emoji families, bluesky",
        "First split of a process",
    ):
        assert words in out


def test_peers_prints_every_tool_or_why_it_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert peers.main(["--texts", "fr:1500", "en:1500"]) == 0
    out = printed(capsys)
    assert "@atproto/api, Ruby not installed (run make bench)" in out
    for tool in peers.TOOLS:
        assert out.count(tool) >= 2


def test_judged_finds_no_post_over_the_limit(capsys: pytest.CaptureFixture[str]) -> None:
    assert judged.main(["--posts", "48"]) == 0
    out = printed(capsys)
    for network in judged.RULES:
        assert f"{network} " in out


def test_a_story_is_published_whole_by_every_contestant_that_is_installed(tmp_path: Path, pds: Pds) -> None:
    took, missing = publishing.raced(pds, 1, tmp_path)
    assert {"threadbot", publishing.BARE} <= set(took)
    assert len(took) + len(missing) == len(publishing.CONTESTANTS)
    assert all(len(seconds) == 1 for seconds in took.values())


def test_what_threadbot_takes_is_told_in_times_of_each() -> None:
    lines = list(publishing.report({"threadbot": [0.2, 0.1, 0.3], publishing.BARE: [0.1, 0.2, 0.25]}))
    assert lines[2].split()[:4] == ["threadbot", "200", "100", "300"]
    assert lines[3].split()[-2:] == ["1.20", "1.15"]


def test_the_fleet_prints_how_long_all_took_and_what_it_cost(capsys: pytest.CaptureFixture[str]) -> None:
    assert fleet.main(["--accounts", "3", "--posts", "2", "--latency", "0.01"]) == 0
    out = printed(capsys)
    for words in ("3 accounts, 2 posts each", "one thread alone", "(at most 1.3)", "ledger lines a second", "peak memory"):
        assert words in out


# --- maps ------------------------------------------------------------------------------------------------------------

SMALL = drawing.Recipe("small", (420, 300), "hills", (10, 16, 24), labels=9, hatched=True)


def test_a_map_is_the_same_for_the_same_recipe() -> None:
    assert drawing.sample(SMALL).data == drawing.sample(SMALL).data
    assert drawing.sample(replace(SMALL, name="other")).data != drawing.sample(SMALL).data


@pytest.mark.parametrize("ground", ["flat", "clear", "hills", "satellite"])
def test_labels_are_within_the_map_and_do_not_meet(ground: str) -> None:
    image, labels = drawing.drawn(replace(SMALL, ground=ground))
    assert (image.mode == "RGBA") == (ground == "clear")
    assert len({label.text for label in labels}) == 9
    for left, top, right, bottom in (label.box for label in labels):
        assert min(left, top) >= 0
        assert right <= image.width
        assert bottom <= image.height
    for one, other in combinations((label.box for label in labels), 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def test_the_set_is_what_the_table_claims() -> None:
    assert len(catalogue.MAPS) >= 12
    assert {recipe.ground for recipe in catalogue.MAPS} == set(drawing.GROUNDS)
    letters = {size for recipe in catalogue.MAPS for size in recipe.letters}
    assert (min(letters), max(letters)) == (8, 24)
    pixels = [recipe.size[0] * recipe.size[1] for recipe in catalogue.MAPS]
    assert 0.9e6 < min(pixels) < 1.1e6
    assert 7.9e6 < max(pixels) < 8.3e6


def test_a_picture_is_like_itself_and_less_like_what_is_blurred_or_small() -> None:
    image, _ = drawing.drawn(SMALL)
    blurred, small = image.filter(ImageFilter.GaussianBlur(0.6)), image.resize((105, 75))
    assert likeness(image, image) == Likeness(1.0, 1.0)
    assert isinf(psnr(image, image))
    assert likeness(image, small).edges < likeness(image, blurred).edges < 0.95
    assert 10 < psnr(image, blurred) < 35


def test_likeness_is_what_the_formula_gives() -> None:
    """Of two even greys only the term of brightness is left."""
    found = likeness(Image.new("L", (20, 20), 100), Image.new("L", (20, 20), 110))
    assert found.whole == pytest.approx((2 * 100 * 110 + 6.5025) / (100**2 + 110**2 + 6.5025))
    assert found.edges == 1


def test_what_is_seen_through_is_seen_on_white() -> None:
    assert likeness(Image.new("RGBA", (20, 20)), Image.new("RGB", (20, 20), "white")).whole == 1


def test_the_usual_ways_leave_alone_what_fits_and_end_within_the_limit() -> None:
    data = drawing.sample(SMALL).data
    assert ways.shrunk(data, RULES["x"]).data == ways.descended(data, RULES["x"]).data == data
    tight = replace(RULES["x"], picture_bytes=len(data) // 9)
    for way in (ways.shrunk, ways.descended):
        sent = way(data, tight)
        assert len(sent.data) <= tight.picture_bytes
    with Image.open(io.BytesIO(ways.shrunk(data, tight).data)) as image:
        assert image.format == "PNG"
        assert image.width < 420
    assert ways.descended(data, replace(tight, picture_bytes=len(data) // 3)).how.startswith("JPEG, 420 px, quality")


def test_a_gif_is_a_thousand_pixels_wide_at_most() -> None:
    for size, width in (((420, 300), 420), ((1500, 300), 1000)):
        sent = ways.gif(drawing.sample(replace(SMALL, size=size)).data, RULES["x"])
        assert Image.open(io.BytesIO(sent.data)).size[0] == width


@pytest.mark.skipif(not reading.installed(), reason=reading.NO_TESSERACT)
def test_labels_are_read_where_they_can_be_and_not_where_they_cannot() -> None:
    image, labels = drawing.drawn(SMALL)
    firm = reading.firm(image, labels)
    assert len(firm) >= 8
    assert reading.legible(image, image.size, labels) >= set(firm)
    assert len(reading.legible(image.resize((840, 600)), image.size, labels)) >= 8
    assert len(reading.legible(image.resize((105, 75)), image.size, labels)) <= 3


def outcome(read: int, seconds: float, data: bytes = b"") -> Outcome:
    labels = [drawing.Label(str(number), (0, 0), (0, 0, 1, 1), 8) for number in range(read)]
    return Outcome(ways.Sent(data, "JPEG"), seconds, Likeness(0.99999, 1.0), frozenset(labels))


def test_who_reads_fewer_labels_or_is_slower_is_told() -> None:
    found = {"threadbot": outcome(3, 2), "a": outcome(4, 1), "b": outcome(2, 4), "c": outcome(0, 0)}
    lines = "\n".join(report.tables([Case("a map", "x", found, tuple(outcome(5, 0).read or ()))]))
    assert "Faster than (a) on the set: MISSED (2.0 s beside 1.0 s)" in lines
    assert "Faster than (b) on the set: holds" in lines
    assert "  - a map, x: 1 fewer" in lines
    assert "| a map | threadbot, a, b, c | JPEG | 0.00 | 2.00, 1.00, 4.00, 0.00 | 0.9999 | 1 | 3 of 5 |" in lines


def test_the_tables_are_put_between_their_marks() -> None:
    page = "\n".join(("# Maps", *maps_main.MARKS, "more"))
    once = maps_main.written(page, ["| new |"])
    assert once == maps_main.written(once, ["| new |"])
    assert once.splitlines()[0] == "# Maps"
    assert once.splitlines()[-1] == "more"
    assert once.count("| new |") == 1


def test_maps_prints_a_row_for_each_way_and_network(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maps_main, "MAPS", (SMALL,))
    monkeypatch.setattr(reading, "installed", lambda: False)
    assert maps_main.main(["--pictures", "small", "--no-giants", "--rounds", "1"]) == 0
    out = capsys.readouterr().out
    for words in ("### bluesky", "| small | threadbot, a, b |", "|  | c | GIF, 420 px |", reading.NO_TESSERACT):
        assert words in out


def test_each_figure_to_reach_is_told_with_what_was_measured() -> None:
    recipes = [replace(SMALL, name=ground, ground=ground, labels=4) for ground in ("flat", "hills")]
    rows = list(figures.rows(1, recipes))
    assert [len(row) for row in rows] == [4] * len(rows)
    assert [row[0] for row in rows if row[3]] == [
        "flat, Bluesky",
        "flat, X",
        "flat, 1 MB",
        "4 × flat, Bluesky",
        "hills, Bluesky",
    ]
    assert {row[3] for row in rows} <= {"", "holds", "MISSED"}
