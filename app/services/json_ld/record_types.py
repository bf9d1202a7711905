"""Types and properties of schema.org by record type; records of other types are creative works.

A function returns the properties that only its type has. Facts that are not on record
are None and left out. Sources: schema.org, and the Bioschemas profiles MolecularEntity
0.5-RELEASE, Protein 0.11-RELEASE and Dataset 1.0-RELEASE.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from app.domain import identifiers
from app.domain.author_names import parse_author_name
from app.resources import RESOURCES
from app.services.json_ld.terms import (
    CONFORMS_TO,
    Addresses,
    Properties,
    first,
    known,
    one_or_many,
    profile,
    shortened,
)

Record = Mapping[str, Any]
#: Prefixes of codes that classify a thing, and do not denote it.
CODE_SYSTEMS = {"atc": "ATC", "icd10": "ICD-10", "icd10cm": "ICD-10-CM", "icd11.code": "ICD-11"}
#: Prefixes of genes, which are not the proteins that they encode.
GENE_PREFIXES = ("hgnc", "ncbigene", "ensembl")
#: Databases of medicines: a compound in one of them is a drug.
DRUG_PREFIXES = ("atc", "drugbank", "drugcentral", "kegg.drug")
TRIAL_DESIGNS = {
    "rct_parallel": "RandomizedTrial",
    "rct_crossover": "RandomizedTrial",
    "rct_withdrawal": "RandomizedTrial",
    "open_label_trial": "OpenTrial",
    "single_arm_trial": None,
}
BLINDING_DESIGNS = {
    "open": "OpenTrial",
    "double": "DoubleBlindedTrial",
    "triple": "TripleBlindedTrial",
}
OBSERVATIONAL_DESIGNS = {
    "cohort": "CohortStudy",
    "cross_sectional": "CrossSectional",
    "case_series": "CaseSeries",
}
#: Designs of what is on record beside studies, but is a document.
DOCUMENT_DESIGNS = {
    "guideline": "MedicalGuideline",
    "regulatory_act": "CreativeWork",
    "narrative_review": "ScholarlyArticle",
}
REFERENCE_TYPES = {
    "article": "ScholarlyArticle",
    "preprint": "ScholarlyArticle",
    "conference": "ScholarlyArticle",
    "book": "Book",
    "guideline": "Report",
    "regulator": "Report",
    "web": "WebPage",
}


def compound_type(record: Record) -> str:
    """Return the type of a compound: a molecular entity if its structure is on record."""
    return "MolecularEntity" if record["smiles"] or record["inchikey"] else "ChemicalSubstance"


def compound(record: Record, _: Addresses) -> Properties:
    """Describe a compound; one in a database of medicines is a drug as well."""
    kind = compound_type(record)
    types = [kind, "Drug"] if exact_curies(record, DRUG_PREFIXES) else [kind]
    has_profile = kind == "MolecularEntity"
    mass = record["molecular_mass_g_per_mol"]
    return {
        "@type": one_or_many(types),
        CONFORMS_TO: profile("MolecularEntity/0.5-RELEASE") if has_profile else None,
        "inChIKey": record["inchikey"],
        "smiles": [record["smiles"]] if record["smiles"] else None,
        "molecularFormula": record["formula"],
        "molecularWeight": f"{mass} g/mol" if mass is not None else None,
        "mechanismOfAction": record["mechanism_class"] if "Drug" in types else None,
        "code": codes(record) if "Drug" in types else None,
        "sameAs": same_as(record),
    }


def receptor_type(record: Record) -> str:
    """Return the type of a receptor: a protein, or a complex or family of proteins."""
    is_protein = record["kind"] == "single_protein" and exact_curies(record, ("uniprot",))
    return "Protein" if is_protein else "BioChemEntity"


def receptor(record: Record, addresses: Addresses) -> Properties:
    """Describe a receptor, and the gene of a protein."""
    is_protein = receptor_type(record) == "Protein"
    subunits = [reference(addresses, "receptors", part, "Protein") for part in record["subunits"]]
    genes = [identifiers.resolve_curie(curie) for curie in exact_curies(record, GENE_PREFIXES)]
    gene = {"@type": "Gene", "name": record["hgnc_symbol"], "sameAs": genes}
    return {
        CONFORMS_TO: profile("Protein/0.11-RELEASE") if is_protein else None,
        "hasBioChemEntityPart": first(subunits),
        "isEncodedByBioChemEntity": known(gene) if is_protein and genes else None,
        "sameAs": same_as(record, GENE_PREFIXES),
    }


def indication_type(record: Record) -> str:
    """Return the type of an indication: a disorder, a symptom or a procedure."""
    types = {"symptom": "MedicalSignOrSymptom", "procedure": "MedicalProcedure"}
    return types.get(record["kind"], "MedicalCondition")


def indication(record: Record, _: Addresses) -> Properties:
    """Describe an indication with its codes."""
    return {"code": codes(record), "sameAs": same_as(record)}


def study_type(record: Record) -> str:
    """Return the type of a study: a trial, an observational study, or another medical study."""
    design = record["design"]
    if design in TRIAL_DESIGNS:
        return "MedicalTrial"
    if design in OBSERVATIONAL_DESIGNS:
        return "MedicalObservationalStudy"
    return DOCUMENT_DESIGNS.get(design, "MedicalStudy")


def study(record: Record, addresses: Addresses) -> Properties:
    """Describe a study, with its design if it is one that schema.org names."""
    design = record["design"]
    if design in DOCUMENT_DESIGNS:
        return {"sameAs": same_as(record)}
    conditions = [
        reference(addresses, "indications", item, "MedicalCondition")
        for item in record["indications"]
    ]
    registration = record["registration"]
    address = identifiers.RESOLVERS["registration"](registration) if registration else None
    properties = {
        "healthCondition": one_or_many(first(conditions)),
        "sponsor": {"@type": "Organization", "name": record["sponsor"]}
        if record["sponsor"]
        else None,
        "sameAs": [*same_as(record), *filter(None, [address])],
    }
    if design in TRIAL_DESIGNS:
        controlled = "PlaceboControlledTrial" if record["comparator"] == "placebo" else None
        designs = (TRIAL_DESIGNS[design], BLINDING_DESIGNS.get(record["blinding"]), controlled)
        chosen = [f"https://schema.org/{name}" for name in dict.fromkeys(designs) if name]
        return properties | {"trialDesign": one_or_many(chosen)}
    if observed := OBSERVATIONAL_DESIGNS.get(design):
        return properties | {"studyDesign": f"https://schema.org/{observed}"}
    return properties


def publication_type(record: Record) -> str:
    """Return the type of a reference; a guideline or statement in a journal is an article."""
    if record["journal"] and record["kind"] in {"guideline", "label", "regulator"}:
        return "ScholarlyArticle"
    return REFERENCE_TYPES.get(record["kind"], "CreativeWork")


def publication(record: Record, _: Addresses) -> Properties:
    """Describe a reference: the publication, which is not ours."""
    resolved = (
        identifiers.RESOLVERS[name](record[name])
        for name in ("doi", "pmid", "pmcid")
        if record[name]
    )
    journal = {"@type": "Periodical", "name": record["journal"]} if record["journal"] else None
    volume = {"@type": "PublicationVolume", "volumeNumber": record["volume"], "isPartOf": journal}
    return {
        "headline": record["title"],
        "author": first(_author(name) for name in record["authors"]),
        "datePublished": str(record["year"]) if record["year"] else None,
        "isPartOf": known(volume) if record["volume"] else journal,
        "pagination": record["pages"],
        "creativeWorkStatus": "Retracted" if record["retraction"] == "retracted" else None,
        "sameAs": [*filter(None, resolved), *filter(None, [record["url"]])],
    }


def claim(record: Record, addresses: Addresses) -> Properties:
    """Describe a claim; its verdict is not a ClaimReview, which must name who made the claim."""
    about = (record["subject"], record["object"])
    return {
        "text": shortened(record["statement"]),
        "abstract": shortened(record["short_answer"]),
        "about": [typed_reference(addresses, item) for item in about if item],
        "appearance": first(
            reference(addresses, "statements", item, "Claim") for item in record["statements"]
        ),
    }


def statement(record: Record, addresses: Addresses) -> Properties:
    """Describe a statement of a popular text, which is not ours."""
    year = record["text_year"]
    text = {
        "@type": "CreativeWork",
        "name": record["text"],
        "url": record["text_url"],
        "datePublished": str(year) if year else None,
    }
    claims = [reference(addresses, "claims", item, "Claim") for item in record["claims"]]
    return {
        "text": shortened(record["statement"]),
        "appearance": known(text),
        "about": first(claims),
    }


def creative_work(record: Record, addresses: Addresses) -> Properties:
    """Describe a record of any other type: a part of the dataset that rests on references."""
    references = record.get("references") or [record.get("reference")]
    cited = [
        reference(addresses, "references", item, "CreativeWork")
        for item in references
        if isinstance(item, Mapping)
    ]
    return {"citation": first(cited), "sameAs": same_as(record)}


def region(record: Record, _: Addresses) -> Properties:
    """Describe a region of the brain."""
    return {"sameAs": same_as(record)}


def process(record: Record, addresses: Addresses) -> Properties:
    """Describe a process, a state or an outcome, for which schema.org has no type."""
    return {"inDefinedTermSet": f"{addresses.base}/processes", "sameAs": same_as(record)}


#: Type of the records of a record type, or how it follows from a record.
TYPES: dict[str, str | Callable[[Record], str]] = {
    "claim": "Claim",
    "compound": compound_type,
    "indication": indication_type,
    "process": "DefinedTerm",
    "receptor": receptor_type,
    "reference": publication_type,
    "region": "AnatomicalStructure",
    "statement": "Claim",
    "study": study_type,
}
#: Type of all others.
OTHER_TYPE = "CreativeWork"
DESCRIPTIONS: dict[str, Callable[[Record, Addresses], Properties]] = {
    "claim": claim,
    "compound": compound,
    "indication": indication,
    "process": process,
    "receptor": receptor,
    "reference": publication,
    "region": region,
    "statement": statement,
    "study": study,
}
#: Described record types whose records are works of ours, as all that are not described are.
OUR_WORKS = frozenset({"claim"})
if unknown := (TYPES.keys() | DESCRIPTIONS.keys()) - RESOURCES.by_record_type.keys():
    raise TypeError(f"there are no record types {sorted(unknown)}")


def exact_curies(record: Record, prefixes: Collection[str] = ()) -> list[str]:
    """Return the identifiers that denote the same thing, of some databases or of all."""
    return [
        xref["curie"]
        for xref in record["xrefs"]
        if xref["relation"] == "exact"
        and (not prefixes or xref["curie"].partition(":")[0] in prefixes)
    ]


def same_as(record: Record, but: Collection[str] = ()) -> list[str]:
    """Return the addresses of the same thing elsewhere, not those of codes that classify it."""
    return [
        identifiers.resolve_curie(curie)
        for curie in first(exact_curies(record))
        if curie.partition(":")[0] not in {*CODE_SYSTEMS, *but}
    ]


def codes(record: Record) -> list[Properties]:
    """Return the codes of medical classifications."""
    return [
        {"@type": "MedicalCode", "codeValue": code, "codingSystem": CODE_SYSTEMS[prefix]}
        for prefix, _, code in (
            curie.partition(":") for curie in exact_curies(record, CODE_SYSTEMS)
        )
    ]


def reference(addresses: Addresses, collection: str, item: Record, kind: str) -> Properties:
    """Return a reference to a record."""
    address = addresses.record(collection, item["slug"])
    return {"@type": kind, "@id": address, "name": item["name"]}


def typed_reference(addresses: Addresses, item: Record) -> Properties:
    """Return a reference to a record of any type."""
    collection = RESOURCES.by_record_type[item["type"]].name
    return reference(addresses, collection, item, "Thing")


def _author(name: str) -> Properties:
    author = parse_author_name(name)
    if author.is_group:
        return {"@type": "Organization", "name": name}
    parts: Sequence[str | None] = (author.given, author.family, author.suffix)
    return {"@type": "Person", "name": " ".join(filter(None, parts))}
