"""Databases whose records curators import, and their licences."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class SourceDatabase:
    """A database of records, such as measured constants.

    Args:
        licence: SPDX expression of its licence; None if it is not known.
        notice: What its licence asks to be stated.
    """

    name: str
    slug: str
    title: str
    url: str
    licence: str | None
    notice: str


CHEMBL = SourceDatabase(
    name="ChEMBL",
    slug="chembl",
    title="ChEMBL database",
    url="https://www.ebi.ac.uk/chembl",
    licence="CC-BY-SA-3.0",
    notice="ChEMBL is licensed under CC BY-SA 3.0: works that are made from it are shared alike.",
)
DRUGCENTRAL = SourceDatabase(
    name="DrugCentral",
    slug="drugcentral",
    title="DrugCentral",
    url="https://drugcentral.org",
    licence="CC-BY-SA-4.0",
    notice="DrugCentral is licensed under CC BY-SA 4.0: works that are made from it are shared"
    " alike.",
)
GTOPDB = SourceDatabase(
    name="GtoPdb",
    slug="gtopdb",
    title="IUPHAR/BPS Guide to Pharmacology",
    url="https://www.guidetopharmacology.org",
    licence="ODbL-1.0 AND CC-BY-SA-4.0",
    notice="The database is licensed under ODbL 1.0, its contents under CC BY-SA 4.0: works that"
    " are made from them are shared alike.",
)
PDSP = SourceDatabase(
    name="PDSP",
    slug="pdsp",
    title="PDSP Ki database",
    url="https://pdsp.unc.edu",
    licence=None,
    notice="Confirm its terms of use at the source before you publish these records.",
)
SOURCE_DATABASES = {d.name: d for d in (CHEMBL, DRUGCENTRAL, GTOPDB, PDSP)}


def licence_file(sources: Iterable[tuple[str, str | None, str | None]]) -> str:
    """Return the text of the LICENCE file of a folder with records of databases.

    Args:
        sources: Name, release and licence of each database, as its records state them.
    """
    paragraphs = []
    for name, release, licence in sources:
        database = SOURCE_DATABASES.get(name)
        title = database.title if database else name
        paragraphs.append(
            f"Records of {title}{f', release {release}' if release else ''}"
            f"{f' ({database.url})' if database else ''}.\n"
            f"Licence of the records in this folder: {licence or 'not known'}.\n"
            + (f"{database.notice}\n" if database else "")
        )
    return "\n".join(paragraphs)
