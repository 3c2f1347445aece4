"""Our JSON schema of the manifest, for editors and build tools: `docs/manifest.schema.json`."""

from __future__ import annotations

import json

from portico.miniprograms.packages.manifests import Manifest


def manifest_schema() -> str:
    """The schema as text. It says what a schema can say; that files exist is for the upload."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Manifest.model_json_schema(),
        "title": "Manifest of a mini program",
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
