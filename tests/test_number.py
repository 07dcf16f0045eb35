"""Numbers on posts: what an author may ask for, and room for exactly the digits that the count of posts needs."""

from __future__ import annotations

import pytest

from bot.core.model import Numbering
from bot.core.number import FORM, OFF, NumberingError, numbered, numbering


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("off", OFF),
        ("", OFF),
        (False, OFF),
        ("{n}/{total}", Numbering("{n}/{total}", "start", 1)),
        ("({n})", Numbering("({n})")),
        ("🧵 {{{n}}}", Numbering("🧵 {{{n}}}")),
        ("👩‍🚀\u00a0{n}", Numbering("👩‍🚀\u00a0{n}")),
        ({}, Numbering(FORM)),
        ({"place": "end"}, Numbering(FORM, "end", 1)),
        ({"form": "{n}.", "from": 2}, Numbering("{n}.", "start", 2)),
        ({"from": "12"}, Numbering(FORM, "start", 12)),
    ],
)
def test_a_numbering_is_off_a_form_or_a_table(value: object, meant: Numbering) -> None:
    assert numbering(value) == meant


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("no number", "“no number” is not a form – write {n}, and {total} if you like, such as {n}/{total}"),
        ("{total}", "“{total}” is not a form"),
        ("{}", "“{}” is not a form"),
        ("{0}", "is not a form"),
        ("{n}{m}", "is not a form"),
        ("{n.real}", "is not a form"),
        ("{n[0]}", "is not a form"),
        ("{n!r}", "is not a form"),
        ("{n:>9}", "is not a form"),
        ("{n:{total}}", "is not a form"),
        ("{n", "is not a form"),
        ("n}", "is not a form"),
        ("{n}\n", "a form is one line"),
        ("{n}\r", "a form is one line"),
        ("{n}\u2028", "a form is one line"),
        ("{n}\x1b", "without invisible characters"),
        ("{n}\ud800", "without invisible characters"),
        ({"form": "x"}, "“x” is not a form"),
        ({"place": "middle"}, "place “middle” – known: end, start"),
        ({"place": "strat"}, "place “strat” – did you mean “start”?"),
        ({"fron": 2}, "unknown key “fron” – did you mean “from”?"),
        ({"from": 0}, "from “0” is not the number of a post – write 1 or 2"),
        ({"from": -1}, "from “-1” is not"),
        ({"from": "two"}, "from “two” is not"),
        ({"from": "²"}, "from “²” is not"),
        ({"from": "9" * 5000}, "is not the number of a post"),
        ({"from": True}, "from “True” is not"),
        (True, 'write "off", a form such as "{n}/{total}", or a table'),
        (3, 'write "off"'),
        (["{n}"], 'write "off"'),
        (None, 'write "off"'),
    ],
)
def test_what_is_no_numbering_is_refused_with_advice(value: object, message: str) -> None:
    with pytest.raises(NumberingError) as raised:
        numbering(value)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("style", "n", "total", "text"),
    [
        (Numbering(FORM), 3, 12, "3/12 Text"),
        (Numbering(FORM, "end"), 3, 12, "Text 3/12"),
        (Numbering(FORM, "end", 2), 1, 12, "Text"),
        (Numbering(FORM, "end", 2), 2, 12, "Text 2/12"),
        (Numbering("{n}.", since=4), 3, 12, "Text"),
        (Numbering("{{{n}}}"), 3, 12, "{3} Text"),
        (OFF, 3, 12, "Text"),
        (Numbering(FORM), 1, 1, "Text"),
    ],
)
def test_a_post_gets_its_number(style: Numbering, n: int, total: int, text: str) -> None:
    assert numbered("Text", n, total, style) == text


@pytest.mark.parametrize(("place", "text"), [("start", "2/3"), ("end", "2/3")])
def test_a_picture_alone_gets_its_number_and_no_space(place: str, text: str) -> None:
    assert numbered("", 2, 3, numbering({"place": place})) == text


def test_braces_in_the_text_are_no_form() -> None:
    assert numbered("{n} {x}", 1, 2, Numbering("{n}")) == "1 {n} {x}"
