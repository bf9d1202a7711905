"""Settings, read from environment variables with the prefix KKB_."""

import os
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

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


def _supported_database(value: str) -> str:
    try:
        driver = make_url(value).drivername
    except ArgumentError as error:
        # The error of SQLAlchemy is not quoted: it may hold the password.
        raise ValueError("this is not a database URL") from error
    if driver not in {"sqlite", "sqlite+pysqlite", "postgresql+psycopg"}:
        examples = "sqlite:///kkb.db or postgresql+psycopg://user@host/name"
        raise ValueError(f"{driver} is not supported; use {examples}")
    return value


DatabaseUrl = Annotated[str, AfterValidator(_supported_database)]
HttpUrl = Annotated[
    str, StringConstraints(pattern=r"^https?://\S+$"), AfterValidator(_without_slash)
]


#: First segments of our own addresses, besides the names of the collections. A path prefix that
#: begins with one of them could not be distinguished from an address without its prefix.
OWN_SEGMENTS = frozenset(
    {
        ".well-known",
        "api",
        "assets",
        "calibration",
        "changes",
        "cite",
        "diff",
        "docs",
        "favicon.ico",
        "gaps",
        "glossary",
        "graph",
        "healthz",
        "llms.txt",
        "matrix",
        "methods",
        "metrics",
        "openapi.json",
        "pages",
        "readyz",
        "redoc",
        "releases",
        "robots.txt",
        "search",
        "sitemap.xml",
        "sitemaps",
        "static-offline-docs",
        "timeline",
        "v1",
    }
)


def _distinct_prefix(value: str) -> str:
    first = urlsplit(value).path.partition("/")[2].partition("/")[0]
    if first and (first in OWN_SEGMENTS or first in _collection_names()):
        raise ValueError(f"the path may not begin with /{first}, an address of the service itself")
    return _without_slash(value)


def _collection_names() -> set[str]:
    from app.resources import RESOURCES  # takes a while, and only services below a prefix need it

    return set(RESOURCES)


def _addresses(value: str) -> str:
    for part in value.split(","):
        try:
            if value.strip() != "*" and part.strip():
                ip_network(part.strip())
        except ValueError as error:
            raise ValueError(f"{part.strip()!r} is no IP address or network: {error}") from error
    return value


PublicUrl = Annotated[str, AfterValidator(_distinct_prefix)]
TrustedAddresses = Annotated[str, AfterValidator(_addresses)]
MAX_MISSPELT = 2  # wrong, missing or swapped letters
#: Environment variables that were removed → the variable to use instead.
REMOVED = {"KKB_REPLICA_URLS": "KKB_READ_DATABASE_URL"}


def refuse_removed_settings() -> None:
    """Refuse an environment that sets a removed variable.

    Raises: ValueError, with the variable to use instead.
    """
    for name, successor in REMOVED.items():
        if os.environ.get(name):
            raise ValueError(f"{name} was removed: set {successor} instead.")


def unknown_settings() -> dict[str, str | None]:
    """Return the KKB_ variables of the environment that are no settings, with the likely one.

    The likely setting is None if no name is similar.
    """
    known = sorted(f"KKB_{name.upper()}" for name in Settings.model_fields)
    names = (name for name in sorted(os.environ) if name.upper().startswith("KKB_"))
    return {name: _similar(name.upper(), known) for name in names if name.upper() not in known}


def _similar(name: str, known: list[str]) -> str | None:
    from rapidfuzz.distance import OSA

    distance, setting = min((OSA.distance(name, setting), setting) for setting in known)
    return setting if distance <= MAX_MISSPELT else None


def refuse_misspelt_settings() -> None:
    """Refuse an environment that sets a variable which is almost one of the settings.

    Raises: ValueError, with the setting that may be meant.
    """
    for name, setting in unknown_settings().items():
        if setting:
            raise ValueError(f"{name} is not a setting: did you mean {setting}?")


def set_metrics_folder(folder: str) -> None:
    """Let child processes share their metrics in a folder; prometheus_client reads the variable."""
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder


class Settings(BaseSettings):
    """Settings of the service; `kkb settings` prints them."""

    model_config = SettingsConfigDict(env_prefix="KKB_", frozen=True, extra="ignore")

    database_url: DatabaseUrl = Field(
        "sqlite:///kkb.db", description="SQLAlchemy URL of the database."
    )
    read_database_url: DatabaseUrl | None = Field(
        None,
        description="PostgreSQL URL for reads, which may lag behind the primary, such as"
        " postgresql+psycopg://user@/name?host=standby&host=primary"
        "&target_session_attrs=prefer-standby.",
    )
    dataset: Path = Field(Path(__file__).parent / "dataset", description="Dataset folder to load.")
    releases: Path | None = Field(
        None,
        description="Folder of published releases; by default `releases` next to the SQLite file,"
        " or in the working directory.",
    )
    public_url: PublicUrl = Field(
        "",
        pattern=r"^(https?://[^\s/?#@]+(/[A-Za-z0-9._~-]+)*/?)?$",
        description="Public base URL with the path prefix, if there is one, such as"
        " https://kb.example.org or https://example.org/ketamine; by default that of the request.",
    )
    trusted_proxies: TrustedAddresses = Field(
        default_factory=lambda: os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1"),
        validate_default=True,
        description="Addresses and networks of the proxies whose X-Forwarded-For, -Proto, -Host and"
        " -Prefix headers count, separated by commas; * for any peer. Without it, uvicorn's"
        " FORWARDED_ALLOW_IPS is read.",
    )
    mcp: bool = Field(
        False,
        description="Serve /mcp, the tools for language models (streamable HTTP); requires the"
        " extra `mcp`. Host and Origin must be those of KKB_PUBLIC_URL or, without it, local.",
    )
    max_body_bytes: int = Field(
        1_000_000, ge=1_000, description="Maximum size of a request body in bytes."
    )
    cache_bytes: int = Field(
        32_000_000, ge=0, description="Response cache size in bytes; 0 disables it."
    )
    export_file_bytes: int = Field(
        256_000_000,
        ge=10_000,
        description="Maximum size of a Parquet export in bytes; recent ones are kept in the"
        " temporary folder, up to this size together.",
    )
    log_level: Annotated[
        Literal["debug", "info", "warning", "error", "critical"], BeforeValidator(_lower_case)
    ] = Field(
        "info",
        description="Minimum level of the log on standard error: debug, info, warning, error or"
        " critical.",
    )
    log_format: Annotated[Literal["json", "console"], BeforeValidator(_lower_case)] = Field(
        "json", description="Form of the log: json, or console for people."
    )
    access_log: bool = Field(
        True,
        description="Log each request at level info; failures on our side and refused connections"
        " are logged in any case.",
    )
    log_client_addresses: Annotated[
        Literal["full", "shortened", "omitted"], BeforeValidator(_lower_case)
    ] = Field(
        "full",
        description="How client addresses, which are personal data, are logged: full, shortened to"
        " the network (IPv4 /24, IPv6 /48), or omitted.",
    )
    contact_email: str = Field(
        "",
        description="Contact address sent to the public services that references are looked up in,"
        " as their usage policies request.",
    )
    contact_url: str = Field(
        "",
        pattern=r"^((https?://|mailto:)\S+)?$",
        description="Where readers report mistakes, as an address of a form, an issue tracker or"
        " mail, such as https://example.org/report?page={url}; {url} stands for the address of the"
        " page. Without it, pages have no such link.",
    )
    notice_urgent: str = Field(
        "This page is no medical advice. If you or someone near you is in danger, call the"
        " emergency number of your country now.",
        max_length=500,
        description="Line on pages about suicidal thoughts, doses and interactions, which may name"
        " where urgent help is found in your country.",
    )
    ncbi_url: HttpUrl = Field(
        "https://eutils.ncbi.nlm.nih.gov/entrez/eutils",
        description="Base URL of NCBI's E-utilities (PubMed).",
    )
    ncbi_api_key: SecretStr = Field(
        SecretStr(""), description="API key for NCBI's E-utilities, if you have one."
    )
    crossref_url: HttpUrl = Field(
        "https://api.crossref.org", description="Base URL of Crossref's REST API."
    )
    europepmc_url: HttpUrl = Field(
        "https://www.ebi.ac.uk/europepmc/webservices/rest",
        description="Base URL of Europe PMC's REST API.",
    )
    clinicaltrials_url: HttpUrl = Field(
        "https://clinicaltrials.gov/api/v2",
        description="Base URL of ClinicalTrials.gov's API, version 2.",
    )
    fetch_timeout_seconds: float = Field(
        20.0, gt=0, description="Timeout in seconds for a whole response of a public service."
    )
    fetch_max_bytes: int = Field(
        2_000_000, ge=1_000, description="Maximum size of a response of a public service in bytes."
    )
    fetch_interval_seconds: float = Field(
        0.34, ge=0, description="Minimum seconds between two requests to one service."
    )
    expensive_requests: int = Field(
        2,
        ge=1,
        description="Expensive requests (graphs, paths, comparisons, batches of names) that run at"
        " once; more wait for a second and then get a 503.",
    )
    connections_per_client: int = Field(
        50,
        ge=0,
        description="Connections that one address may have open; 0 for no limit. Trusted proxies"
        " have none.",
    )
    rate_limit_requests: int = Field(
        200,
        ge=0,
        description="Requests per client and period that the response cache does not answer; 0 for"
        " no limit. Requests from this machine are never limited.",
    )
    rate_limit_seconds: int = Field(10, ge=1, description="Seconds of that period.")
    read_seconds: float = Field(
        2.0,
        gt=0,
        description="Seconds that the database may take for a read before it is stopped with a 503;"
        " exports have no limit.",
    )
    pool_size: int = Field(10, ge=1, description="Database connections kept in the pool.")
    pool_timeout_seconds: float = Field(
        1.2, gt=0, description="Seconds a request waits for a connection before a 503."
    )

    @model_validator(mode="before")
    @classmethod
    def _refuse_removed_settings(cls, values: Any) -> Any:
        refuse_removed_settings()
        return values

    @field_validator("read_database_url")
    @classmethod
    def _require_postgresql(cls, value: str | None, info: ValidationInfo) -> str | None:
        primary = info.data.get("database_url")  # absent if it is invalid itself
        if value and primary and make_url(value).get_backend_name() == "sqlite":
            raise ValueError("read replicas require PostgreSQL, and this URL is SQLite")
        if value and primary and make_url(primary).get_backend_name() == "sqlite":
            raise ValueError("read replicas require PostgreSQL, and KKB_DATABASE_URL is SQLite")
        return value

    @property
    def pool_options(self) -> dict[str, Any]:
        """Options of each connection pool: its size, and its timeout in seconds."""
        return {"pool_size": self.pool_size, "pool_timeout": self.pool_timeout_seconds}

    @property
    def releases_folder(self) -> Path:
        """Folder of published releases: as set, or next to the SQLite file."""
        url = make_url(self.database_url)
        file = url.database if url.get_backend_name() == "sqlite" else None
        return self.releases or Path(file or "").parent / "releases"
