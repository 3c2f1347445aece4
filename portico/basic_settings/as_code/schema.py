"""The JSON Schema of a settings file, made from the sections' own schemas."""

from __future__ import annotations

from typing import Any

from portico.basic_settings.as_code.document import FORMAT, SECRET, SecretWord
from portico.basic_settings.registry import AnySection, all_sections

DIALECT = "https://json-schema.org/draft/2020-12/schema"
HASH = {"type": "string", "pattern": "^[0-9a-f]{64}$"}


def settings_schema() -> dict[str, Any]:
    """What a settings file may look like: the shape, which editors check while one types."""
    definitions: dict[str, Any] = {}
    sections = {section.name: _section(section, definitions) for section in all_sections()}
    return {
        "$schema": DIALECT,
        "title": "Settings of a Portico workspace",
        "description": "What is left out stays as it is.",
        "type": "object",
        "required": ["portico"],
        "additionalProperties": False,
        "properties": {
            "portico": {"const": FORMAT, "description": "The version of this format."},
            "workspace": {
                "type": ["string", "null"],
                "description": "The slug of the workspace that the settings were exported from.",
            },
            "workspace_id": {
                "type": ["string", "null"],
                "description": "Its id. With that of another workspace the file is a copy.",
            },
            "exported_at": {"type": ["string", "null"]},
            "sections": {
                "type": ["object", "null"],
                "additionalProperties": False,
                "properties": sections,
            },
            "files": {
                "type": ["object", "null"],
                "description": "What the files were called, by their SHA-256.",
                "propertyNames": HASH,
                "additionalProperties": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "name": {"type": ["string", "null"]},
                        "type": {"type": "string"},
                        "size": {"type": "integer"},
                    },
                },
            },
        },
        "$defs": definitions,
    }


def _section(section: AnySection, definitions: dict[str, Any]) -> dict[str, Any]:
    values = section.schema.model_json_schema(ref_template=f"#/$defs/{section.name}.{{model}}")
    for name, definition in values.pop("$defs", {}).items():
        definitions[f"{section.name}.{name}"] = _without_defaults(definition)
    properties = _without_defaults(values["properties"])
    for name, field in section.secrets.items():
        properties[name] = _secret(field.description)
    return {
        "type": "object",
        "description": section.name,
        "additionalProperties": False,
        "properties": {
            "revision": {
                "type": ["integer", "null"],
                "minimum": 0,
                "description": "The revision that the values were made from; 0: none was saved.",
            },
            "values": {
                "type": ["object", "null"],
                "additionalProperties": False,
                "properties": properties,
            },
        },
    }


def _secret(description: str) -> dict[str, Any]:
    return {
        "type": ["object", "null"],
        "description": f"{description} Never in the file: `kept` or `none`.",
        "required": [SECRET],
        "additionalProperties": False,
        "properties": {SECRET: {"enum": [word.value for word in SecretWord]}},
    }


def _without_defaults(schema: Any) -> Any:
    """A default would mislead: what is left out stays as it is."""
    if isinstance(schema, list):
        return [_without_defaults(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: {name: _without_defaults(one) for name, one in part.items()}
        if key == "properties"  # below it are names of fields, which may be any
        else _without_defaults(part)
        for key, part in schema.items()
        if key not in {"default", "title"}
    }
