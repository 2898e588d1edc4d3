"""The JSON Schema of the scenario document, for editors and other programs.

It is the model's own schema put into plain JSON Schema: the titles and helps of fields, which we keep in two languages,
become English `title` and `description`, and both languages stay under `x-oklik`.
"""

from typing import Any

from oklik.scenario.document import FORMAT, Scenario

_OURS = ("title", "help", "widget", "choices")


def json_schema() -> dict[str, Any]:
    """The schema (draft 2020-12) of a document as it may stand in a file."""
    model = plain(Scenario.model_json_schema(by_alias=True))
    # A scenario may hold others, so the model refers to itself; readers want its fields at the top.
    kinds = model["$defs"]
    schema: dict[str, Any] = {"$defs": kinds, **kinds.pop(Scenario.__name__)}
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Oklik scenario, format {FORMAT}",
    }
    return {**head, **{key: value for key, value in schema.items() if key not in head}}


def plain(node: Any) -> Any:
    """A model's schema as plain JSON Schema: titles and helps in English, both languages under `x-oklik`."""
    if isinstance(node, list):
        return [plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    if node.get("$ref") == f"#/$defs/{Scenario.__name__}":
        node = {**node, "$ref": "#"}
    found = {key: plain(value) for key, value in node.items() if key != "discriminator"}
    if isinstance(node.get("widget"), str):  # a field of ours
        ours = {key: node[key] for key in _OURS if key in node}
        if "choices" in ours:  # pydantic sorts them; the order is that of the field
            values = node["enum"] if "enum" in node else node["items"]["enum"]
            ours["choices"] = {value: ours["choices"][value] for value in values}
        found = {key: value for key, value in found.items() if key not in ours}
        found |= {"title": ours["title"]["en"], "description": ours["help"]["en"], "x-oklik": ours}
    if "patternProperties" in found:
        found.setdefault("additionalProperties", False)
    if found.get("type") == "string" and not _is_name(found):
        found["type"] = ["string", "number"]  # `value: 5` in YAML is taken for the text it stands for
    return found


def _is_name(field: dict[str, Any]) -> bool:
    """Whether no number can stand there."""
    return bool({"const", "enum"} & field.keys()) or field.get("pattern", "").startswith("^[a-z]")
