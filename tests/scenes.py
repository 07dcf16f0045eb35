"""Where the schedules are played: a network of ours, its fake, and an account there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core.model import Account, Annotation, Picture, Post, Thread
from bot.networks import bluesky, mastodon, x
from bot.networks.base import Network
from bot.testing.bluesky import FakePds
from bot.testing.lies import LyingServer, Time
from bot.testing.mastodon import SCOPES, FakeMastodon
from bot.testing.mastodon_state import rank
from bot.testing.serving import Served
from bot.testing.stage import Seen
from bot.testing.x import FakeX, account_of, signed_in

LINK = "https://example.org/crue"
TEXTS = ("Un : la crue commence.", "Deux : elle monte & monte.", f"Trois : la carte est sur {LINK}")
NEVER = datetime(2026, 1, 1, tzinfo=UTC)
ALT = "Carte du premier jour"
EXPECTED = [Seen(TEXTS[0], (ALT,), None), Seen(TEXTS[1], (), TEXTS[0]), Seen(TEXTS[2], (), TEXTS[1])]


Kill = Callable[[], None]


@dataclass(frozen=True)
class Scene:
    """A network as it is played. `serve` opens its server, which kills its client by `Kill`; `renew` empties it for the next
    schedule; `seen` is what a reader finds there and `urls` where, both in the order of publishing; `session` is what the vault
    holds at first, `login` what it holds after somebody signed in once more; `clocked` is the network whose driver has this
    clock; `patience` is how many seconds of real time a step of a request may take."""

    network: Network
    account: Callable[[str], Account]
    serve: Callable[[Time, Kill], LyingServer]
    renew: Callable[[Any, datetime], None]
    seen: Callable[[Any], Sequence[Seen]]
    urls: Callable[[Any], Sequence[str]]
    session: Callable[[str, datetime], Mapping[str, Any]] = lambda _url, _now: {}
    login: Callable[[Any, datetime], Mapping[str, Any]] = lambda _fake, _now: {}
    clocked: Callable[[Network, Callable[[], datetime]], Network] = lambda network, _now: network
    patience: float = 0.4


def faked(
    network: Network, fake: Callable[[datetime], Any], account: Callable[[str], Account], urls: Callable[[Any], list[str]]
) -> Scene:
    """A network whose fake is made anew for each schedule."""

    def serve(clock: Time, kill: Kill) -> Served:
        return Served(fake(clock.now()), clock, kill=kill)

    def renew(server: Served, now: datetime) -> None:
        server.fake = fake(now)
        server.requests.clear()

    return Scene(network, account, serve, renew, lambda server: server.fake.posts(), lambda server: urls(server.fake))


def thread(scene: Scene, account: Account, picture: Picture) -> Thread:
    """Three posts: the first with a picture, the last with a link."""
    rules, total = scene.network.rules, len(TEXTS)
    posts = [Post(n, total, text, rules.used(text), rules.length, rules.unit) for n, text in enumerate(TEXTS, 1)]
    place = len(TEXTS[-1].encode()) - len(LINK)
    link = Annotation("link", place, place + len(LINK), LINK)
    posts = [replace(posts[0], pictures=(picture,)), *posts[1:-1], replace(posts[-1], annotations=(link,))]
    where = scene.network.destination(account)
    return Thread(account.name, scene.network.name, where, "crue", "La crue", "fr", tuple(posts))


def _sky(url: str) -> Account:
    fake = FakePds()
    return Account("sky", "bluesky", {"server": url, "handle": fake.handle}, {"password": lambda: fake.password})


def _sky_urls(fake: FakePds) -> list[str]:
    return [
        f"https://bsky.app/profile/{fake.did}/post/{rkey}" for kind, rkey in fake.repository.records if kind == bluesky.POST
    ]


def _signed_in(now: datetime) -> FakePds:
    """Somebody signed in a while ago: the access token is of no use any more."""
    fake = FakePds()
    fake.tokens.ends = {"stale": ("access", now - timedelta(hours=1)), "fresh": ("refresh", now + timedelta(days=30))}
    return fake


def _session(url: str, _now: datetime) -> dict[str, str]:
    return {"for": bluesky.destination(_sky(url)), "did": FakePds().did, "access": "stale", "refresh": "fresh", "pds": ""}


SKY = faked(bluesky.NETWORK, lambda _: FakePds(), _sky, _sky_urls)
ONE_BY_ONE = replace(bluesky.NETWORK, carries=lambda _thread, _posts: 1)


TOKEN = "t0ken"


def _fediverse(**switches: Any) -> Scene:
    """A server that speaks Mastodon's API."""

    def fake(_now: datetime) -> FakeMastodon:
        made = FakeMastodon(**switches)
        made.sign_up("alice")
        made.tokens = {TOKEN: (made.visitor, SCOPES)}
        return made

    def urls(fake: FakeMastodon) -> list[str]:
        return [str(fake._json(each)["url"]) for each in sorted(fake.statuses.values(), key=lambda each: rank(each.id))]

    def account(url: str) -> Account:
        return Account("masto", "mastodon", {"server": url}, {"token": lambda: TOKEN})

    return faked(mastodon.NETWORK, fake, account, urls)


def _bird(tokens: bool = False, forgetful: bool = False) -> Scene:
    """X, whose lists lag; with the four secrets, or with tokens that were good three hours ago. `forgetful`: it refuses no
    duplicate, and its lists lag longer, so that only the look-up keeps a post from going out twice."""

    def fake(now: datetime) -> FakeX:
        made = FakeX(lag=50.0, memory=timedelta(0)) if forgetful else FakeX(lag=10.0)
        person = made.gate.person("afp")
        if tokens:
            signed_in(made, person, now - timedelta(hours=3))
        return made

    def account(url: str) -> Account:
        made = fake(NEVER)
        return account_of(made.gate.people[0], url, gate=made.gate if tokens else None)

    def session(_url: str, now: datetime) -> Mapping[str, Any]:
        made = FakeX()
        return signed_in(made, made.gate.person("afp"), now - timedelta(hours=3)) if tokens else {}

    def urls(fake: FakeX) -> list[str]:
        return [f"https://x.com/afp/status/{tweet.id}" for tweet in fake.tweets if tweet.live]

    return replace(
        faked(x.NETWORK, fake, account, urls),
        session=session,
        login=lambda server, now: signed_in(server.fake, server.fake.gate.people[0], now),
        clocked=lambda network, now: replace(network, connect=lambda account, world: x.Poster(account, world, now)),
    )


SCENES: dict[str, dict[str, Scene]] = {
    "bluesky": {
        "the thread in one write": SKY,
        "post by post": replace(SKY, network=ONE_BY_ONE),
        "post by post, with an old session": replace(faked(ONE_BY_ONE, _signed_in, _sky, _sky_urls), session=_session),
    },
    "mastodon": {
        "Mastodon": _fediverse(processing=2.0),
        "Mastodon that answers 500 to a repeat": _fediverse(replay_bug=True),
        "GoToSocial": _fediverse(flavour="gotosocial"),
        "Pixelfed": _fediverse(flavour="pixelfed", refuses_keys=True),
    },
    "x": {
        "OAuth 1.0a": _bird(),
        "no duplicate refused, lists that lag 50 s": _bird(forgetful=True),
        "OAuth 2, with tokens that have expired": _bird(tokens=True),
    },
}
