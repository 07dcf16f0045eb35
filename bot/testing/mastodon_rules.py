"""What servers that speak Mastodon's API take and refuse, by kind of server; refusals are in the account's own language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.core.text import DIALECTS
from bot.testing.serving import Part, Reply

if TYPE_CHECKING:
    from bot.testing.mastodon_state import Media

FIELDS = frozenset({"status", "visibility", "sensitive", "spoiler_text", "language", "media_ids", "in_reply_to_id"})
MAGIC = {"image/png": b"\x89PNG", "image/jpeg": b"\xff\xd8\xff", "image/webp": b"RIFF", "image/gif": b"GIF8"}
LARGEST = 16_777_216  # bytes of a picture
LONGEST_ALT = 1500  # characters


class Refusal(Exception):
    """What the server says instead of doing what was asked."""

    def __init__(self, status: int, error: str, headers: Mapping[str, str] | None = None) -> None:
        self.reply = Reply(status, {"error": error}, headers or {})
        super().__init__(error)


def _mastodon_count(text: str, warning: str) -> int:
    dialect = DIALECTS["mastodon"]
    return dialect.count(text) + dialect.count_warning(warning)


def _snowflake(milliseconds: int, count: int) -> str:
    return str((milliseconds << 16) + count)


def _ulid(milliseconds: int, count: int) -> str:
    number, digits = (milliseconds << 80) + count, "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    return "".join(digits[number >> shift & 31] for shift in range(125, -1, -5))


@dataclass(frozen=True)
class Flavour:
    """How a kind of server differs. `cost` is what it says that a link counts, `newer` whether it has the second version of its
    instance; `too_long` and `attached` are its refusals; `replies_shown` how many replies it shows under a post (0: all, and
    those below them); `orphans` whether a reply to a deleted post answers to nothing."""

    version: str
    limit: int
    pictures: int
    cost: int
    count: Callable[[str, str], int]
    named: Callable[[int, int], str]
    visibilities: tuple[str, ...] = ("public", "unlisted", "private", "direct")
    refusal: int = 422
    remembers_keys: bool = False
    newer: bool = True
    source: bool = True
    lists_replies: bool = True
    replies_shown: int = 0
    processes_at_once: bool = False
    says_later: bool = False  # 202 to every upload
    shows_attached: bool = False
    orphans: bool = True
    pictures_first: bool = False  # a post that answers to nothing must have a picture
    kept: Callable[[str], str] = str.strip


FLAVOURS: Mapping[str, Flavour] = {
    "mastodon": Flavour("4.5.0", 500, 4, 23, _mastodon_count, _snowflake, remembers_keys=True),
    "gotosocial": Flavour(
        "0.20.0+git-57cb4fe",
        5000,
        6,
        25,
        lambda text, warning: len(text) + len(warning),
        _ulid,
        refusal=400,
        processes_at_once=True,
        shows_attached=True,
        orphans=False,
        kept=str,
    ),
    "pixelfed": Flavour(
        "3.5.3 (compatible; Pixelfed 0.12.5)",
        500,
        4,
        23,
        lambda text, _warning: len(text),
        _snowflake,
        visibilities=("public", "unlisted", "private"),
        newer=False,
        source=False,
        lists_replies=False,
        replies_shown=20,
        says_later=True,
        shows_attached=True,
        pictures_first=True,
        kept=lambda text: re.sub("<[^>]*>", "", text),
    ),
}


def check_media(parts: Mapping[str, Part], rules: Flavour) -> None:
    """Whether an upload is taken."""
    if unknown := set(parts) - {"file", "description", "focus"}:
        raise Refusal(422, f"no such fields: {sorted(unknown)}")
    file = parts.get("file")
    if file is None or not file.filename or file.mime not in MAGIC or not file.data.startswith(MAGIC[file.mime]):
        raise Refusal(422, "La validation a échoué : le type de contenu du fichier n’est pas valide")
    if len(file.data) > LARGEST:
        raise Refusal(rules.refusal, "La validation a échoué : le fichier doit faire moins de 16 Mo")
    description, focus = (parts[name].data.decode() if name in parts else "" for name in ("description", "focus"))
    if len(description) > LONGEST_ALT:
        raise Refusal(422, f"La validation a échoué : la description est trop longue (pas plus de {LONGEST_ALT} caractères)")
    if focus and not re.fullmatch(r"-?(?:0(?:\.\d+)?|1(?:\.0+)?),-?(?:0(?:\.\d+)?|1(?:\.0+)?)", focus):
        raise Refusal(422, "focus: two numbers from -1 to 1")


def check_status(
    body: Mapping[str, Any], rules: Flavour, reply: bool, uploads: Mapping[str, Media], who: str, now: datetime
) -> list[str]:
    """The pictures of a post that is taken. Raises Refusal for all others."""
    _check_fields(body, rules)
    pictures = body.get("media_ids") or []
    _check_pictures(pictures, rules, uploads, who, now)
    text, warning = body.get("status") or "", body.get("spoiler_text") or ""
    if not (text.strip() or warning or pictures):
        raise Refusal(rules.refusal, "La validation a échoué : le texte doit être rempli(e)")
    if rules.pictures_first and not (reply or pictures):
        raise Refusal(403, "Empty statuses are not allowed")
    if rules.count(text, warning) > rules.limit:
        raise Refusal(rules.refusal, f"La validation a échoué : la limite de {rules.limit} caractères est dépassée")
    return list(pictures)


def _check_fields(body: Mapping[str, Any], rules: Flavour) -> None:
    if unknown := set(body) - FIELDS:
        raise Refusal(422, f"no such fields: {sorted(unknown)}")
    kinds = {"media_ids": list, "sensitive": bool}
    for name, value in body.items():
        if not isinstance(value, kinds.get(name, str)):
            raise Refusal(422, f"{name}: of the wrong kind")
    if body.get("visibility", "public") not in rules.visibilities:
        raise Refusal(422, "La validation a échoué : la visibilité n’est pas incluse dans la liste")
    if not re.fullmatch("[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", body.get("language", "en")):
        raise Refusal(rules.refusal, "La validation a échoué : la langue n’est pas valide")


def _check_pictures(given: list[Any], rules: Flavour, uploads: Mapping[str, Media], who: str, now: datetime) -> None:
    if len(given) > rules.pictures:
        raise Refusal(rules.refusal, f"Impossible de joindre plus de {rules.pictures} fichiers")
    if len(set(given)) < len(given):
        raise Refusal(rules.refusal, "the same picture twice")
    for media in map(uploads.get, given):
        if media is None or media.owner != who:
            raise Refusal(rules.refusal, "Média introuvable")
        if media.status:
            said = f"media already attached to status: {media.id}" if rules.shows_attached else "Média déjà attaché"
            raise Refusal(rules.refusal, said)
        if media.failed or (media.ready > now and not rules.processes_at_once):
            raise Refusal(422, "Impossible de joindre des fichiers dont le traitement n’est pas terminé")
