"""The one Settings class, read from the environment (prefix KKB_) and passed down as values."""

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


def _words(value: object) -> object:
    return value.split() if isinstance(value, str) else value


class Settings(BaseSettings):
    """Everything that can be set; `kkb settings` prints it."""

    model_config = SettingsConfigDict(env_prefix="KKB_", frozen=True, extra="ignore")

    database_url: str = Field(
        "sqlite:///kkb.db", description="Where the store is: a SQLAlchemy address."
    )
    replica_urls: Annotated[list[str], NoDecode, BeforeValidator(_words)] = Field(
        [], description="PostgreSQL standbys that reads go to: addresses between spaces."
    )
    dataset: Path = Field(
        Path(__file__).parent / "dataset", description="The dataset folder that is loaded."
    )
    public_url: str = Field(
        "",
        description="Address the world sees, such as https://kb.example.org; else the request's.",
    )
    max_body_bytes: int = Field(
        1_000_000, ge=1_000, description="Largest request body that is read."
    )
    cache_bytes: int = Field(64_000_000, ge=0, description="Memory for kept answers; 0 keeps none.")
    pool_size: int = Field(10, ge=1, description="Database connections kept open.")
    pool_timeout_seconds: float = Field(
        1.5, gt=0, description="How long a request waits for a connection before a 503."
    )
