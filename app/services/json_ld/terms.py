"""What all JSON-LD documents share: context, profiles, addresses, and bounds of texts and lists."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import to_json

JSON_LD = "application/ld+json"
CONTEXT = "https://schema.org"
#: The property by which markup names its Bioschemas profile, as the profiles require.
CONFORMS_TO = "http://purl.org/dc/terms/conformsTo"
PROFILES = "https://bioschemas.org/profiles/"
#: Longest list and text: a document must add less than 2 kB to a page.
MAX_VALUES = 20
MAX_CHARACTERS = 500

Properties = dict[str, Any]


@dataclass(frozen=True)
class Addresses:
    """Makes the addresses that documents name.

    Args:
        base: Public address of the service, without a slash at its end.
    """

    base: str

    @property
    def home(self) -> str:
        """Address of the home page."""
        return f"{self.base}/"

    @property
    def dataset(self) -> str:
        """Identifier of the dataset, whatever its release."""
        return f"{self.base}/#dataset"

    def record(self, collection: str, slug: str) -> str:
        """Return the address of a record's page, which is its identifier in JSON-LD."""
        return f"{self.base}/{collection}/{slug}"

    def release(self, name: str) -> str:
        """Return the address of a release's page."""
        return f"{self.base}/releases/{name}"


def document(properties: Properties) -> Properties:
    """Return properties as a document of its own, without those that are not known."""
    return {"@context": CONTEXT, **known(properties)}


def known(properties: Properties) -> Properties:
    """Return the properties that have a value."""
    return {name: value for name, value in properties.items() if value not in (None, "", [], {})}


def to_text(json_ld: Properties) -> str:
    """Return a document as JSON."""
    return to_json(json_ld).decode()


def profile(name: str) -> dict[str, str]:
    """Return the value of `CONFORMS_TO` for a Bioschemas profile, such as `Dataset/1.0-RELEASE`."""
    return {"@id": f"{PROFILES}{name}"}


def shortened(text: str | None) -> str | None:
    """Return a text, cut at a word and marked by an ellipsis if it is long."""
    if text is None or len(text) <= MAX_CHARACTERS:
        return text
    return text[:MAX_CHARACTERS].rsplit(" ", 1)[0] + "…"


def first(values: Iterable[Any]) -> list[Any]:
    """Return the first values of a list that may be long; the JSON of the record has all."""
    return list(values)[:MAX_VALUES]


def one_or_many(values: Sequence[Any]) -> Any:
    """Return the only value of a list by itself, as JSON-LD prefers."""
    return values[0] if len(values) == 1 else list(values)
