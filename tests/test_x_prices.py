"""What a thread costs on X: by its posts, its links and its alt texts, at the prices of the config."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.core.model import Account, Picture, Post, Thread
from bot.networks.prices import SETTINGS, price
from bot.networks.x import NETWORK

ACCOUNT = Account("bird", "x", {setting.name: setting.default or "" for setting in SETTINGS})
MAP = Picture("0" * 64, "image/png", 4, 3, 100, "Une carte")


def thread(*texts: str, pictures: tuple[Picture, ...] = ()) -> Thread:
    posts = [Post(n, len(texts), text, 1, 280, "weighted characters") for n, text in enumerate(texts, 1)]
    posts[0] = replace(posts[0], pictures=pictures)
    return Thread("bird", "x", "x.com/afp", "slug", "", "fr", tuple(posts))


@pytest.mark.parametrize(
    ("texts", "dollars"),
    [
        (("Un",), "0.015"),
        (("Un",) * 10, "0.150"),
        (("Un https://afp.example.com/a",) * 10, "2.000"),
        ((*("Un",) * 9, "Un https://afp.example.com/a"), "0.335"),
        (("Un afp.com", "Deux"), "0.215"),
        (("Un @afp #tag $AAPL", "1.5 and a.b"), "0.030"),
        (("https://a.example.com https://b.example.com",), "0.200"),
    ],
)
def test_a_post_with_a_link_costs_more_once(texts: tuple[str, ...], dollars: str) -> None:
    assert price(ACCOUNT, thread(*texts)) == Decimal(dollars)


def test_each_alt_text_is_a_call_of_its_own() -> None:
    pictures = (MAP, MAP, replace(MAP, alt=""))
    assert price(ACCOUNT, thread("Un", "Deux", pictures=pictures)) == Decimal("0.040")


def test_the_prices_are_those_of_the_config_to_the_last_digit() -> None:
    account = replace(ACCOUNT, settings={"price_post": "0.1", "price_link": "0.3", "price_alt_text": "0"})
    assert price(account, thread("Un", "Deux https://a.example.com", "Trois", pictures=(MAP,))) == Decimal("0.5")


def test_the_network_says_its_price_and_that_links_are_dear() -> None:
    assert NETWORK.price is price
    assert NETWORK.rules.dear_links
    assert set(SETTINGS) <= set(NETWORK.settings)
