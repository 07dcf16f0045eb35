"""Pure. How Bluesky's own app shows a link: its host and the beginning of what follows; the facet keeps the whole address.

Source: `toShortUrl` and `shortenLinks` of bluesky-social/social-app @28313bb, which read addresses as browsers do (WHATWG URL).
"""

from __future__ import annotations

LONGEST, KEPT = 15, 13  # characters of path, query and fragment that are shown whole, and that are left of longer ones


def label(url: str) -> str:
    """What is shown of an address; without a scheme, or where no browser could open it, all of it."""
    if not url.startswith(("http://", "https://")):
        return url
    from ada_url import URL  # only where there is a link: it takes longer to import than a post takes to count

    try:
        read = URL(url)
    except ValueError:
        return url
    path = ("" if read.pathname == "/" else read.pathname) + read.search + read.hash
    return read.host + (f"{path[:KEPT]}..." if len(path) > LONGEST else path)
