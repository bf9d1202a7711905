"""Validate responses with generated pydantic models: validate_answers.py, cases on standard input.

A case is a model, and a response as JSON text.
"""

import json
import sys

import models

for case in json.load(sys.stdin):
    model = getattr(models, case["model"])
    model.model_validate_json(case["content"])
    print(case["model"])
