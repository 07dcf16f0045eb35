"""AT Protocol's identifiers: what a client says beforehand is what a server will say afterwards.

Golden values: the official app's own test of `computeCid` (bluesky-social/social-app @28313bb, src/lib/api/__tests__), and
bluesky-social/atproto-interop-tests @056e574 (CC0).
"""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.networks.repo import EPOCH, TID_DIGITS, blob_cid, record_cid, tid

POST = "app.bsky.feed.post"
BEEP = "bafkreieq5jui4j25lacwomsqgjeswwl3y5zcdrresptwgmfylxo2depppq"  # the file "beep boop"
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))
CLOCKS = st.integers(0, 1023)


def value_of(key: str) -> int:
    """A TID read back: microseconds and clock in one number."""
    return sum(TID_DIGITS.index(digit) << shift for digit, shift in zip(key, range(60, -1, -5), strict=True))


# Record keys


@given(MOMENTS, CLOCKS)
def test_a_record_key_has_the_form_that_servers_check(moment: datetime, clock: int) -> None:
    assert re.fullmatch("[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}", tid(moment, clock))


@given(MOMENTS, CLOCKS)
def test_a_record_key_gives_its_moment_and_clock_back(moment: datetime, clock: int) -> None:
    value = value_of(tid(moment, clock))
    assert (EPOCH + timedelta(microseconds=value >> 10), value & 1023) == (moment, clock)


@given(MOMENTS, st.integers(1, 10**6), CLOCKS, CLOCKS)
def test_record_keys_sort_by_time_whatever_the_clocks(moment: datetime, later: int, one: int, other: int) -> None:
    assert tid(moment, one) < tid(moment + timedelta(microseconds=later), other)


@given(MOMENTS, CLOCKS, CLOCKS)
def test_clocks_tell_writers_of_one_moment_apart(moment: datetime, one: int, other: int) -> None:
    assert (tid(moment, one) < tid(moment, other)) == (one < other)


@pytest.mark.parametrize("key", ["3jzfcijpj2z2a", "7777777777777", "3zzzzzzzzzzzz", "2222222222222"])
def test_the_keys_of_the_interoperability_tests_are_made_again(key: str) -> None:
    value = value_of(key)
    assert tid(EPOCH + timedelta(microseconds=value >> 10), value & 1023) == key


def test_one_moment_has_one_key_in_every_zone() -> None:
    noon = datetime(2026, 11, 22, 12, 0, 0, 1, tzinfo=UTC)
    assert tid(noon.astimezone(), 7) == tid(noon, 7)


# CIDs


def with_image(ref: str) -> dict[str, Any]:
    blob = {"$type": "blob", "ref": {"$link": ref}, "mimeType": "image/jpeg", "size": 12345}
    picture = {"image": blob, "alt": "alt text", "aspectRatio": {"width": 100, "height": 200}}
    return {
        "$type": POST,
        "createdAt": "2024-01-01T00:00:00.001Z",
        "text": "post with image",
        "embed": {"$type": "app.bsky.embed.images", "images": [picture]},
    }


INTEROPERABLE = {
    "string": "abc",
    "unicode": "a~öñ©⽘☎𓋓😀👨‍👩‍👧‍👧",
    "integer": 123,
    "bool": True,
    "null": None,
    "array": ["abc", "def", "ghi"],
    "object": {"string": "abc", "number": 123, "bool": True, "arr": ["abc", "def", "ghi"]},
}
GOLDEN: dict[str, tuple[dict[str, Any], str]] = {
    "a plain post": (
        {"$type": POST, "createdAt": "2024-01-01T00:00:00.000Z", "text": "hello world"},
        "bafyreieawtmh7hwfrqpamqkodza5r62bbfhsepe2iyustgxhgbhi6b2lfi",
    ),
    "a post with an image": (with_image(BEEP), "bafyreiem7g6vja66nebr7he4fshfnlyndyldbvle2n265oixscmepjcbii"),
    "every kind of value": (INTEROPERABLE, "bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq"),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_records_have_their_golden_cids(name: str) -> None:
    record, cid = GOLDEN[name]
    assert record_cid(record) == cid


def test_a_golden_thread_is_chained_by_its_golden_cids() -> None:
    golden = (
        "bafyreig62rxs34h5rvznfrracwkjlfgad5b25qxglp2hcziqdfas2nw2ee",
        "bafyreicxcj2tq5jrh5jcaczg3eli5cvxitgzu7kpu3fm5v3njq2byjxirq",
        "bafyreigvaswuhlpd7dllja2xrqswhqbruyv2kar7mvbn7gdm5ldzu6vkti",
    )
    refs: list[dict[str, str]] = []
    for index in range(3):
        record: dict[str, Any] = {"$type": POST, "createdAt": f"2024-01-01T00:00:00.00{index}Z", "text": f"post {index}"}
        if refs:
            record["reply"] = {"root": refs[0], "parent": refs[-1]}
        refs.append({"cid": record_cid(record), "uri": f"at://did:plc:abc123/{POST}/rkey{index}"})
    assert tuple(ref["cid"] for ref in refs) == golden


def test_a_files_cid_is_known_before_it_is_uploaded() -> None:
    assert blob_cid(hashlib.sha256(b"beep boop").hexdigest()) == BEEP


def test_a_text_that_looks_like_a_cid_stays_a_text() -> None:
    assert record_cid({"x": BEEP}) != record_cid({"x": {"$link": BEEP}})


def test_the_order_in_which_keys_were_written_does_not_matter() -> None:
    record = with_image(BEEP)
    assert record_cid(dict(reversed(record.items()))) == record_cid(record)


# DAG-CBOR a second time, from the specification: the one in use is a library


def head(major: int, number: int) -> bytes:
    """A type and a number in as few bytes as possible."""
    if number < 24:
        return bytes([major << 5 | number])
    size = next(size for size in (0, 1, 2, 3) if number < 1 << (8 << size))
    return bytes([major << 5 | 24 + size]) + number.to_bytes(1 << size, "big")


def encoded(value: Any) -> bytes:
    """A value of a record in DAG-CBOR."""
    match value:
        case None | bool():
            return {None: b"\xf6", True: b"\xf5", False: b"\xf4"}[value]
        case int():
            return head(0, value) if value >= 0 else head(1, -1 - value)
        case str():
            return head(3, len(value.encode())) + value.encode()
        case list():
            return head(4, len(value)) + b"".join(map(encoded, value))
        case {"$link": str(link)} if len(value) == 1:
            binary = b"\0" + base64.b32decode(link[1:].upper() + "=" * (-len(link[1:]) % 8))
            return b"\xd8\x2a" + head(2, len(binary)) + binary  # tag 42
        case dict():
            pairs = sorted((len(key.encode()), key.encode(), each) for key, each in value.items())
            return head(5, len(pairs)) + b"".join(head(3, size) + key + encoded(each) for size, key, each in pairs)
    raise TypeError(value)


def plain_cid(record: dict[str, Any]) -> str:
    """A record's CID by the second encoder."""
    digest = hashlib.sha256(encoded(record)).digest()
    return "b" + base64.b32encode(b"\x01\x71\x12\x20" + digest).decode().rstrip("=").lower()


LINKS = st.binary(min_size=32, max_size=32).map(lambda digest: {"$link": blob_cid(digest.hex())})
INTEGERS = st.integers(-(2**63), 2**63 - 1) | st.sampled_from([23, 24, 255, 256, 65535, 65536, 2**32 - 1, 2**32])
KEYS = st.text(max_size=6) | st.sampled_from(["$type", "a", "b", "aa", "é", "z" * 24])
VALUES = st.recursive(
    st.none() | st.booleans() | INTEGERS | st.text() | LINKS | st.just(BEEP),
    lambda inner: st.lists(inner, max_size=30) | st.dictionaries(KEYS, inner, max_size=8),
    max_leaves=40,
)


@given(st.dictionaries(KEYS, VALUES))
def test_two_encoders_agree_on_every_record(record: dict[str, Any]) -> None:
    assert record_cid(record) == plain_cid(record)


@pytest.mark.parametrize("name", GOLDEN)
def test_the_second_encoder_is_right_itself(name: str) -> None:
    record, cid = GOLDEN[name]
    assert plain_cid(record) == cid
