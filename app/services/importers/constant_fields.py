"""Fields of measured constants that all databases write alike: signs, parameters, species."""

import re
from collections.abc import Sequence

from app.domain.vocabulary import AffinityAction, AffinityParameter, Relation, Species
from app.services.importers.dataset_index import DatasetIndex
from app.services.importers.import_result import RejectedRowError

#: The highest concentration of many screens; without a sign it means no binding up to it.
SCREENING_LIMIT_NM = 10_000.0
#: No constant is weaker: 1 kM.
HIGHEST_NM = 1e12
#: −log10(M) of the tightest constant that is plausible: 10 fM.
HIGHEST_LOGARITHM = 14
#: Words of `action_type` of ChEMBL and DrugCentral.
ACTION_TYPES = {
    "AGONIST": AffinityAction.AGONIST,
    "ANTAGONIST": AffinityAction.ANTAGONIST,
    "INHIBITOR": AffinityAction.INHIBITOR,
    "NEGATIVE ALLOSTERIC MODULATOR": AffinityAction.ALLOSTERIC_MODULATOR,
    "PARTIAL AGONIST": AffinityAction.PARTIAL_AGONIST,
    "POSITIVE ALLOSTERIC MODULATOR": AffinityAction.POTENTIATOR,
}
PARAMETERS = {parameter.value: parameter for parameter in AffinityParameter}
_SIGNS = {"≤": "<", "<=": "<", "<<": "<", "≥": ">", ">=": ">", ">>": ">", "≈": "~"}
_PUBMED_ADDRESS = re.compile(r"(?:pubmed/|pubmed\.ncbi\.nlm\.nih\.gov/|list_uids=)(\d{1,9})")
_ORGANISMS = {
    "human": Species.HUMAN,
    "homo sapiens": Species.HUMAN,
    "rat": Species.RAT,
    "rattus norvegicus": Species.RAT,
    "mouse": Species.MOUSE,
    "mus musculus": Species.MOUSE,
    "": Species.NOT_STATED,
}
_EXPRESSED = re.compile(
    r"zeta ?1|epsilon ?[1-4]|oocyte|\bexpress|recombinant|transfect"
    r"|\bHEK|embryonic kidney|\bCHO\b",
    re.IGNORECASE,
)
_ANIMALS = {
    Species.HUMAN: r"\bhumans?\b",
    Species.RAT: r"\brats?\b",
    Species.MOUSE: r"\b(?:mouse|mice|murine)\b",
    Species.NON_HUMAN_PRIMATE: r"\b(?:monkeys?|macaques?)\b",
    Species.OTHER: r"\b(?:pigs?|porcine|bovine|calf|dogs?|canine|rabbits?|chicken|torpedo)\b",
}


def relation_of(sign: str, value_nm: float) -> Relation:
    """Return the relation of a sign; 10 000 nM without one is no binding up to that.

    Raises:
        RejectedRowError: The sign is not known.
    """
    sign = sign.strip().strip("'")  # ChEMBL quotes it: '='
    if not sign:
        return Relation.GREATER if value_nm == SCREENING_LIMIT_NM else Relation.EQUAL
    try:
        return Relation(_SIGNS.get(sign, sign))
    except ValueError:
        raise RejectedRowError(f"the relation {sign[:20]!r} is not known") from None


def parameter_of(name: str) -> AffinityParameter:
    """Return the parameter of a name.

    Raises:
        RejectedRowError: It is none of Ki, Kd, IC50 and EC50.
    """
    if parameter := PARAMETERS.get(name.strip()):
        return parameter
    raise RejectedRowError(f"{name.strip()[:40] or 'its parameter'} is not Ki, Kd, IC50 or EC50")


def positive_number(text: str, column: str) -> float:
    """Return the number of a cell.

    Raises:
        RejectedRowError: The cell is empty, or it is no positive number.
    """
    if text.strip() in ("", "-"):
        raise RejectedRowError("it has no number")
    try:
        value = float(text)
    except ValueError:
        raise RejectedRowError(f"{column} is no number: {text[:40]!r}") from None
    if not 0 < value < HIGHEST_NM:
        raise RejectedRowError(f"{column} is not a positive number: {text[:40]!r}")
    return value


def from_logarithm(value: float) -> float:
    """Return the concentration in nM of a −log10(M), with three significant digits.

    Raises:
        RejectedRowError: No constant has such a logarithm, so the number is another one.
    """
    if value > HIGHEST_LOGARITHM:
        raise RejectedRowError(f"{value:g} is no −log10(M)")
    return float(f"{10 ** (9 - value):.3g}")


def pubmed_ids(address: str) -> tuple[str, ...]:
    """Return the PubMed id of an address, if it is one of PubMed."""
    match = _PUBMED_ADDRESS.search(address)
    return (match[1],) if match else ()


def species_of(organism: str, assay: str | None) -> Species:
    """Return the species of a measurement: of the assay, else of the organism of the target.

    A database lists the human protein for subunits in oocytes and for the brain of a pig.
    """
    if assay and _EXPRESSED.search(assay):
        return Species.RECOMBINANT
    named = [s for s, words in _ANIMALS.items() if re.search(words, assay or "", re.IGNORECASE)]
    if len(named) == 1:
        return named[0]
    return _ORGANISMS.get(organism.strip().lower(), Species.OTHER)


def receptor_of_proteins(
    accessions: Sequence[str], symbols: Sequence[str], index: DatasetIndex
) -> str:
    """Return the receptor of one protein, or the complex that several are the subunits of.

    Args:
        accessions: UniProt accessions.
        symbols: Gene symbols, by which the proteins of other species are recognised.

    Raises:
        RejectedRowError: The dataset has no such receptor.
    """
    by_accession = {index.by_curie("receptors", f"uniprot:{name}") for name in accessions}
    by_symbol = {index.by_field("receptors", "hgnc_symbol", name) for name in symbols}
    for slugs in (by_accession, by_symbol):
        receptors = {slug for slug in slugs if slug}
        if not receptors or None in slugs:
            continue
        if len(receptors) == 1:
            return receptors.pop()
        if slug := index.complex_of(receptors):
            return slug
    if len(accessions) > 1:
        raise RejectedRowError("no complex of the dataset has these subunits")
    raise RejectedRowError("no receptor of the dataset has its accession or gene symbol")
