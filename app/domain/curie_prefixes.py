"""CURIE prefixes: parse the many spellings of identifiers as CURIEs of Bioregistry."""

import re
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from urllib.parse import parse_qsl, unquote

from app.domain import identifiers
from app.domain.identifiers import PREFIXES, normalise_doi
from app.domain.pasted_text import plain_text
from app.domain.text_folding import alphanumeric_key

#: Prefixes of identifiers that are fields of records → pattern of the local identifier, and URL
#: template.
FIELDS: dict[str, tuple[str, str]] = {
    "doi": (identifiers.DOI.pattern, "https://doi.org/{}"),
    "pubmed": (identifiers.PMID.pattern, "https://pubmed.ncbi.nlm.nih.gov/{}"),
    "pmc": (identifiers.PMCID.pattern, "https://pmc.ncbi.nlm.nih.gov/articles/{}"),
    "clinicaltrials": (r"NCT\d{8}", "https://clinicaltrials.gov/study/{}"),
    "anzctr": (
        r"ACTRN\d{14}",
        "https://anzctr.org.au/Trial/Registration/TrialReview.aspx?ACTRN={}",
    ),
    "inchikey": (identifiers.INCHIKEY.pattern, "https://www.chemspider.com/search?params={}"),
    "hgnc.symbol": (
        r"[A-Z][A-Za-z0-9-]*",
        "https://www.genenames.org/data/gene-symbol-report/#!/symbol/{}",
    ),
}
_PATTERNS = {
    prefix: re.compile(pattern, re.IGNORECASE)
    for prefix, (pattern, _) in {**PREFIXES, **FIELDS}.items()
}
#: Letters that begin the local identifiers of a prefix, and that are left out after the prefix:
#: `PMCID 7162891` is `pmc:PMC7162891`.
_LEADING_LETTERS = {
    "anzctr": "ACTRN",
    "chembl.compound": "CHEMBL",
    "chembl.target": "CHEMBL",
    "clinicaltrials": "NCT",
    "drugbank": "DB",
    "pmc": "PMC",
    "wikipathways": "WP",
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
    "hgnc": ("hgnc", "hgnc.symbol"),
}
#: Addresses of records at the databases besides the URL templates: their start → prefixes.
ADDRESSES = {
    "alphafold.ebi.ac.uk/entry/": ("uniprot",),
    "anzctr.org.au/": ("anzctr",),
    "clinicaltrials.gov/": ("clinicaltrials",),
    "commonchemistry.cas.org/": ("cas",),
    "drugbank.ca/": ("drugbank",),
    "ebi.ac.uk/chebi/": ("chebi",),
    "ebi.ac.uk/chembl/": ("chembl.compound", "chembl.target"),
    "ebi.ac.uk/efo/": ("efo",),
    "ensembl.org/": ("ensembl",),
    "europepmc.org/": ("pmc",),
    "europepmc.org/abstract/med/": ("pubmed",),
    "europepmc.org/article/med/": ("pubmed",),
    "genenames.org/": ("hgnc",),
    "genome.jp/": ("kegg.compound", "kegg.drug", "kegg.pathway"),
    "go.drugbank.com/": ("drugbank",),
    "gsrs.ncats.nih.gov/": ("unii",),
    "id.nlm.nih.gov/mesh/": ("mesh",),
    "meshb.nlm.nih.gov/": ("mesh",),
    "ncbi.nlm.nih.gov/gene/": ("ncbigene",),
    "ncbi.nlm.nih.gov/mesh/": ("mesh",),
    "ncbi.nlm.nih.gov/pmc/": ("pmc",),
    "ncbi.nlm.nih.gov/pubmed/": ("pubmed",),
    "pmc.ncbi.nlm.nih.gov/": ("pmc",),
    "pubchem.ncbi.nlm.nih.gov/": ("pubchem.compound",),
    "pubmed.gov/": ("pubmed",),
    "pubmed.ncbi.nlm.nih.gov/": ("pubmed",),
    "purl.uniprot.org/": ("uniprot",),
    "reactome.org/": ("reactome",),
    "rest.uniprot.org/": ("uniprot",),
    "uniprot.org/": ("uniprot",),
    "wikipathways.org/": ("wikipathways",),
}
#: Meta-resolvers, whose URLs end in a CURIE.
RESOLVERS = ("identifiers.org/", "bioregistry.io/", "n2t.net/", "purl.obolibrary.org/obo/")
#: Words that follow the name of a database: "PubChem CID number: 3821".
_AFTER_DATABASE = re.compile("(?:id|identifier|no|number|accession|code|registrynumber)$")
#: A scheme, also mistyped (`https:/doi.org`), and the host names that mean the same site.
_SCHEME = re.compile(r"(?:https?:?/{1,2}|https?:|//)?(?:www\.|dx\.|m\.)?", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?::\d+)?(?=/)", re.IGNORECASE)
#: The end of the host name of a database that is named after it: `ClinicalTrials.gov Identifier`.
_TOP_LEVEL = re.compile(r"\.(?:gov|org|com)\b", re.IGNORECASE)
#: Between a prefix and an identifier.
_AFTER_PREFIX = re.compile(r"\s*[:/_=# ]\s*")
#: Names of collections of prefixes, which say nothing themselves.
_BEFORE_CURIE = re.compile(r"(?:obo|(?:urn:)?miriam|curie)[:/]", re.IGNORECASE)
_DOI_IN_ADDRESS = re.compile(r"10\.\d{4,9}/[^\s?#&]+")
#: Ends of publishers' addresses that are not part of the DOI: `…/10.1038/nature17998/full`.
_AFTER_DOI = re.compile(
    r"(?:/(?:full|abstract|pdf|epdf|html|meta)|\.(?:pdf|full|abstract))+$", re.I
)
_BETWEEN_PARTS = re.compile(r"[/?#&=;!]+")
_FILE_ENDING = re.compile(r"\.(?:html?|json|pdf|rdf|ttl|txt|xml)$", re.IGNORECASE)
_LONGEST_PREFIX = 40


@cache
def prefix_table() -> dict[str, tuple[str, ...]]:
    """Return spelling, as its alphanumeric key → prefixes that it may mean."""
    table = {alphanumeric_key(prefix): (prefix,) for prefix in [*PREFIXES, *FIELDS]}
    for prefix, others in SPELLINGS.items():
        table |= {alphanumeric_key(other): (prefix,) for other in others}
    return table | {alphanumeric_key(word): prefixes for word, prefixes in SEVERAL.items()}


@cache
def _spellings() -> tuple[str, ...]:
    return tuple(prefix_table())


@cache
def _addresses() -> list[tuple[str, str, tuple[str, ...]]]:
    """Return (start of an address without scheme, query parameter, prefixes), longest start first.

    If there is a query parameter, its value is the identifier; else any part after the start.
    """
    addresses: dict[tuple[str, str], tuple[str, ...]] = {
        (start, ""): prefixes for start, prefixes in ADDRESSES.items()
    }
    for prefix, (_, template) in {**PREFIXES, **FIELDS}.items():
        start = _SCHEME.sub("", template, count=1).partition("{}")[0].lower()
        path, _, query = start.partition("?")
        row = (path, query.removesuffix("="))
        addresses[row] = (*addresses.get(row, ()), prefix)
    return sorted(((*row, p) for row, p in addresses.items()), key=lambda row: -len(row[0]))


def parse_curies(text: str) -> list[str]:
    """Return the CURIEs that a text may mean: `PMID: 16894061`, `CID3821`, the URL of a DOI.

    Empty if it has no known prefix.
    """
    text = _BEFORE_CURIE.sub("", text.strip(), count=1)
    doi = normalise_doi(text)
    if identifiers.DOI.fullmatch(doi):
        return [f"doi:{form}" for form in _dois(doi)]
    if (address := without_scheme(text)) is not None:
        return list(dict.fromkeys(_from_address(address)))
    if not _may_have_prefix(text):
        return []
    for match in reversed(list(_AFTER_PREFIX.finditer(text[:_LONGEST_PREFIX]))):
        local = text[match.end() :]
        if local and (prefixes := _prefixes(_TOP_LEVEL.sub("", text[: match.start()]))):
            return _curies(prefixes, local)
    return _from_joined(text)


def without_scheme(text: str) -> str | None:
    """Return a web address without its scheme, from the host on; None for other text."""
    address = _SCHEME.sub("", text.strip(), count=1)
    host = _HOST.match(address)
    return address if host and not _prefixes(host[0]) else None


def address_parts(address: str) -> list[str]:
    """Return the parts of an address after the host, decoded and without file endings."""
    parts = _BETWEEN_PARTS.split(address.partition("/")[2])
    return [_FILE_ENDING.sub("", unquote(part)) for part in parts if part]


def _may_have_prefix(text: str) -> bool:
    """Return whether a text may begin with a known prefix, so that it is worth a closer look.

    The key of the beginning of an ASCII text is the beginning of its key.
    """
    forms = {text, _TOP_LEVEL.sub("", text)}
    return not text.isascii() or any(
        alphanumeric_key(form).startswith(_spellings()) for form in forms
    )


def _prefixes(spelling: str) -> tuple[str, ...]:
    """Return the prefixes that a spelling may mean: `PubChem CID`, `ChEMBL ID`."""
    key = alphanumeric_key(spelling)
    return prefix_table().get(key) or prefix_table().get(_AFTER_DATABASE.sub("", key), ())


def _curies(prefixes: Iterable[str], local: str) -> list[str]:
    """Return the CURIEs of a local identifier: those that fit their pattern, or else all."""
    curies = {prefix: _strip_prefix(prefix, local) for prefix in prefixes}
    fitting = {prefix: form for prefix, text in curies.items() if (form := _fit(prefix, text))}
    return [f"{prefix}:{text}" for prefix, text in (fitting or curies).items()]


def _strip_prefix(prefix: str, local: str) -> str:
    """Return a local identifier without its prefix, which may be repeated: `chebi:CHEBI:6121`."""
    if prefix == "doi":
        return normalise_doi(local)
    match = _AFTER_PREFIX.search(local)
    return local[match.end() :] if match and prefix in _prefixes(local[: match.start()]) else local


def _fit(prefix: str, local: str, strict: bool = False) -> str | None:
    """Return the identifier that fits the pattern of a prefix; None if none does.

    Unless `strict`, letters that all identifiers of the prefix begin with may be missing, and so
    may leading zeros, which spreadsheets drop.
    """
    forms = [local]
    if not strict:
        forms += [f"{_LEADING_LETTERS.get(prefix, '')}{local}", local.zfill(7)]
    return next((form for form in forms if _PATTERNS[prefix].fullmatch(form)), None)


def _from_joined(text: str) -> list[str]:
    """Return the CURIEs of a prefix and an identifier written together: `CID3821`, `UNII-690…`."""
    curies: dict[str, None] = {}
    for end in range(2, min(len(text), _LONGEST_PREFIX)):
        rest = text[end:].lstrip(" -.:#=")
        prefixes = _prefixes(text[:end]) if text[end].isalnum() else ()
        curies |= {f"{p}:{rest}": None for p in prefixes if _PATTERNS[p].fullmatch(rest)}
    return list(curies)


def _from_address(address: str) -> Iterator[str]:
    """Yield the CURIEs that an address without scheme may mean."""
    lowered = address.lower()
    for start in RESOLVERS:
        if lowered.startswith(start):
            yield from parse_curies(unquote(address[len(start) :]).rstrip("/"))
            return
    if doi := _DOI_IN_ADDRESS.search(unquote(address)):
        yield from (f"doi:{form}" for form in _dois(doi[0].lower()))
        return
    _, _, query = address.partition("?")
    values = {name.lower(): value for name, value in parse_qsl(query.replace(";", "&"))}
    for start, parameter, prefixes in _addresses():
        if not lowered.startswith(start):
            continue
        parts = [values.get(parameter, "")] if parameter else address_parts(address)
        curies = [
            f"{prefix}:{local}"
            for part in parts
            for prefix in prefixes
            if part and (local := _fit(prefix, _strip_prefix(prefix, part), strict=not parameter))
        ]
        if curies:
            yield from curies
            return


def _dois(doi: str) -> list[str]:
    """Return a DOI as it stands, and without the ends of a publisher's address."""
    return list(dict.fromkeys([doi, doi.rstrip("/.,;)"), _AFTER_DOI.sub("", doi.rstrip("/"))]))


def local_identifier(text: str, prefixes: Collection[str]) -> str:
    """Return the local identifier of one of some prefixes, however it is spelled: `PMID: 16894061`.

    Other text is put into capitals, as the identifiers of these prefixes are.
    """
    plain = plain_text(text)
    curies = (curie.partition(":") for curie in parse_curies(plain))
    identifiers = (local for prefix, _, local in curies if prefix in prefixes)
    return next(identifiers, plain).upper()


def registration_curie(number: str) -> str:
    """Return a trial's registration number as a CURIE; its letters tell the registry."""
    return f"{'anzctr' if number.startswith('ACTRN') else 'clinicaltrials'}:{number}"
