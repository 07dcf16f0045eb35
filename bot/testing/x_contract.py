"""Shipped test help: X's published contract, by which the fake checks each request that it gets and each answer that it gives.

`x_contract.json` beside this file is made from X's OpenAPI description by tools/make_x_contract.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from bot.testing.serving import Request, matched

PROBLEMS = "https://api.x.com/2/problems/"


@cache
def contract() -> dict[str, Any]:
    """The contract: `endpoints` by name, such as `POST /2/tweets`, and the schemas that they refer to."""
    loaded: dict[str, Any] = json.loads((files("bot.testing") / "x_contract.json").read_text(encoding="utf-8"))
    return loaded


@cache
def _routes() -> tuple[tuple[str, str], ...]:
    return tuple((name, name.replace("{id}", "{}")) for name in contract()["endpoints"])


def endpoint_of(request: Request) -> tuple[str, str]:
    """Which endpoint a request is for, and the id in its path; both empty for none."""
    found = matched(request.path, _routes(), request.method)
    return (found[0], "".join(found[1])) if found else ("", "")


def scopes(endpoint: str) -> frozenset[str]:
    """What a token must be allowed for an endpoint."""
    return frozenset(contract()["endpoints"][endpoint]["scopes"])


def faults(schema: Mapping[str, Any], value: Any) -> Iterator[str]:
    """What is wrong with a value, in words."""
    for error in _validator(json.dumps(schema)).iter_errors(value):
        where = ".".join(map(str, error.absolute_path))
        yield f"{where}: {error.message}" if where else error.message


@cache
def _validator(schema: str) -> Any:
    try:
        from jsonschema import Draft7Validator
    except ImportError:
        raise RuntimeError("the fake X needs jsonschema – pip install jsonschema, or threadbot[dev]") from None
    return Draft7Validator({**json.loads(schema), "components": contract()["components"]})


def request_faults(endpoint: str, request: Request) -> list[str]:
    """What a request says that its endpoint does not take."""
    rules = contract()["endpoints"][endpoint]
    found = [f"The query parameter [{name}] is unknown" for name in request.query if name not in rules["query"]]
    found += [f"The query parameter [{name}] is missing" for name in rules["required"] if name not in request.query]
    for name, schema in rules["query"].items():
        if name in request.query:
            found += [f"{name}: {fault}" for fault in faults(schema, _coerced(request.query[name], schema))]
    return found + list(_body_faults(rules["body"], request))


def _body_faults(bodies: Mapping[str, Any], request: Request) -> Iterator[str]:
    mime = request.headers.get("content-type", "").partition(";")[0].strip()
    if not bodies:
        if request.body:
            yield "no body is taken here"
    elif mime not in bodies:
        yield f"a body of type {mime or 'none'} is not taken"
    elif mime == "application/json":
        yield from faults(bodies[mime], request.json)
    else:
        schema = _deref(bodies[mime])
        known = schema["properties"]
        yield from faults(bodies[mime], {part.name: _field(part.data, known.get(part.name, {})) for part in request.parts})


def _deref(schema: Mapping[str, Any]) -> Any:
    name = schema.get("$ref", "").rpartition("/")[2]
    return contract()["components"]["schemas"][name] if name else schema


def _field(data: bytes, schema: Mapping[str, Any]) -> Any:
    """A part of a multipart body as its schema speaks of it: a file is a string of bytes."""
    return _coerced(data.decode("latin-1"), schema)


def _coerced(text: str, schema: Mapping[str, Any]) -> Any:
    """A text of a query or form in the type that the contract wants, where it can be read as that."""
    kind = _deref(schema).get("type")
    if kind == "array":
        return text.split(",")
    return int(text) if kind == "integer" and text.isdecimal() else text


def answer_faults(endpoint: str, status: int, body: Any) -> list[str]:
    """What an answer of the fake says that X's would not. Refusals of a kind that is seen but not published are let through."""
    answers = contract()["endpoints"][endpoint]["answers"]
    if status < 400:
        return list(faults(answers[str(status)]["application/json"], body)) if str(status) in answers else [f"{status}?"]
    published = [each for each in contract()["components"]["schemas"]["Problem"]["oneOf"] if _is(each, body.get("type"))]
    return [fault for each in published for fault in faults(each, body)]


def _is(schema: Mapping[str, Any], kind: Any) -> bool:
    return kind in _deref(schema)["properties"]["type"].get("enum", ())
