"""Writes `bot/testing/x_contract.json`, by which the fake X checks requests and answers.

    python tools/make_x_contract.py OPENAPI_SUBSET

The argument is X's published OpenAPI description (https://api.x.com/2/openapi.json), or the part of it that has our endpoints.
What only people read is left out, and OpenAPI's `nullable` becomes what JSON Schema says for it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

CONTRACT = Path(__file__).resolve().parent.parent / "bot" / "testing" / "x_contract.json"
ENDPOINTS = (
    "POST /2/tweets",
    "DELETE /2/tweets/{id}",
    "GET /2/users/me",
    "GET /2/users/{id}/tweets",
    "GET /2/media/upload",
    "POST /2/media/upload",
    "POST /2/media/upload/initialize",
    "POST /2/media/upload/{id}/append",
    "POST /2/media/upload/{id}/finalize",
    "POST /2/media/metadata",
)
PROSE = ("description", "summary", "example", "examples", "x-enum-descriptions")
SCHEMAS = "#/components/schemas/"


def contract(openapi: Mapping[str, Any]) -> dict[str, Any]:
    """Our endpoints, each with its query, bodies, answers and scopes, and the schemas that these need."""
    endpoints = {name: endpoint(openapi, *name.split(" ")) for name in ENDPOINTS}
    schemas = openapi["components"]["schemas"]
    needed = reached(endpoints, schemas)
    return {
        "version": openapi["info"]["version"],
        "endpoints": endpoints,
        "components": {"schemas": {name: bare(schemas[name]) for name in sorted(needed)}},
    }


def endpoint(openapi: Mapping[str, Any], method: str, path: str) -> dict[str, Any]:
    """What an endpoint takes and gives: schemas of its query by name, of its body and its answers by content type."""
    found = openapi["paths"][path][method.lower()]
    parameters = [resolved(openapi, each) for each in found.get("parameters", ())]
    content = found.get("requestBody", {}).get("content", {})
    answers = {status: each["content"] for status, each in found["responses"].items()}
    scopes = [each["OAuth2UserToken"] for each in found["security"] if "OAuth2UserToken" in each]
    return {
        "query": {each["name"]: bare(each["schema"]) for each in parameters if each["in"] == "query"},
        "required": [each["name"] for each in parameters if each["in"] == "query" and each.get("required")],
        "body": {mime: bare(each["schema"]) for mime, each in content.items()},
        "answers": {
            status: {mime: bare(each["schema"]) for mime, each in answer.items()} for status, answer in answers.items()
        },
        "scopes": sorted(scopes[0]) if scopes else [],
    }


def resolved(openapi: Mapping[str, Any], value: Mapping[str, Any]) -> Any:
    """What a reference stands for."""
    for step in value["$ref"].removeprefix("#/").split("/") if "$ref" in value else ():
        openapi = openapi[step]
    return openapi if "$ref" in value else value


def bare(value: Any) -> Any:
    """A schema without prose, as JSON Schema has it. Names of properties stay, whatever they are."""
    if isinstance(value, list):
        return [bare(each) for each in value]
    if not isinstance(value, dict):
        return value
    kept = {
        name: {field: bare(each) for field, each in part.items()} if name == "properties" else bare(part)
        for name, part in value.items()
        if name not in (*PROSE, "nullable", "discriminator")
    }
    return {"anyOf": [kept, {"type": "null"}]} if value.get("nullable") else kept


def reached(value: Any, schemas: Mapping[str, Any]) -> set[str]:
    """The names of the schemas that something refers to, however far off."""
    found: set[str] = set()
    left = list(references(value))
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += references(schemas[name])
    return found


def references(value: Any) -> Iterator[str]:
    """The names of the schemas that a value refers to itself."""
    if isinstance(value, dict):
        for name, part in value.items():
            if name == "$ref":
                yield part.removeprefix(SCHEMAS)
            elif name != "discriminator":
                yield from references(part)
    elif isinstance(value, list):
        for part in value:
            yield from references(part)


def written(openapi: Mapping[str, Any]) -> str:
    """The contract as the file has it: an endpoint or a schema a line."""
    made = contract(openapi)
    parts = {"endpoints": made["endpoints"], "schemas": made["components"]["schemas"]}
    lines = {
        part: ",\n".join(f"{json.dumps(name)}:{json.dumps(value, separators=(',', ':'))}" for name, value in values.items())
        for part, values in parts.items()
    }
    head = f'{{"version":{json.dumps(made["version"])},"endpoints":{{\n{lines["endpoints"]}\n}},'
    return f'{head}"components":{{"schemas":{{\n{lines["schemas"]}\n}}}}}}\n'


if __name__ == "__main__":
    CONTRACT.write_text(written(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))), encoding="utf-8")
