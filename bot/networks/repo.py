"""Pure. AT Protocol's identifiers, which a client can know before it writes: record keys (TIDs) and CIDs.

Sources: atproto.com/specs/tid, atproto.com/specs/data-model, and the official app's own `computeCid`, whose golden values the
tests repeat.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import libipld

TID_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"
DAG_CBOR, RAW = 0x71, 0x55
EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


def tid(moment: datetime, clock: int) -> str:
    """A record key: 13 characters that sort by time. `clock` (0 to 1023) tells writers of one microsecond apart."""
    value = ((moment - EPOCH) // MICROSECOND << 10) | clock  # in integers: no rounding to think about
    return "".join(TID_DIGITS[value >> shift & 31] for shift in range(60, -1, -5))


def record_cid(record: Mapping[str, Any]) -> str:
    """The CID that a server will give to a record (JSON, with `$link` for links)."""
    return _cid(DAG_CBOR, hashlib.sha256(libipld.encode_dag_cbor(_linked(record))).digest())


def blob_cid(sha256: str) -> str:
    """The CID that a server will give to a file with this SHA-256 (hexadecimal)."""
    return _cid(RAW, bytes.fromhex(sha256))


def _cid(codec: int, digest: bytes) -> str:
    # CIDv1, codec, sha2-256, 32 bytes; multibase "b": base32 in lower case without padding
    return "b" + base64.b32encode(bytes((1, codec, 0x12, 0x20)) + digest).decode().lower().rstrip("=")


def _linked(value: Any) -> Any:
    """JSON with real links: the encoder takes raw CID bytes for a link, and a string never."""
    if isinstance(value, Mapping):
        if value.keys() == {"$link"}:
            text = value["$link"][1:].upper()
            return base64.b32decode(text + "=" * (-len(text) % 8))
        return {key: _linked(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_linked(each) for each in value]
    return value
