"""The stack alone: what we stand on is imported, and one route answers."""

import pydantic_settings
import sqlalchemy.orm
import typer
from fastapi import FastAPI

STANDS_ON = (pydantic_settings, sqlalchemy.orm, typer)
app = FastAPI()


@app.get("/")
def read() -> dict[str, str]:
    return {}
