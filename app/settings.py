"""Settings, read from environment variables with the prefix KKB_."""

import os
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError


def _lower_case(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _without_slash(value: str) -> str:
    return value.rstrip("/")


def _served(value: str) -> str:
    try:
        driver = make_url(value).drivername
    except ArgumentError as error:
        raise ValueError("it is no address of a store") from error  # which may hold a password
    if driver not in {"sqlite", "sqlite+pysqlite", "postgresql+psycopg"}:
        served = "sqlite:///kkb.db and postgresql+psycopg://user@host/name"
        raise ValueError(f"{driver} is not served: {served} are")
    return value


StoreAddress = Annotated[str, AfterValidator(_served)]
Address = Annotated[
    str, StringConstraints(pattern=r"^https?://\S+$"), AfterValidator(_without_slash)
]


#: Variables that are no longer read, with their successors.
REMOVED = {"KKB_REPLICA_URLS": "KKB_READ_DATABASE_URL"}


def refuse_removed_settings() -> None:
    """Raise ValueError where the environment sets a variable that is no longer read."""
    for name, successor in REMOVED.items():
        if os.environ.get(name):
            raise ValueError(f"{name} was removed: set {successor} instead")


class Settings(BaseSettings):
    """Everything that can be set; `kkb settings` prints it."""

    model_config = SettingsConfigDict(env_prefix="KKB_", frozen=True, extra="ignore")

    database_url: StoreAddress = Field(
        "sqlite:///kkb.db", description="Where the store is: a SQLAlchemy address."
    )
    read_database_url: StoreAddress | None = Field(
        None,
        description="PostgreSQL hosts for reads that may be a little behind, such as"
        " postgresql+psycopg://user@/name?host=standby&host=primary"
        "&target_session_attrs=prefer-standby.",
    )
    dataset: Path = Field(
        Path(__file__).parent / "dataset", description="The dataset folder that is loaded."
    )
    releases: Path | None = Field(
        None, description="The folder of the releases; `releases` beside a SQLite store, or here."
    )
    public_url: str = Field(
        "",
        pattern=r"^(https?://\S+)?$",
        description="Address the world sees, such as https://kb.example.org; else the request's.",
    )
    max_body_bytes: int = Field(
        1_000_000, ge=1_000, description="Largest request body that is read."
    )
    cache_bytes: int = Field(64_000_000, ge=0, description="Memory for kept answers; 0 keeps none.")
    log_level: Annotated[
        Literal["debug", "info", "warning", "error", "critical"], BeforeValidator(_lower_case)
    ] = Field(
        "info",
        description="The server logs JSON lines to standard error, from this level on: debug, info,"
        " warning, error or critical.",
    )
    access_log: bool = Field(
        False, description="Log each request at level info: method, path, status and request id."
    )
    contact_email: str = Field(
        "",
        description="Sent to the public services that references are looked up in, as they ask.",
    )
    ncbi_url: Address = Field(
        "https://eutils.ncbi.nlm.nih.gov/entrez/eutils",
        description="NCBI's E-utilities, for PubMed.",
    )
    ncbi_api_key: SecretStr = Field(
        SecretStr(""), description="NCBI's own key for its E-utilities, where you have one."
    )
    crossref_url: Address = Field("https://api.crossref.org", description="Crossref's REST API.")
    europepmc_url: Address = Field(
        "https://www.ebi.ac.uk/europepmc/webservices/rest",
        description="Europe PMC's REST service.",
    )
    clinicaltrials_url: Address = Field(
        "https://clinicaltrials.gov/api/v2",
        description="ClinicalTrials.gov's API, version 2.",
    )
    fetch_timeout_seconds: float = Field(
        20.0, gt=0, description="How long one answer of a public service may take, whole."
    )
    fetch_max_bytes: int = Field(
        2_000_000, ge=1_000, description="Largest answer of a public service that is read."
    )
    fetch_interval_seconds: float = Field(
        0.34, ge=0, description="Time between two requests to one public service."
    )
    pool_size: int = Field(10, ge=1, description="Database connections kept open.")
    pool_timeout_seconds: float = Field(
        1.2, gt=0, description="How long a request waits for a connection before a 503."
    )

    @model_validator(mode="before")
    @classmethod
    def _has_no_removed_settings(cls, values: Any) -> Any:
        refuse_removed_settings()
        return values

    @field_validator("read_database_url")
    @classmethod
    def _is_of_a_primary(cls, value: str | None, info: ValidationInfo) -> str | None:
        primary = info.data.get("database_url")
        if value and primary and make_url(value).get_backend_name() == "sqlite":
            raise ValueError("it is for PostgreSQL, and this is SQLite")
        if value and primary and make_url(primary).get_backend_name() == "sqlite":
            raise ValueError("it is for PostgreSQL, and KKB_DATABASE_URL is SQLite")
        return value

    @property
    def releases_folder(self) -> Path:
        """Where the releases are."""
        location = make_url(self.database_url)
        file = location.database if location.get_backend_name() == "sqlite" else None
        return self.releases or Path(file or "").parent / "releases"
