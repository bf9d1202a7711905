"""The JSON Schema of the files of a dataset folder, for editors and other tools."""

from typing import Any

from pydantic.json_schema import models_json_schema

from app.resources import RESOURCES
from app.services.dataset.about import About
from app.services.records.input_models import input_model

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def dataset_file_schema() -> dict[str, Any]:
    """Return the schema of a dataset file: a list of records for each collection in it.

    It describes each record alone; `kkb check` applies the rules between records.
    """
    models = {name: input_model(r) for name, r in RESOURCES.items() if not r.derived}
    references, definitions = models_json_schema(
        [(model, "validation") for model in models.values()], by_alias=True
    )
    return {
        "$schema": DIALECT,
        "title": "Dataset file",
        "type": "object",
        "properties": {
            name: {
                "type": "array",
                "description": RESOURCES[name].description,
                "items": references[model, "validation"],
            }
            for name, model in models.items()
        },
        "additionalProperties": False,
        "$defs": definitions["$defs"],
    }


def about_file_schema() -> dict[str, Any]:
    """Return the schema of about.yaml."""
    return {"$schema": DIALECT, **About.model_json_schema()}
