"""Pictures on X: in one request or in chunks, described, and not uploaded twice where a repeat goes on."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from random import Random

import pytest
from PIL import Image

from bot.core.errors import Halted, NetworkError, Rejected, Transient
from bot.core.model import Picture
from bot.networks import x_media
from bot.networks.x import Poster
from bot.testing.contract import Always
from bot.testing.stage import Sent
from bot.testing.x import FakeX
from bot.testing.x_pictures import Pictures
from tests.x_stage import Scene, scene

UPLOAD = "/2/media/upload"


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a chunk were not a megabyte: the same requests, and no waiting."""
    monkeypatch.setattr(x_media, "CHUNK", 20_000)


@pytest.fixture
def at() -> Iterator[Scene]:
    with scene() as made:
        yield made


def drawn(at: Scene, alt: str = "Une carte", side: int = 100) -> Picture:
    """A picture of noise, which nothing makes small: more than one chunk, and less than two."""
    file = io.BytesIO()
    Image.frombytes("RGB", (side, side), Random(alt).randbytes(side * side * 3)).save(file, "PNG", compress_level=0)
    data = file.getvalue()
    name = sha256(data).hexdigest()
    at.stage.shelf.pictures[name] = data
    return Picture(name, "image/png", side, side, len(data), alt)


def with_pictures(at: Scene, *pictures: Picture) -> Sent:
    """A post with these pictures, published."""
    return at.stage.sent(at.driver(), at.thread("Un", pictures=pictures))[0]


def tried(at: Scene, driver: Poster, *pictures: Picture) -> NetworkError | None:
    """How a try to publish such a post ends; None: it is out."""
    batch = at.stage.batch(at.thread("Un", pictures=pictures))
    try:
        driver.send(batch, at.stage.minted(driver, batch))
    except NetworkError as error:
        return error
    return None


def steps(at: Scene) -> list[str]:
    """What was asked of the media endpoints, without ids."""
    return [
        f"{each.method} {'/'.join(part for part in each.path.split('/')[3:] if not part.isdigit())}"
        for each in at.server.requests
        if "/media/" in each.path
    ]


def test_a_small_picture_goes_up_in_one_request(at: Scene) -> None:
    with_pictures(at, at.stage.shelf.drawn("Une carte"))
    assert steps(at) == ["POST upload", "POST metadata"]


def test_a_picture_without_a_description_is_not_described(at: Scene) -> None:
    with_pictures(at, replace(at.stage.shelf.drawn("Une carte"), alt=""))
    assert steps(at) == ["POST upload"]


def test_a_large_picture_goes_up_in_chunks_and_arrives_whole(at: Scene) -> None:
    picture = drawn(at)
    with_pictures(at, picture)
    chunks = -(-picture.size // x_media.CHUNK)
    assert chunks > 1
    assert steps(at) == ["POST upload/initialize", *["POST upload/append"] * chunks, "POST upload/finalize", "POST metadata"]
    assert next(iter(at.fake.pictures.kept.values())).data == at.stage.shelf.pictures[picture.sha256]
    assert at.stage.seen()[0].alts == ("Une carte",)


@pytest.mark.parametrize("number", range(5))
@pytest.mark.parametrize("fault", ["lost before", "500 before"])
def test_a_large_picture_goes_on_where_it_stopped(at: Scene, fault: str, number: int) -> None:
    picture, driver = drawn(at), at.driver()
    at.server.plan({number: fault})
    assert isinstance(tried(at, driver, picture), Transient)
    assert tried(at, driver, picture) is None
    assert at.fake.pictures.uploads == 1
    assert len([step for step in steps(at) if "append" in step]) == -(-picture.size // x_media.CHUNK)


@pytest.mark.parametrize("number", range(5))
def test_a_large_picture_whose_answers_are_lost_arrives_whole_all_the_same(at: Scene, number: int) -> None:
    picture, driver = drawn(at), at.driver()
    at.server.plan({number: "lost after"})
    while (error := tried(at, driver, picture)) is not None:
        assert isinstance(error, Transient)
    assert at.fake.pictures.kept[at.fake.tweets[0].media[0]].data == at.stage.shelf.pictures[picture.sha256]
    assert at.stage.seen()[0].alts == ("Une carte",)


def test_what_x_still_reads_is_asked_for_after_the_wait_that_it_names() -> None:
    with scene(FakeX(pictures=Pictures(reading=12.0))) as at:
        picture, driver = drawn(at), at.driver()
        error = tried(at, driver, picture)
        assert isinstance(error, Transient)
        assert error.retry_after == 12
        at.clock.wait(5)
        assert getattr(tried(at, driver, picture), "retry_after", None) == 7
        at.clock.wait(8)
        assert tried(at, driver, picture) is None
        assert (at.fake.pictures.uploads, steps(at).count("GET upload")) == (1, 2)


def test_what_x_cannot_read_is_said(at: Scene) -> None:
    picture = at.stage.shelf.drawn("Une carte")
    at.stage.shelf.pictures[picture.sha256] = b"not a picture"
    assert "could not be read" in str(tried(at, at.driver(), picture))


def test_what_x_cannot_read_in_the_end_is_uploaded_once_more_and_then_said() -> None:
    with scene(FakeX(pictures=Pictures(reading=5.0))) as at:
        picture, driver = drawn(at), at.driver()
        at.stage.shelf.pictures[picture.sha256] = bytes(picture.size)
        errors = []
        for _ in range(4):
            errors.append(tried(at, driver, picture))
            at.clock.wait(6)
        assert [type(error) for error in errors] == [Transient, Transient, Transient, Rejected]
        assert "X could not read picture" in str(errors[-1])
        assert (at.fake.pictures.uploads, at.stage.texts) == (2, [])


def test_a_picture_that_is_shorter_than_planned_is_refused_here(at: Scene) -> None:
    picture = drawn(at)
    error = tried(at, at.driver(), replace(picture, size=picture.size + 1))
    assert isinstance(error, Rejected)
    assert "shorter than the plan says" in str(error)


def test_a_repeat_in_the_same_process_uploads_nothing_again(at: Scene) -> None:
    picture, driver = at.stage.shelf.drawn("Une carte"), at.driver()
    at.server.plan({2: "503 before"})
    assert tried(at, driver, picture) is not None
    assert tried(at, driver, picture) is None
    assert steps(at) == ["POST upload", "POST metadata"]


@pytest.mark.parametrize("large", [False, True])
def test_a_picture_that_is_too_old_is_uploaded_again(at: Scene, large: bool) -> None:
    """Whatever X says of how long it keeps it: a begun one has two weeks there, and a day in truth."""
    picture, driver = drawn(at) if large else at.stage.shelf.drawn("Une carte"), at.driver()
    at.server.plan({5 if large else 2: "500 before"})
    assert tried(at, driver, picture) is not None
    at.clock.wait(86_400 - 300)
    assert tried(at, driver, picture) is None
    assert at.fake.pictures.uploads == 2


def test_a_picture_that_x_forgot_is_uploaded_again(at: Scene) -> None:
    picture, driver = at.stage.shelf.drawn("Une carte"), at.driver()
    at.server.plan({2: "lost before"})
    assert tried(at, driver, picture) is not None
    at.fake.pictures.kept.clear()
    assert isinstance(tried(at, driver, picture), Transient)
    assert tried(at, driver, picture) is None
    assert at.stage.seen()[0].alts == ("Une carte",)


@pytest.mark.parametrize("older", [False, True])
def test_pictures_that_x_does_not_know_although_they_are_fresh_are_not_uploaded_for_ever(older: bool) -> None:
    with scene(FakeX(older=older)) as at:
        at.fake.pictures.usable = lambda *_: False  # type: ignore[method-assign]
        error = tried(at, at.driver(), at.stage.shelf.drawn("Une carte"))
        assert isinstance(error, Rejected)
        assert "threadbot retry" in str(error)


def test_pictures_of_a_post_that_is_out_make_those_of_the_next_no_older(at: Scene) -> None:
    picture, driver = at.stage.shelf.drawn("Une carte"), at.driver()
    assert tried(at, driver, picture) is None
    at.fake.pictures.usable = lambda *_: False  # type: ignore[method-assign]
    batch = at.stage.batch(at.thread("Deux", pictures=[picture]))
    with pytest.raises(Rejected):
        driver.send(batch, at.stage.minted(driver, batch))


def test_the_same_picture_twice_in_a_thread_has_two_ids(at: Scene) -> None:
    picture = at.stage.shelf.drawn("Une carte")
    with_pictures(at, picture, picture)
    assert at.stage.seen()[0].alts == ("Une carte", "Une carte")


def test_without_credits_an_upload_halts_too() -> None:
    with scene(FakeX(credits=Decimal(0))) as at:
        assert isinstance(tried(at, at.driver(), at.stage.shelf.drawn("Une carte")), Halted)


@pytest.mark.parametrize("body", [{}, {"data": None}, {"data": {"id": 7}}, {"data": {"id": "x"}}])
def test_an_upload_that_is_answered_without_an_id_is_repeated(at: Scene, body: object) -> None:
    from tests.test_x import Answering

    with at.stage.answering(Answering(200, body)):
        assert isinstance(tried(at, at.driver(), at.stage.shelf.drawn("Une carte")), Transient)


def test_a_description_that_is_refused_stops_the_post(at: Scene) -> None:
    picture = replace(at.stage.shelf.drawn("Une carte"), alt="x" * 1001)
    error = tried(at, at.driver(), picture)
    assert isinstance(error, Rejected)
    assert at.stage.texts == []


def test_an_upload_that_is_refused_says_so_in_x_s_words(at: Scene) -> None:
    driver = at.driver()
    with at.stage.answering(Always(400)):
        assert "number 4711" in str(tried(at, driver, at.stage.shelf.drawn("Une carte")))
