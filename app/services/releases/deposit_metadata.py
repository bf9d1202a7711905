"""Metadata with which a release is deposited: DataCite 4.5, and the deposition API of Zenodo.

Neither has a DOI: the repository assigns it. Sources: https://schema.datacite.org/meta/kernel-4.5/
and https://developers.zenodo.org/#representation.
"""

import json
import re
from typing import Any

from app.domain.citation import LICENCE, LICENCE_URL, dataset_reference
from app.services.releases.manifest import Manifest

DATACITE, ZENODO = "datacite.json", "zenodo.json"
KEYWORDS = ("ketamine", "esketamine", "depression", "pharmacology", "evidence synthesis")
DESCRIPTION = (
    "Claims on how ketamine works, each with the cited evidence for and against it and a verdict"
    " that a rule computes. A reference, not medical advice."
)
_LICENCE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*")
_OPERATORS = {"AND", "OR", "WITH"}


def deposit_files(manifest: Manifest) -> dict[str, str]:
    """Return the content of the metadata files of a release, by name."""
    documents = {DATACITE: datacite_metadata(manifest), ZENODO: zenodo_metadata(manifest)}
    return {
        name: json.dumps(document, indent=1, ensure_ascii=False) + "\n"
        for name, document in documents.items()
    }


def datacite_metadata(manifest: Manifest) -> dict[str, Any]:
    """Return the metadata of a release in the JSON of DataCite."""
    reference = dataset_reference(manifest.name, manifest.revision, manifest.date.year, "")
    day = manifest.date.isoformat()
    return {
        "schemaVersion": "http://datacite.org/schema/kernel-4",
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Knowledge base"},
        "creators": [{"name": name, "nameType": "Organizational"} for name in reference["authors"]],
        "titles": [{"title": reference["title"], "lang": "en"}],
        "publisher": {"name": reference["publisher"]},
        "publicationYear": str(manifest.date.year),
        "dates": [{"date": day, "dateType": "Issued"}],
        "subjects": [{"subject": keyword} for keyword in KEYWORDS],
        "language": "en",
        "version": manifest.name,
        "descriptions": [{"description": _description(manifest), "descriptionType": "Abstract"}],
        "rightsList": [_rights(name) for name in licence_names(manifest.licence)],
        "sizes": [f"{sum(manifest.counts.values())} records"],
        "formats": ["application/vnd.sqlite3", "application/x-ndjson"],
    }


def zenodo_metadata(manifest: Manifest) -> dict[str, Any]:
    """Return the metadata of a release for a deposition at Zenodo, which takes one licence."""
    reference = dataset_reference(manifest.name, manifest.revision, manifest.date.year, "")
    metadata: dict[str, Any] = {
        "upload_type": "dataset",
        "title": reference["title"],
        "creators": [{"name": name} for name in reference["authors"]],
        "description": f"<p>{_description(manifest)}</p>",
        "publication_date": manifest.date.isoformat(),
        "version": manifest.name,
        "language": "eng",
        "keywords": list(KEYWORDS),
        "access_right": "open",
        "license": LICENCE.lower(),
    }
    if manifest.licence != LICENCE:
        metadata["notes"] = (
            f"Licences of the records: {manifest.licence}. The field licence of a record names one"
            " that is not that of the dataset."
        )
    return metadata


def licence_names(expression: str) -> list[str]:
    """Return the licences that an SPDX expression names, each once."""
    words = _LICENCE_NAME.findall(expression)
    return list(dict.fromkeys(word for word in words if word not in _OPERATORS))


def _description(manifest: Manifest) -> str:
    return f"{DESCRIPTION} Release {manifest.name}, {sum(manifest.counts.values())} records."


def _rights(name: str) -> dict[str, str]:
    is_own = name == LICENCE
    return {
        "rightsUri": LICENCE_URL if is_own else f"https://spdx.org/licenses/{name}.html",
        "rightsIdentifier": name.lower(),
        "rightsIdentifierScheme": "SPDX",
        "schemeUri": "https://spdx.org/licenses/",
    }
