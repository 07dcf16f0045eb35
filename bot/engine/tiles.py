"""Tiles of a map's ground: fetched one after another behind the guard for pages of strangers, and kept for a month.

Without a network, what was kept is good for as long as it is there. Manners as tile servers ask for (OpenStreetMap's tile usage
policy, operations.osmfoundation.org/policies/tiles): a user agent that says who asks, a cache of more than seven days, no more
than two lines at once; one, here.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.core.errors import NetworkError
from bot.media.unfit import Unfit
from bot.store.cache import Cache

if TYPE_CHECKING:
    from bot.networks.outside import Outside

MONTH = timedelta(days=30)
TYPES = ("image/png", "image/jpeg", "image/webp")
LARGEST = 1_000_000  # bytes of a tile
KEPT = 200_000_000  # bytes of tiles: some 10 000


class Tiles:
    """The tiles of a URL template with {z}, {x} and {y}. `cache` and `outside` are for tests."""

    def __init__(self, template: str, cache: Cache | None = None, outside: Outside | None = None) -> None:
        self.template, self._outside = template, outside
        self._cache = cache or Cache("tiles", KEPT)

    def __call__(self, z: int, x: int, y: int) -> bytes:
        """The tile's picture. Raises Unfit where it is neither to be had nor kept."""
        url = self.template.replace("{z}", str(z)).replace("{x}", str(x)).replace("{y}", str(y))
        content, age = self._cache.get(url) or (b"", None)
        if age is not None and age < MONTH:
            return content
        try:
            fetched = self._world().fetch(url, TYPES, LARGEST).content
        except NetworkError as error:
            if age is not None:  # old, and better than none
                return content
            raise Unfit(f"a tile of the ground cannot be had: {error} – try again, or draw without tiles") from None
        self._cache.put(url, fetched)
        return fetched

    def _world(self) -> Outside:
        from bot.networks.outside import Outside  # httpx takes longer to import than a map without tiles takes to read

        self._outside = self._outside or Outside()
        return self._outside
