"""Identifiers of a record in other databases, with the names of the databases."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from app.domain.identifiers import resolve_curie

#: Prefix of Bioregistry → name of the database; another prefix is its own name.
DATABASES: Mapping[str, str] = MappingProxyType(
    {
        "atc": "ATC",
        "cas": "CAS",
        "chebi": "ChEBI",
        "chembl.compound": "ChEMBL",
        "chembl.target": "ChEMBL",
        "drugbank": "DrugBank",
        "drugcentral": "DrugCentral",
        "ensembl": "Ensembl",
        "hgnc": "HGNC",
        "iuphar.ligand": "GtoPdb",
        "iuphar.receptor": "GtoPdb",
        "kegg.compound": "KEGG",
        "kegg.drug": "KEGG",
        "ncbigene": "NCBI Gene",
        "pubchem.compound": "PubChem",
        "unii": "UNII",
        "uniprot": "UniProt",
    }
)


def external_identifiers(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the identifiers of a record in other databases, with their addresses."""
    return [
        {
            "name": DATABASES.get(prefix := xref["curie"].partition(":")[0], prefix),
            "curie": xref["curie"],
            "url": resolve_curie(xref["curie"]),
        }
        for xref in record["xrefs"]
    ]
