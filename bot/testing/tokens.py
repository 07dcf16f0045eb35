"""Shipped test help, pure. The two tokens of a Bluesky session: one for two hours, and one that gives the next two.

A refresh token that was used gives the same pair again for two hours, and nothing after that.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

LIFE = {"access": timedelta(minutes=120), "refresh": timedelta(days=90)}
GRACE = timedelta(hours=2)


class Unknown(Exception):
    """A token that was never given."""


class Expired(Exception):
    """A token that does not hold any more."""


@dataclass
class Tokens:
    """Every token that was given."""

    ends: dict[str, tuple[str, datetime]] = field(default_factory=dict)  # by token: kind, and until when
    next: dict[str, tuple[str, str]] = field(default_factory=dict)  # by refresh token: the pair that it gave

    def pair(self, did: str, now: datetime) -> tuple[str, str]:
        """An access token and a refresh token."""
        return self._made("access", did, now), self._made("refresh", did, now)

    def check(self, token: str, kind: str, now: datetime) -> None:
        """Raises Unknown or Expired for a token that is of no use."""
        known, end = self.ends.get(token, ("", now))
        if known != kind:
            raise Unknown
        if end <= now:
            raise Expired

    def renewed(self, refresh: str, did: str, now: datetime) -> tuple[str, str]:
        """The next pair, which is the same for as long as the old token holds."""
        if refresh not in self.next:
            self.next[refresh] = self.pair(did, now)
            kind, end = self.ends[refresh]
            self.ends[refresh] = kind, min(end, now + GRACE)
        return self.next[refresh]

    def expire(self, kind: str, now: datetime) -> None:
        """Every token of a kind ends now."""
        self.ends = {token: (each, min(end, now) if each == kind else end) for token, (each, end) in self.ends.items()}

    def _made(self, kind: str, did: str, now: datetime) -> str:
        end = now + LIFE[kind]
        content = {"scope": f"com.atproto.{kind}", "sub": did, "exp": int(end.timestamp()), "jti": len(self.ends)}
        parts = [
            base64.urlsafe_b64encode(json.dumps(each).encode()).decode().rstrip("=") for each in ({"typ": "at+jwt"}, content)
        ]
        token = ".".join([*parts, "signature"])
        self.ends[token] = kind, end
        return token
