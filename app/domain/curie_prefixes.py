"""CURIE prefixes: parse the many spellings of identifiers as CURIEs of Bioregistry."""

import re
from functools import cache

from app.domain.identifiers import PREFIXES
from app.domain.text_folding import alphanumeric_key

#: Prefixes of identifiers that are fields of records → URL templates that they resolve to.
FIELDS = {
    "doi": "https://doi.org/{}",
    "pubmed": "https://pubmed.ncbi.nlm.nih.gov/{}",
    "pmc": "https://pmc.ncbi.nlm.nih.gov/articles/{}",
    "clinicaltrials": "https://clinicaltrials.gov/study/{}",
    "anzctr": "https://anzctr.org.au/Trial/Registration/TrialReview.aspx?ACTRN={}",
    "inchikey": "https://www.chemspider.com/search?params={}",
    "hgnc.symbol": "https://www.genenames.org/data/gene-symbol-report/#!/symbol/{}",
}
#: Synonyms of prefixes in Bioregistry. Case and punctuation of a prefix are ignored in any case.
SPELLINGS = {
    "atc": ("ATC_code", "ATTC"),
    "anzctr": ("ACTRN",),
    "cas": ("CASID", "CAS_RN", "cas_id"),
    "chebi": ("CHEBIID",),
    "chembl.target": ("ChEMBL-Targets",),
    "clinicaltrials": ("NCT", "clinicaltrial", "ctgov"),
    "doid": ("do",),
    "drugbank": ("DRUGBANK_ID",),
    "hp": ("hpo",),
    "icd10": ("ICD-10", "ICD10WHO"),
    "iuphar.ligand": ("IUPHAR_LIGAND_ID",),
    "iuphar.receptor": ("IUPHAR_GPCR", "IUPHARobj"),
    "kegg.pathway": ("KEGG-path",),
    "mesh": ("MSH", "MESH_DESCRIPTOR_UI"),
    "ncbigene": ("EGID", "EntrezGene", "GeneID", "NCBI_GeneID", "entrez"),
    "pmc": ("PMCID",),
    "pubchem.compound": ("CID", "PUBCHEM_CID", "PubChem_Compound_CID"),
    "pubmed": ("MEDLINE", "PMID", "PubMed ID"),
    "reactome": ("REACT",),
    "uniprot": ("SwissProt", "UniProtKB", "Uniprot ID"),
}
#: Names of databases that have several prefixes; not in Bioregistry, but in common use.
SEVERAL = {
    "chembl": ("chembl.compound", "chembl.target"),
    "icd11": ("icd11.code",),
    "iuphar": ("iuphar.ligand", "iuphar.receptor"),
    "gtopdb": ("iuphar.ligand", "iuphar.receptor"),
    "kegg": ("kegg.compound", "kegg.drug", "kegg.pathway"),
    "pubchem": ("pubchem.compound",),
    "gene": ("ncbigene", "hgnc.symbol"),
}
#: Meta-resolvers, whose URLs end in a CURIE.
RESOLVERS = ("identifiers.org/", "bioregistry.io/", "n2t.net/", "purl.obolibrary.org/obo/")
_SCHEME = re.compile(r"^(?:https?:)?//(?:www\.|dx\.|m\.)?", re.IGNORECASE)
_CURIE = re.compile(r"\s*([A-Za-z][\w. -]{0,40}?)\s*[:/_ ]\s*(\S.*?)\s*")


@cache
def prefix_table() -> dict[str, tuple[str, ...]]:
    """Return spelling, as its alphanumeric key → prefixes that it may mean."""
    table = {alphanumeric_key(prefix): (prefix,) for prefix in [*PREFIXES, *FIELDS]}
    for prefix, others in SPELLINGS.items():
        table |= {alphanumeric_key(other): (prefix,) for other in others}
    return table | {alphanumeric_key(word): prefixes for word, prefixes in SEVERAL.items()}


@cache
def _url_templates() -> list[tuple[str, str, str]]:
    """Return (start of a URL without scheme, its end, prefix), the longest start first."""
    templates = []
    for prefix, template in {**{p: url for p, (_, url) in PREFIXES.items()}, **FIELDS}.items():
        head, _, tail = _SCHEME.sub("", template).partition("{}")
        templates.append((head.lower(), tail.lower(), prefix))
    templates.append(("pubmed.ncbi.nlm.nih.gov/", "/", "pubmed"))
    templates.append(("ncbi.nlm.nih.gov/pubmed/", "", "pubmed"))
    templates.append(("ncbi.nlm.nih.gov/pmc/articles/", "", "pmc"))
    templates.append(("clinicaltrials.gov/ct2/show/", "", "clinicaltrials"))
    return sorted(templates, key=lambda row: -len(row[0]))


def parse_curies(text: str) -> list[str]:
    """Return the CURIEs that a text may mean: `PMID: 16894061`, `CHEBI:6121`, the URL of a DOI.

    Empty if it has no known prefix.
    """
    if _SCHEME.match(text):
        return _from_url(_SCHEME.sub("", text.strip()))
    match = _CURIE.fullmatch(text)
    if not match:
        return []
    prefixes = prefix_table().get(alphanumeric_key(match[1]), ())
    return [f"{prefix}:{_strip_prefix(prefix, match[2])}" for prefix in prefixes]


def _strip_prefix(prefix: str, local: str) -> str:
    """Return a local identifier without its prefix, which may be repeated: `chebi:CHEBI:6121`."""
    match = _CURIE.fullmatch(local)
    if match and prefix in prefix_table().get(alphanumeric_key(match[1]), ()):
        return match[2]
    return local


def _from_url(address: str) -> list[str]:
    """Return the CURIEs that a URL without scheme may mean, by the longest template that fits."""
    for head in RESOLVERS:
        if address.lower().startswith(head):
            return parse_curies(address[len(head) :])
    curies, longest = [], ""
    for head, tail, prefix in _url_templates():
        if address.lower().startswith(head) and head.startswith(longest):
            longest = head  # several prefixes may share one: kegg.jp/entry/
            local = address[len(head) :]
            local = local[: -len(tail)] if tail and local.lower().endswith(tail) else local
            curies.append(f"{prefix}:{local.rstrip('/')}")
    return curies


def registration_curie(number: str) -> str:
    """Return a trial's registration number as a CURIE; its letters tell the registry."""
    return f"{'anzctr' if number.startswith('ACTRN') else 'clinicaltrials'}:{number}"
