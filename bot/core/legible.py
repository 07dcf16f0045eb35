"""Pure. Whether the lettering of a picture can still be read where a network shows it: smaller than it is, in a timeline."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from bot.core.errors import Fault
from bot.core.model import Draft, Figure, Picture
from bot.core.plan import Plan
from bot.core.rules import Rules
from bot.core.target import Target

# The height of an x in CSS pixels below which letters are no longer told apart. One such pixel is an angle of 0.0213° (CSS
# Values and Units 4, 6.2), good eyes tell letters of 5 minutes of arc (Snellen, 20/20): four pixels at the very least. The
# fifth is ours, for eyes and screens that are not so good.
READABLE = 5.0

Key = tuple[str, Figure]  # an account and what its picture was made from


def faint(
    plan: Plan, draft: Draft, targets: Sequence[Target], pictures: Mapping[Key, Picture], lettering: Mapping[Key, float | None]
) -> Iterator[str]:
    """The warnings, one for a figure: where its smallest lettering is least readable.

    `lettering` is the height of an x of the smallest lettering, in pixels of the picture; None where there is none.
    """
    rules = {target.account: target.rules for target in targets}
    networks = {target.account: target.network for target in targets}
    worst: dict[Figure, tuple[float, int, str]] = {}
    for (account, figure), picture in pictures.items():
        width = _width(picture, _beside(plan, account, picture), rules[account])
        if width and (letters := lettering.get((account, figure))):
            found = letters * width / picture.width, width, networks[account]
            worst[figure] = min(found, worst.get(figure, found))
    for figure, (height, width, network) in worst.items():
        if height < READABLE:
            yield str(_fault(draft, figure, height, f"where {network} shows it {width} px wide"))


def _width(picture: Picture, beside: bool, rules: Rules) -> int:
    """How wide a picture is shown, in CSS pixels; never wider than it is. 0: nobody knows."""
    return min(picture.width, rules.shown[beside])


def _beside(plan: Plan, account: str, picture: Picture) -> bool:
    """Whether a picture shares a post with others."""
    posts = (post.pictures for post in plan.thread(account).posts if len(post.pictures) > 1)
    return any(each.sha256 == picture.sha256 for pictures in posts for each in pictures)


def _fault(draft: Draft, figure: Figure, height: float, where: str) -> Fault:
    small = math.floor(height * 10) / 10  # 4.96 is not 5
    message = f"{figure.source}: the smallest lettering would be {small:g} px high {where}"
    advice = f"use larger letters (an x of {READABLE:g} px can be read), or crop it"
    return Fault(draft.path, figure.span.line, figure.span.column, f"{message} – {advice}")
