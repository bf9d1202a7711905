"""TypeScript projects: a folder with packages, sources and strict compiler settings."""

import json
import shutil
from pathlib import Path

from tests.clients.environments import Environment

ROOT = Path(__file__).parents[2]
CLIENT = ROOT / "clients" / "typescript"
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


def copy_client(checkout: Path) -> Path:
    """Copy the client of clients/typescript, and the document that it is generated from."""
    folder = checkout / "clients" / "typescript"
    ignored = shutil.ignore_patterns("node_modules", "dist", "schema.ts", "*.tgz")
    shutil.copytree(CLIENT, folder, ignore=ignored)
    document = checkout / "app" / "api" / "openapi.json"
    document.parent.mkdir(parents=True)
    shutil.copy(ROOT / "app" / "api" / "openapi.json", document)
    return folder
