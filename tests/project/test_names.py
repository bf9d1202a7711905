"""Names have one meaning: of classes in the source, and of schemas in the OpenAPI document."""

import ast
import json
from collections import defaultdict
from pathlib import Path

APP = Path(__file__).parents[2] / "app"


def test_no_two_public_classes_share_a_name_apart_from_a_table_and_its_record() -> None:
    files: dict[str, list[str]] = defaultdict(list)
    for path in APP.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                files[node.name].append(path.relative_to(APP).as_posix())
    for name, paths in files.items():
        tables = [path for path in paths if path.startswith("models/")]
        assert len(tables) <= 1, (name, paths)
        assert len(paths) - len(tables) <= 1, (name, paths)


def test_no_schema_of_the_document_is_named_after_a_module() -> None:
    """Pydantic prefixes two models that share a name with the paths of their modules."""
    document = json.loads((APP / "api" / "openapi.json").read_text("utf-8"))
    assert [name for name in document["components"]["schemas"] if "__" in name] == []
