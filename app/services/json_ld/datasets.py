"""The site, the dataset and its releases as JSON-LD documents."""

from collections.abc import Iterable, Sequence

from app.domain.citation import LICENCE, LICENCE_URL, dataset_reference
from app.domain.identifiers import OWN_PREFIX
from app.services.json_ld.terms import (
    CONFORMS_TO,
    CONTEXT,
    Addresses,
    Properties,
    document,
    known,
    profile,
)
from app.services.releases.deposit_metadata import DESCRIPTION, KEYWORDS
from app.services.releases.manifest import CHECKSUMS, MANIFEST, Manifest, ReleaseFileInfo

NAME = "ketamine-kb"


def home_document(addresses: Addresses, manifest: Manifest | None) -> Properties:
    """Return the site and the dataset, in the newest release if there is one."""
    site = {
        "@type": "WebSite",
        "@id": addresses.home,
        "url": addresses.home,
        "name": NAME,
        "description": DESCRIPTION,
        "potentialAction": {
            "@type": "SearchAction",
            "target": {
                "@type": "EntryPoint",
                "urlTemplate": f"{addresses.base}/search?q={{search_term_string}}",
            },
            "query-input": "required name=search_term_string",
        },
    }
    dataset = dataset_properties(addresses, manifest)
    return {"@context": CONTEXT, "@graph": [site, dataset]}


def releases_document(addresses: Addresses, manifests: Sequence[Manifest]) -> Properties:
    """Return the dataset with its releases, newest first."""
    newest = manifests[0] if manifests else None
    releases = [
        {
            "@type": "CreativeWork",
            "@id": addresses.release(manifest.name),
            "name": f"{NAME}, release {manifest.name}",
            "version": manifest.name,
            "datePublished": manifest.date.isoformat(),
        }
        for manifest in manifests
    ]
    return document(dataset_properties(addresses, newest) | {"hasPart": releases})


def release_document(
    addresses: Addresses, manifest: Manifest, files: Iterable[ReleaseFileInfo]
) -> Properties:
    """Return a release with some of its files, or with all of them."""
    address = addresses.release(manifest.name)
    properties = dataset_properties(addresses, manifest) | {
        "@id": address,
        "url": address,
        "name": f"{NAME}, release {manifest.name}",
        "identifier": f"{OWN_PREFIX}:release.{manifest.name}",
        "isBasedOn": addresses.release(manifest.previous) if manifest.previous else None,
        "distribution": [download(addresses, manifest, file) for file in files],
    }
    return document(properties)


def dataset_properties(addresses: Addresses, manifest: Manifest | None) -> Properties:
    """Return the dataset, with the database file of a release if there is one."""
    reference = dataset_reference("", 0, None, addresses.home)
    files = main_files(manifest.files) if manifest else []
    return known(
        {
            "@type": "Dataset",
            "@id": addresses.dataset,
            CONFORMS_TO: profile("Dataset/1.0-RELEASE"),
            "name": NAME,
            "alternateName": reference["title"],
            "description": DESCRIPTION,
            "url": addresses.home,
            "identifier": OWN_PREFIX,
            "keywords": list(KEYWORDS),
            "license": LICENCE_URL,
            "creator": {"@type": "Organization", "name": reference["authors"][0]},
            "publisher": {"@type": "Organization", "name": reference["publisher"]},
            "isAccessibleForFree": True,
            "version": manifest.name if manifest else None,
            "datePublished": manifest.date.isoformat() if manifest else None,
            "citation": manifest.cite if manifest else None,
            "usageInfo": _other_licences(manifest),
            "distribution": [download(addresses, manifest, file) for file in files]
            if manifest
            else None,
        }
    )


def main_files(files: Sequence[ReleaseFileInfo]) -> list[ReleaseFileInfo]:
    """Return the files that hold a whole release or describe it."""
    names = {MANIFEST, CHECKSUMS}
    return [file for file in files if file.name.endswith(".sqlite") or file.name in names]


def download(addresses: Addresses, manifest: Manifest, file: ReleaseFileInfo) -> Properties:
    """Return a file of a release, with its size and checksum."""
    return {
        "@type": "DataDownload",
        "name": file.name,
        "contentUrl": f"{addresses.base}/v1/releases/{manifest.name}/files/{file.name}",
        "encodingFormat": file.media_type,
        "contentSize": f"{file.bytes} B",
        "sha256": file.sha256,
    }


def _other_licences(manifest: Manifest | None) -> str | None:
    """Return the licences of a release if it has records that are not under that of the dataset."""
    if manifest is None or manifest.licence == LICENCE:
        return None
    return f"Licences of the records: {manifest.licence}"
