"""Identifiers: their formats and the URLs that they resolve to."""

import re
from collections.abc import Callable
from urllib.parse import unquote

#: Words joined by hyphens; `--` is between the slug of a record and the key of a row in it.
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?:--[a-z0-9]+(?:-[a-z0-9]+)*)?")
#: Key of a row within its record, the part after `--`.
ROW_KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
DOI = re.compile(r"10\.\d{4,9}/\S+")
PMID = re.compile(r"[1-9]\d{0,8}")
PMCID = re.compile(r"PMC[1-9]\d{0,8}")
REGISTRATION = re.compile(r"NCT\d{8}|ACTRN\d{14}")
JURISDICTION = re.compile(r"[A-Z]{2}(?:-[A-Z]{3})?|INT")
INCHIKEY = re.compile(r"[A-Z]{14}-[A-Z]{10}-[A-Z]")
#: Prefix of our own CURIEs, such as `ketamine-kb:process.spine-formation`.
OWN_PREFIX = "ketamine-kb"
#: What stands before a DOI: `doi:`, `urn:doi:`, `info:doi/`, the address of a resolver with or
#: without a (mistyped) scheme, or several of these one after another.
_BEFORE_DOI = re.compile(
    r"(?:\s+|urn:|info:|doi(?:\s*:|/|\s+|(?=10\.))"
    r"|(?:https?:?/{1,2})?(?:www\.|dx\.)?doi\.org[/:]"
    r"|(?:https?:?/{1,2})?hdl\.handle\.net/)+",
    re.IGNORECASE,
)
_QUERY = re.compile(r"\?\w+=.*", re.DOTALL)

# Bioregistry prefix → pattern of the local identifier, and URL template.
PREFIXES: dict[str, tuple[str, str]] = {
    "atc": (r"[A-Z]\d{2}[A-Z]{2}\d{2}", "https://www.whocc.no/atc_ddd_index/?code={}"),
    "cas": (r"\d{1,7}-\d{2}-\d", "https://commonchemistry.cas.org/detail?ref={}"),
    "chebi": (r"\d+", "https://www.ebi.ac.uk/chebi/searchId.do?chebiId=CHEBI:{}"),
    "chembl.compound": (r"CHEMBL\d+", "https://www.ebi.ac.uk/chembl/compound_report_card/{}"),
    "chembl.target": (r"CHEMBL\d+", "https://www.ebi.ac.uk/chembl/target_report_card/{}"),
    "clinicaltrials": (r"NCT\d{8}", "https://clinicaltrials.gov/study/{}"),
    "doid": (r"\d+", "https://disease-ontology.org/?id=DOID:{}"),
    "drugbank": (r"DB\d{5}", "https://go.drugbank.com/drugs/{}"),
    "drugcentral": (r"\d+", "https://drugcentral.org/drugcard/{}"),
    "efo": (r"\d{7}", "https://www.ebi.ac.uk/efo/EFO_{}"),
    "ensembl": (r"ENSG\d{11}", "https://www.ensembl.org/id/{}"),
    "go": (r"\d{7}", "https://amigo.geneontology.org/amigo/term/GO:{}"),
    "hgnc": (r"\d+", "https://www.genenames.org/data/gene-symbol-report/#!/hgnc_id/HGNC:{}"),
    "hp": (r"\d{7}", "https://hpo.jax.org/browse/term/HP:{}"),
    "icd10": (r"[A-Z]\d{2}(\.\d+)?", "https://icd.who.int/browse10/2019/en#/{}"),
    "icd10cm": (r"[A-Z]\d[0-9A-Z](\.[0-9A-Z]+)?", "https://icd.codes/icd10cm/{}"),
    "icd11.code": (
        r"[A-Z0-9]{4}(\.[A-Z0-9]{1,4})?",
        "https://icd.who.int/browse/2024-01/mms/en#{}",
    ),
    "iuphar.ligand": (
        r"\d+",
        "https://www.guidetopharmacology.org/GRAC/LigandDisplayForward?ligandId={}",
    ),
    "iuphar.receptor": (
        r"\d+",
        "https://www.guidetopharmacology.org/GRAC/ObjectDisplayForward?objectId={}",
    ),
    "kegg.compound": (r"C\d{5}", "https://www.kegg.jp/entry/{}"),
    "kegg.drug": (r"D\d{5}", "https://www.kegg.jp/entry/{}"),
    "kegg.pathway": (r"[a-z]{2,4}\d{5}", "https://www.kegg.jp/entry/{}"),
    "mesh": (r"[CD]\d{6,9}", "https://meshb.nlm.nih.gov/record/ui?ui={}"),
    "mondo": (r"\d{7}", "https://monarchinitiative.org/MONDO:{}"),
    "ncbigene": (r"\d+", "https://www.ncbi.nlm.nih.gov/gene/{}"),
    "pubchem.compound": (r"\d+", "https://pubchem.ncbi.nlm.nih.gov/compound/{}"),
    "reactome": (r"R-HSA-\d+", "https://reactome.org/content/detail/{}"),
    "uberon": (r"\d{7}", "https://purl.obolibrary.org/obo/UBERON_{}"),
    "unii": (r"[A-Z0-9]{10}", "https://precision.fda.gov/uniisearch/srs/unii/{}"),
    "uniprot": (r"[A-Z0-9]{6,10}", "https://www.uniprot.org/uniprotkb/{}/entry"),
    "wikipathways": (r"WP\d+", "https://www.wikipathways.org/pathways/{}.html"),
}


def strip_type_prefix(slug: str) -> str:
    """Return the slug of `type:slug`, which is accepted wherever a slug is."""
    return slug.rpartition(":")[2]


def normalise_doi(text: str) -> str:
    """Return a DOI without address or prefix, in lower case: DOIs ignore case (ISO 26324).

    The query of an address is no part of it; a lone `?` or `#` is, as in some SICIs.

    Text that is no DOI is only put into lower case.
    """
    value = text.strip()
    if before := _BEFORE_DOI.match(value):
        rest = value[before.end() :]
        decoded = unquote(_QUERY.sub("", rest)) if "/" in before[0] else rest
        value = decoded if decoded.isprintable() else rest
    return value.lower()


def check_form(pattern: re.Pattern[str], description: str, value: str) -> str:
    """Return the value if it has the format.

    Args:
        pattern: Format of the whole value.
        description: What the value should be, for the message: "a DOI, such as …".
        value: The value.

    Raises:
        ValueError: If it does not.
    """
    if not pattern.fullmatch(value):
        raise ValueError(f"{value!r} is not {description}")
    return value


def check_curie(value: str) -> str:
    """Return a CURIE whose prefix is known and whose local identifier has its format.

    Raises:
        ValueError: If it has not.
    """
    prefix = value.partition(":")[0]
    if prefix not in PREFIXES:
        raise ValueError(f"{value!r} has a prefix that is not in use: {', '.join(PREFIXES)}")
    return check_form(
        re.compile(f"{re.escape(prefix)}:{PREFIXES[prefix][0]}"), f"a {prefix} CURIE", value
    )


def resolve_curie(curie: str) -> str:
    """Return the URL of a valid CURIE."""
    prefix, _, local = curie.partition(":")
    return PREFIXES[prefix][1].format(local)


def _registration_url(number: str) -> str | None:
    """Return the URL of a trial's registration; None for a registry without stable URLs."""
    return resolve_curie(f"clinicaltrials:{number}") if number.startswith("NCT") else None


#: Fields of records that identify them → URL of a value; the preferred one first.
RESOLVERS: dict[str, Callable[[str], str | None]] = {
    "doi": "https://doi.org/{}".format,
    "pmid": "https://pubmed.ncbi.nlm.nih.gov/{}/".format,
    "pmcid": "https://pmc.ncbi.nlm.nih.gov/articles/{}/".format,
    "registration": _registration_url,
    "url": str,
}


def own_curie(record_type: str, slug: str) -> str:
    """Return our own CURIE of a record; KGX allows no slash and no second colon in it."""
    return f"{OWN_PREFIX}:{record_type}.{slug}"
