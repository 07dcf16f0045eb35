"""Shipped test help: a server that speaks Mastodon's API, as a state machine. It knows the network's rules, not our client.

fake = FakeMastodon("gotosocial")
token = fake.sign_up("alice")
with Served(fake) as server: ...
fake.posts("alice")                   # what a reader sees

Sources: mastodon/documentation @2903485; mastodon/mastodon, app/services/post_status_service.rb; what GoToSocial (@57cb4fe) and
Pixelfed (@8aae92d) do otherwise is in `FLAVOURS`.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.testing.mastodon_rules import FLAVOURS, Flavour, Refusal, check_media, check_status
from bot.testing.mastodon_shows import account_json, instance_json, media_json, status_json
from bot.testing.mastodon_state import Media, Person, Posted, rank
from bot.testing.serving import Part, Reply, Request, matched

if TYPE_CHECKING:
    from bot.testing.stage import Seen

SCOPES = frozenset({"read:accounts", "read:statuses", "write:statuses", "write:media"})
REMEMBERED = timedelta(hours=1)  # how long Mastodon knows a key again
WINDOW = 1800  # seconds, aligned to the clock on the wall
ALLOWANCE = 30  # uploads, and deletions, in a window

# What can be asked, and with which scope; "": by anybody.
ROUTES: Sequence[tuple[str, str, str]] = (
    ("instance2", "GET /api/v2/instance", ""),
    ("instance", "GET /api/v1/instance", ""),
    ("credentials", "GET /api/v1/accounts/verify_credentials", "read:accounts"),
    ("listed", "GET /api/v1/accounts/{}/statuses", "read:statuses"),
    ("upload", "POST /api/v2/media", "write:media"),
    ("media", "GET /api/v1/media/{}", "write:media"),
    ("create", "POST /api/v1/statuses", "write:statuses"),
    ("show", "GET /api/v1/statuses/{}", "read:statuses"),
    ("context", "GET /api/v1/statuses/{}/context", "read:statuses"),
    ("source", "GET /api/v1/statuses/{}/source", "read:statuses"),
    ("delete", "DELETE /api/v1/statuses/{}", "write:statuses"),
    ("apps", "POST /api/v1/apps", ""),
    ("authorize", "GET /oauth/authorize", ""),
    ("token", "POST /oauth/token", ""),
)


@dataclass
class FakeMastodon:
    """The server. Switches: `processing` in seconds that a picture takes; `failing`: none can be processed; `throttled`: 30
    uploads and 30 deletions in half an hour; `replay_bug`: 500 to a key that is known (mastodon/mastodon#40399); `busy`: how
    many posts are answered 503 because of a lock; `refuses_keys`: a known key is refused, as by Pixelfed; `skew`: how wrong its
    clock is; `lag`: seconds until a post is among those that it lists; `overrides`: what its instance says otherwise; `denies`:
    the person at the browser says no."""

    flavour: str = "mastodon"
    processing: float = 0.0
    failing: bool = False
    throttled: bool = False
    replay_bug: bool = False
    busy: int = 0
    refuses_keys: bool = False
    skew: timedelta = timedelta()
    lag: float = 0.0
    overrides: Mapping[str, Any] = field(default_factory=dict)
    denies: bool = False
    people: dict[str, Person] = field(default_factory=dict)  # by id
    tokens: dict[str, tuple[str, frozenset[str]]] = field(default_factory=dict)  # whose, and what they allow
    uploads: dict[str, Media] = field(default_factory=dict)
    statuses: dict[str, Posted] = field(default_factory=dict)
    keys: dict[tuple[str, str], tuple[str, datetime]] = field(default_factory=dict)
    spent: dict[tuple[str, str, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        from bot.testing.mastodon_doors import Doors

        self.rules: Flavour = FLAVOURS[self.flavour]
        self.doors = Doors(self)
        self.visitor = ""  # who sits at the browser: the last who signed up
        self._count = 0

    def sign_up(self, name: str, scopes: frozenset[str] = SCOPES) -> str:
        """A new account; gives a token for it."""
        person = Person(str(110_000 + len(self.people)), name)
        self.people[person.id] = person
        self.visitor = person.id
        return self.let_in(person.id, scopes)

    def let_in(self, identity: str, scopes: frozenset[str]) -> str:
        """One more token for an account."""
        token = secrets.token_urlsafe(32)
        self.tokens[token] = (identity, scopes)
        return token

    def posts(self, name: str = "") -> list[Seen]:
        """What a reader sees, in reading order: of one account, or of all."""
        from bot.testing.stage import Seen

        shown = sorted(self.statuses.values(), key=lambda each: rank(each.id))
        return [
            Seen(each.text, self._alts(each), self.statuses[each.parent].text if each.parent in self.statuses else None)
            for each in shown
            if not name or self.people[each.owner].name == name
        ]

    def reply(self, request: Request, now: datetime) -> Reply:
        """As `bot.testing.serving.Fake`."""
        self.now, self.origin = now + self.skew, f"http://{request.headers.get('host', '')}"
        found = matched(request.path, [(name, form) for name, form, _ in ROUTES], request.method)
        try:
            if found is None:
                raise Refusal(404, "Record not found")
            scope = next(scope for name, _, scope in ROUTES if name == found[0])
            who = self._who(request, scope)
            handler = getattr(self.doors, found[0], None) or getattr(self, f"_{found[0]}")
            reply: Reply = handler(request, who, *found[1])
        except Refusal as refusal:
            return refusal.reply
        return reply

    # --- reading -----------------------------------------------------------------------------------------------------

    def _instance2(self, _request: Request, _who: str) -> Reply:
        if not self.rules.newer:
            raise Refusal(404, "Record not found")
        return Reply(200, {**instance_json(self.rules), **self.overrides})

    def _instance(self, _request: Request, _who: str) -> Reply:
        return Reply(200, {**instance_json(self.rules), **self.overrides})

    def _credentials(self, _request: Request, who: str) -> Reply:
        return Reply(200, account_json(self.people[who], self.origin))

    def _listed(self, request: Request, who: str, owner: str) -> Reply:
        mine = [each for each in self._shown(self.statuses.values(), who) if each.owner == owner]
        if not self.rules.lists_replies:
            mine = [each for each in mine if not each.parent]
        low, high = request.query.get("since_id", ""), request.query.get("max_id", "")
        mine = [each for each in mine if rank(each.id) > rank(low) and (not high or rank(each.id) < rank(high))]
        mine.sort(key=lambda each: rank(each.id), reverse=True)
        return Reply(200, [self._json(each) for each in mine[: min(int(request.query.get("limit", 20)), 40)]])

    def _show(self, _request: Request, who: str, identity: str) -> Reply:
        return Reply(200, self._json(self._visible(identity, who)))

    def _context(self, _request: Request, who: str, identity: str) -> Reply:
        self._visible(identity, who)
        below = self._shown(self._below(identity), who)
        return Reply(200, {"ancestors": [], "descendants": [self._json(each) for each in below]})

    def _source(self, _request: Request, who: str, identity: str) -> Reply:
        if not self.rules.source or (found := self._visible(identity, who)).owner != who:
            raise Refusal(404, "Record not found")
        return Reply(200, {"id": identity, "text": found.text, "spoiler_text": found.fields.get("spoiler_text", "")})

    # --- writing -----------------------------------------------------------------------------------------------------

    def _upload(self, request: Request, who: str) -> Reply:
        headers = self._spend("uploads", who)
        parts: dict[str, Part] = {part.name: part for part in request.parts}
        check_media(parts, self.rules)
        said = {name: parts[name].data.decode() if name in parts else "" for name in ("description", "focus")}
        ready = self.now + timedelta(seconds=self.processing)
        media = Media(self._new_id(), who, said["description"], said["focus"], ready, self.failing)
        self.uploads[media.id] = media
        done = self.rules.processes_at_once or (ready <= self.now and not self.rules.says_later)
        return Reply(200 if done else 202, media_json(media, done, self.origin), headers)

    def _media(self, _request: Request, who: str, identity: str) -> Reply:
        media = self.uploads.get(identity)
        if media is None or media.owner != who or (media.status and not self.rules.shows_attached):
            raise Refusal(404, "Record not found")
        if media.failed:
            raise Refusal(422, "Error processing thumbnail for uploaded media")
        ready = media.ready <= self.now
        return Reply(200 if ready else 206, media_json(media, ready, self.origin))

    def _create(self, request: Request, who: str) -> Reply:
        key = (who, request.headers.get("idempotency-key", ""))
        if self.busy:
            self.busy -= 1
            raise Refusal(503, "There was a temporary problem serving your request, please try again")
        if key[1] and (again := self._again(key)):
            return again
        body = request.json if isinstance(request.json, dict) else request.form
        pictures = check_status(body, self.rules, self._answered(body, who), self.uploads, who, self.now)
        text = self.rules.kept(body.get("status", "") or "")
        posted = Posted(self._new_id(), who, text, self.now, body.get("in_reply_to_id") or "", pictures, body)
        self.statuses[posted.id] = posted
        for identity in pictures:
            self.uploads[identity].status = posted.id
        self.keys[key] = (posted.id, self.now)
        return Reply(200, self._json(posted))

    def _delete(self, _request: Request, who: str, identity: str) -> Reply:
        headers = self._spend("deletions", who)
        found = self.statuses.get(identity)
        if found is None or found.owner != who:
            raise Refusal(404, "Record not found")
        del self.statuses[identity]
        for each in self.statuses.values():
            if each.parent == identity and self.rules.orphans:
                each.parent = ""
        return Reply(200, {**self._json(found), "text": found.text}, headers)

    # --- what it rests on --------------------------------------------------------------------------------------------

    def _who(self, request: Request, scope: str) -> str:
        """Whose token a request has. Raises Refusal where it is none, or not for this."""
        if not scope:
            return ""
        if request.bearer not in self.tokens:
            raise Refusal(401, "The access token is invalid")
        who, allowed = self.tokens[request.bearer]
        if scope not in allowed:
            raise Refusal(403, "This action is outside the authorized scopes")
        return who

    def _again(self, key: tuple[str, str]) -> Reply | None:
        """The answer to a key that was seen within the hour, where the server remembers keys."""
        identity, at = self.keys.get(key, ("", self.now))
        if not identity or self.now - at >= REMEMBERED:
            return None
        if self.refuses_keys:
            raise Refusal(400, "Duplicate idempotency key.")
        if not self.rules.remembers_keys:
            return None
        if self.replay_bug:
            raise Refusal(500, "This page is not correct")
        if identity not in self.statuses:
            raise Refusal(404, "Record not found")
        return Reply(200, self._json(self.statuses[identity]))

    def _answered(self, body: Mapping[str, Any], who: str) -> bool:
        """Whether a post answers to another. Raises Refusal where that is not there."""
        parent = body.get("in_reply_to_id")
        if parent:
            self._visible(str(parent), who)
        return bool(parent)

    def _visible(self, identity: str, who: str) -> Posted:
        found = self.statuses.get(identity)
        if found is None or not self._is_visible(found, who):
            raise Refusal(404, "Record not found")
        return found

    def _is_visible(self, posted: Posted, who: str) -> bool:
        return posted.owner == who or posted.fields.get("visibility", "public") in ("public", "unlisted")

    def _shown(self, posts: Iterable[Posted], who: str) -> list[Posted]:
        """Those of these posts that somebody sees, and that have reached the lists."""
        seen = self.now - timedelta(seconds=self.lag)
        return [each for each in posts if self._is_visible(each, who) and each.at <= seen]

    def _below(self, identity: str) -> list[Posted]:
        def walk(parent: str) -> Iterator[Posted]:
            for each in [each for each in self.statuses.values() if each.parent == parent]:
                yield each
                if not self.rules.replies_shown:
                    yield from walk(each.id)

        return list(walk(identity))[: self.rules.replies_shown or None]

    def _spend(self, what: str, who: str) -> dict[str, str]:
        """Take one from an allowance; the headers that say so. Raises Refusal where there is none left."""
        if not self.throttled:
            return {}
        window = int(self.now.timestamp()) // WINDOW
        used = self.spent[what, who, window] = self.spent.get((what, who, window), 0) + 1
        resets = datetime.fromtimestamp((window + 1) * WINDOW, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        left = max(ALLOWANCE - used, 0)
        headers = {"x-ratelimit-limit": str(ALLOWANCE), "x-ratelimit-remaining": str(left), "x-ratelimit-reset": resets}
        if used > ALLOWANCE:
            raise Refusal(429, "Too many requests", headers)
        return headers

    def _new_id(self) -> str:
        self._count += 1
        return self.rules.named(int(self.now.timestamp() * 1000), self._count)

    def _alts(self, posted: Posted) -> tuple[str, ...]:
        return tuple(self.uploads[each].description for each in posted.media)

    def _json(self, posted: Posted) -> dict[str, Any]:
        media = [media_json(self.uploads[each], True, self.origin) for each in posted.media]
        return status_json(posted, self.people[posted.owner], media, self.rules, self.origin)
