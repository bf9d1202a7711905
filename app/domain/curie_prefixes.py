"""CURIE prefixes: parse the many spellings of identifiers as CURIEs of Bioregistry."""

import re
from functools import cache

from app.domain.identifiers import PREFIXES
from app.domain.text_folding import alphanumeric_key

#: Prefixes of identifiers that are fields of records, with the addresses they resolve to.
FIELDS = {
    "doi": "https://doi.org/{}",
    "pubmed": "https://pubmed.ncbi.nlm.nih.gov/{}",
    "pmc": "https://pmc.ncbi.nlm.nih.gov/articles/{}",
    "clinicaltrials": "https://clinicaltrials.gov/study/{}",
    "anzctr": "https://anzctr.org.au/Trial/Registration/TrialReview.aspx?ACTRN={}",
    "inchikey": "https://www.chemspider.com/search?params={}",
    "hgnc.symbol": "https://www.genenames.org/data/gene-symbol-report/#!/symbol/{}",
}
#: Other spellings, beside any case and punctuation of the prefix itself: Bioregistry's synonyms.
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
#: Words that stand for any of several prefixes; not Bioregistry's, but written every day.
SEVERAL = {
    "chembl": ("chembl.compound", "chembl.target"),
    "icd11": ("icd11.code",),
    "iuphar": ("iuphar.ligand", "iuphar.receptor"),
    "gtopdb": ("iuphar.ligand", "iuphar.receptor"),
    "kegg": ("kegg.compound", "kegg.drug", "kegg.pathway"),
    "pubchem": ("pubchem.compound",),
    "gene": ("ncbigene", "hgnc.symbol"),
}
#: Resolvers of others, whose addresses end in a CURIE.
RESOLVERS = ("identifiers.org/", "bioregistry.io/", "n2t.net/", "purl.obolibrary.org/obo/")
_SCHEME = re.compile(r"^(?:https?:)?//(?:www\.|dx\.|m\.)?", re.IGNORECASE)
_CURIE = re.compile(r"\s*([A-Za-z][\w. -]{0,40}?)\s*[:/_ ]\s*(\S.*?)\s*")


@cache
def prefix_table() -> dict[str, tuple[str, ...]]:
    """Squeezed spelling → the prefixes it may mean."""
    table = {alphanumeric_key(prefix): (prefix,) for prefix in [*PREFIXES, *FIELDS]}
    for prefix, others in SPELLINGS.items():
        table |= {alphanumeric_key(other): (prefix,) for other in others}
    return table | {alphanumeric_key(word): prefixes for word, prefixes in SEVERAL.items()}


@cache
def _url_templates() -> list[tuple[str, str, str]]:
    """(what an address begins with, what it ends with, prefix), the longest first."""
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
    """What a text may mean as a CURIE: `PMID: 16894061`, `CHEBI:6121`, a DOI's web address."""
    if _SCHEME.match(text):
        return _from_url(_SCHEME.sub("", text.strip()))
    match = _CURIE.fullmatch(text)
    if not match:
        return []
    prefixes = prefix_table().get(alphanumeric_key(match[1]), ())
    return [f"{prefix}:{_strip_prefix(prefix, match[2])}" for prefix in prefixes]


def _strip_prefix(prefix: str, local: str) -> str:
    """`CHEBI:6121` in `chebi:CHEBI:6121` says its prefix twice."""
    again = _CURIE.fullmatch(local)
    if again and prefix in prefix_table().get(alphanumeric_key(again[1]), ()):
        return again[2]
    return local


def _from_url(address: str) -> list[str]:
    for head in RESOLVERS:
        if address.lower().startswith(head):
            return parse_curies(address[len(head) :])
    curies_, longest = [], ""
    for head, tail, prefix in _url_templates():
        if address.lower().startswith(head) and head.startswith(longest):
            longest = head  # several prefixes may share one: kegg.jp/entry/
            local = address[len(head) :]
            local = local[: -len(tail)] if tail and local.lower().endswith(tail) else local
            curies_.append(f"{prefix}:{local.rstrip('/')}")
    return curies_


def registration_curie(number: str) -> str:
    """A trial's number as a CURIE: the register is in its letters."""
    return f"{'anzctr' if number.startswith('ACTRN') else 'clinicaltrials'}:{number}"
