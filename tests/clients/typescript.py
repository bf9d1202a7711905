"""TypeScript projects: a folder with packages, sources and strict compiler settings."""

import json
from pathlib import Path

from tests.clients.environments import Environment

TYPESCRIPT = "typescript@5.9.3"
COMPILER = {
    "strict": True,
    "target": "es2022",
    "module": "nodenext",
    "moduleResolution": "nodenext",
    "lib": ["es2023", "dom", "dom.iterable"],
    "types": ["node"],
    "outDir": "build",
    "rootDir": ".",
    "skipLibCheck": True,
}


def make_project(environment: Environment, folder: Path, **options: object) -> None:
    """Prepare a folder whose sources find the packages of the environment."""
    (folder / "node_modules").symlink_to(environment.folder / "node_modules")
    (folder / "package.json").write_text(json.dumps({"private": True, "type": "module"}))
    settings = {"compilerOptions": COMPILER | options, "include": ["**/*.ts"]}
    (folder / "tsconfig.json").write_text(json.dumps(settings))
