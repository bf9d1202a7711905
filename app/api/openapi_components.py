"""Passes over the OpenAPI document that FastAPI builds: what operations share becomes a component.

Generated clients make a class of each schema and a type of each parameter, and read two megabytes
if every operation repeats its own: so each is written once.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from pydantic_core import to_json

Node = dict[str, Any]
#: Keywords whose values are data, not schemas.
DATA = {"example", "examples", "default", "const", "enum"}
SCHEMAS = "#/components/schemas/"
Uses = list[tuple[Node, list[Any], int]]


def operations(document: Node) -> Iterator[tuple[str, str, Node]]:
    """Iterate over (path, method, operation)."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def remove_titles(value: Any) -> None:
    """Remove titles that pydantic derives from names: client generators take them for class names.

    Two schemas with one title, such as `Data` in every envelope, have one class then, or none.
    """
    if isinstance(value, list):
        for item in value:
            remove_titles(item)
    elif isinstance(value, dict):
        if isinstance(value.get("title"), str):
            del value["title"]
        for key, inner in value.items():
            if key not in DATA:
                remove_titles(inner)


def shorten_nullable(value: Any) -> None:
    """Write `anyOf` of a type and null as a list of types, as JSON Schema 2020-12 can."""
    if isinstance(value, list):
        for item in value:
            shorten_nullable(item)
    elif isinstance(value, dict):
        types = value.get("anyOf")
        if isinstance(types, list) and len(types) == 2 and types[1] == {"type": "null"}:
            kind = types[0].get("type")
            if isinstance(kind, str) and not DATA & set(types[0]):
                del value["anyOf"]
                value |= {**types[0], "type": [kind, "null"]}
        for key, inner in value.items():
            if key not in DATA:
                shorten_nullable(inner)


def simplify_parameter(parameter: Node) -> None:
    """Remove what says nothing: a repeated description, `required: false`, a null or empty default.

    A parameter that is not sent has no value, so that null is none of its types.
    """
    schema = parameter["schema"]
    description = schema.pop("description", None)
    parameter.setdefault("description", description)
    types = [kind for kind in schema.get("anyOf", []) if kind != {"type": "null"}]
    if len(types) == 1:
        del schema["anyOf"]
        schema |= types[0]
    if isinstance(schema.get("type"), list):
        schema["type"] = schema["type"][0]
    if schema.get("default") in (None, []):
        schema.pop("default", None)
    if not parameter.get("required"):
        parameter.pop("required", None)


def share_parameters(document: Node) -> None:
    """Move parameters that several operations take to `components/parameters`.

    The component has the name of the parameter; another one of that name has what its operations
    have in common before it: `sort`, and `claims_sort`. The one that most operations take comes
    first.
    """
    uses: dict[str, dict[str, Uses]] = defaultdict(lambda: defaultdict(list))
    for _, _, operation in operations(document):
        parameters = operation.get("parameters", [])
        for at, parameter in enumerate(parameters):
            content = json.dumps(parameter, sort_keys=True)
            uses[parameter["name"]][content].append((operation, parameters, at))
    shared: dict[str, Any] = document["components"].setdefault("parameters", {})
    for name, variants in uses.items():
        for places in sorted(variants.values(), key=len, reverse=True):
            if len(places) == 1:
                continue
            key = name if name not in shared else f"{_common_word(places)}_{name}"
            if key in shared:
                key = f"{places[0][0]['operationId']}_{name}"
            _, parameters, at = places[0]
            shared[key] = parameters[at]
            for _, parameters, at in places:
                parameters[at] = {"$ref": f"#/components/parameters/{key}"}


def share_responses(document: Node) -> None:
    """Move successful responses that several operations have to `components/responses`.

    The component has the name of the schema, or else the first sentence of the description:
    `ExportedRecords`.
    """
    uses: dict[str, list[tuple[Node, str]]] = defaultdict(list)
    for _, _, operation in operations(document):
        for status, response in operation["responses"].items():
            if "$ref" not in response:
                uses[json.dumps(response, sort_keys=True)].append((operation["responses"], status))
    components = document["components"]["responses"]
    for places in uses.values():
        if len(places) > 1:
            responses, status = places[0]
            key = _response_name(responses[status])
            if key not in components:
                components[key] = responses[status]
                for responses, status in places:
                    responses[status] = {"$ref": f"#/components/responses/{key}"}


def _response_name(response: Node) -> str:
    schema = response.get("content", {}).get("application/json", {}).get("schema", {})
    if "$ref" in schema:
        return str(schema["$ref"].removeprefix(SCHEMAS))
    words = response["description"].partition(".")[0].replace(":", " ").split()
    return "".join(word.capitalize() for word in words)


def _common_word(places: Uses) -> str:
    """Return a tag that all the operations have, or else the verb that most of them begin with."""
    tags = set.intersection(*(set(operation["tags"]) for operation, _, _ in places))
    if tags:
        return str(min(tags))
    verbs = Counter(operation["operationId"].partition("_")[0] for operation, _, _ in places)
    return str(verbs.most_common(1)[0][0])


def describe_patches_once(document: Node) -> None:
    """Leave the descriptions of the fields of a patch to the schema of the whole record."""
    schemas = document["components"]["schemas"]
    for _, method, operation in operations(document):
        if method == "patch":
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            for field in schemas[schema["$ref"].removeprefix(SCHEMAS)]["properties"].values():
                field.pop("description", None)


def open_responses(document: Node) -> None:
    """Let the objects of responses have further fields: an addition is no breaking change.

    Those of requests refuse unknown fields, as the service does.
    """
    schemas = document["components"]["schemas"]
    of_requests = _reachable(
        schemas, [operation.get("requestBody") for _, _, operation in operations(document)]
    )
    for name, schema in schemas.items():
        if name not in of_requests and schema.get("additionalProperties") is False:
            del schema["additionalProperties"]


def _reachable(schemas: Node, roots: list[Any]) -> set[str]:
    """Return the names of the schemas that some values refer to, at any depth."""
    names: set[str] = set()
    values = list(roots)
    while values:
        value = values.pop()
        if isinstance(value, list):
            values += value
        elif isinstance(value, dict):
            target = value.get("$ref")
            if isinstance(target, str) and target.startswith(SCHEMAS):
                name = target.removeprefix(SCHEMAS)
                if name not in names:
                    names.add(name)
                    values.append(schemas[name])
            values += value.values()
    return names


def remove_unused(document: Node, kind: str) -> None:
    """Remove the components of a kind that nothing refers to."""
    components = document["components"][kind]
    text = to_json(document).decode()
    for name in list(components):
        if f'"#/components/{kind}/{name}"' not in text:
            del components[name]
