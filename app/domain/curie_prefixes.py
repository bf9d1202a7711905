"""Prefixes: the many ways in which people write an identifier, read as CURIEs of Bioregistry."""

import re
from functools import cache

from app.domain.identifiers import PREFIXES
from app.domain.text_folding import squeeze

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
    table = {squeeze(prefix): (prefix,) for prefix in [*PREFIXES, *FIELDS]}
    for prefix, others in SPELLINGS.items():
        table |= {squeeze(other): (prefix,) for other in others}
    return table | {squeeze(word): prefixes for word, prefixes in SEVERAL.items()}


@cache
def _addresses() -> list[tuple[str, str, str]]:
    """(what an address begins with, what it ends with, prefix), the longest first."""
    found = []
    for prefix, template in {**{p: url for p, (_, url) in PREFIXES.items()}, **FIELDS}.items():
        head, _, tail = _SCHEME.sub("", template).partition("{}")
        found.append((head.lower(), tail.lower(), prefix))
    found.append(("pubmed.ncbi.nlm.nih.gov/", "/", "pubmed"))
    found.append(("ncbi.nlm.nih.gov/pubmed/", "", "pubmed"))
    found.append(("ncbi.nlm.nih.gov/pmc/articles/", "", "pmc"))
    found.append(("clinicaltrials.gov/ct2/show/", "", "clinicaltrials"))
    return sorted(found, key=lambda one: -len(one[0]))


def curies(text: str) -> list[str]:
    """What a text may mean as a CURIE: `PMID: 16894061`, `CHEBI:6121`, a DOI's web address."""
    if _SCHEME.match(text):
        return _from_address(_SCHEME.sub("", text.strip()))
    found = _CURIE.fullmatch(text)
    if not found:
        return []
    prefixes = prefix_table().get(squeeze(found[1]), ())
    return [f"{prefix}:{_bare(prefix, found[2])}" for prefix in prefixes]


def _bare(prefix: str, local: str) -> str:
    """`CHEBI:6121` in `chebi:CHEBI:6121` says its prefix twice."""
    again = _CURIE.fullmatch(local)
    if again and prefix in prefix_table().get(squeeze(again[1]), ()):
        return again[2]
    return local


def _from_address(address: str) -> list[str]:
    for head in RESOLVERS:
        if address.lower().startswith(head):
            return curies(address[len(head) :])
    found, longest = [], ""
    for head, tail, prefix in _addresses():
        if address.lower().startswith(head) and head.startswith(longest):
            longest = head  # several prefixes may share one: kegg.jp/entry/
            local = address[len(head) :]
            local = local[: -len(tail)] if tail and local.lower().endswith(tail) else local
            found.append(f"{prefix}:{local.rstrip('/')}")
    return found


def registration(number: str) -> str:
    """A trial's number as a CURIE: the register is in its letters."""
    return f"{'anzctr' if number.startswith('ACTRN') else 'clinicaltrials'}:{number}"
