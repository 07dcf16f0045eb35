"""What servers that speak Mastodon's API show: entities as JSON, a post's text as HTML."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.core.model import Entity
from bot.core.text import DIALECTS

if TYPE_CHECKING:
    from bot.testing.mastodon_rules import Flavour
    from bot.testing.mastodon_state import Media, Person, Posted

TYPES = ("image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4")


def instance_json(rules: Flavour) -> dict[str, Any]:
    """What a server says of itself, in either version."""
    return {
        "domain": "social.example",
        "title": "A server",
        "version": rules.version,
        "configuration": {
            "statuses": {
                "max_characters": rules.limit,
                "max_media_attachments": rules.pictures,
                "characters_reserved_per_url": rules.cost,
            },
            "media_attachments": {
                "description_limit": 1500,
                "image_matrix_limit": 33_177_600,
                "image_size_limit": 16_777_216,
                "supported_mime_types": list(TYPES),
            },
        },
    }


def account_json(person: Person, origin: str) -> dict[str, Any]:
    """An account on its own server."""
    return {"id": person.id, "username": person.name, "acct": person.name, "url": f"{origin}/@{person.name}", "bot": False}


def media_json(media: Media, ready: bool, origin: str) -> dict[str, Any]:
    """An attachment: without an address while it is processed."""
    url = f"{origin}/media/{media.id}.png" if ready else None
    return {"id": media.id, "type": "image", "url": url, "preview_url": url, "description": media.description or None}


def status_json(posted: Posted, person: Person, media: list[dict[str, Any]], rules: Flavour, origin: str) -> dict[str, Any]:
    """A post."""
    path = f"@{person.name}/statuses" if rules.shows_attached else f"@{person.name}"
    fields = posted.fields
    return {
        "id": posted.id,
        "created_at": posted.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "edited_at": posted.at.isoformat() if posted.edited else None,
        "in_reply_to_id": posted.parent or None,
        "sensitive": bool(fields.get("sensitive")),
        "spoiler_text": fields.get("spoiler_text", ""),
        "visibility": fields.get("visibility", "public"),
        "language": fields.get("language"),
        "uri": f"{origin}/users/{person.name}/statuses/{posted.id}",
        "url": f"{origin}/{path}/{posted.id}",
        "content": page_of(posted.text),
        "reblog": None,
        "account": account_json(person, origin),
        "media_attachments": media,
    }


def page_of(text: str) -> str:
    """A text as Mastodon shows it: paragraphs, lines, links with hidden ends, mentions without their host."""
    parts, done = [], 0
    for entity in DIALECTS["mastodon"].entities(text):
        parts += [escape(text[done : entity.start]), _marked_up(text[entity.start : entity.end], entity)]
        done = entity.end
    paragraphs = "".join([*parts, escape(text[done:])]).split("\n\n")
    return "".join(f"<p>{each}</p>" for each in paragraphs).replace("\n", "<br />")


def _marked_up(text: str, entity: Entity) -> str:
    if entity.kind == "mention" and "@" in entity.target:
        name, _, host = entity.target.partition("@")
        return f'<span class="h-card"><a href="https://{host}/@{name}" class="u-url mention">@<span>{name}</span></a></span>'
    if entity.kind == "link":
        start = f"{urlsplit(text).scheme}://"
        shown, rest = text[len(start) :][:30], text[len(start) :][30:]
        hidden = f'<span class="invisible">{start}</span><span class="ellipsis">{escape(shown)}</span>'
        return f'<a href="{escape(text)}" rel="nofollow">{hidden}<span class="invisible">{escape(rest)}</span></a>'
    return escape(text)
