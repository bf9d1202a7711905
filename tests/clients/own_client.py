"""The Python client of clients/python, imported from the checkout."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

FOLDER = Path(__file__).parents[2] / "clients" / "python"
if str(FOLDER / "src") not in sys.path:
    sys.path.insert(0, str(FOLDER / "src"))
ketamine_kb_client: ModuleType = importlib.import_module("ketamine_kb_client")
