"""Words for readers: answers, verdicts, certainties, vocabulary values and names of fields.

The answer to a question (`answer_word`: "Probably") is not the word of a verdict (`verdict_label`:
"Supported"), which the vocabulary has. The shapes of verdicts are in `_components.html.j2`.

Labels and definitions are those of the vocabularies (`app.domain.vocabulary`); this module adds
only what a page says besides.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

import app.domain.verdicts.ladder  # noqa: F401  (the vocabularies Rung and RungState)
from app.domain.jurisdictions import jurisdiction_name
from app.domain.vocabulary import Absence, Certainty, Direction, VerdictKind, Vocabulary

#: Vocabularies by class name, as `/v1/meta` names them.
VOCABULARIES: Mapping[str, type[Vocabulary]] = MappingProxyType(
    {kind.__name__: kind for kind in Vocabulary.__subclasses__()}
)

#: Dots of a certainty, of four.
CERTAINTY_DOTS = MappingProxyType(
    {Certainty.HIGH: 4, Certainty.MODERATE: 3, Certainty.LOW: 2, Certainty.VERY_LOW: 1}
)
NOT_RATED = "Certainty not rated"

# Words for the certainty of a statement: GRADE guidelines 26 (Santesso et al. 2020,
# J Clin Epidemiol 119:126). The word follows the certainty, not the verdict alone.
_YES = {
    Certainty.HIGH: "Yes",
    Certainty.MODERATE: "Probably",
    Certainty.LOW: "Maybe",
    Certainty.VERY_LOW: "Very uncertain",
}
_NO = {
    Certainty.HIGH: "No",
    Certainty.MODERATE: "Probably not",
    Certainty.LOW: "Maybe not",
    Certainty.VERY_LOW: "Very uncertain",
}
_BY_CERTAINTY = {
    VerdictKind.ESTABLISHED: _YES,
    VerdictKind.SUPPORTED: _YES,
    VerdictKind.REFUTED: _NO,
}
_BY_ABSENCE = {
    Absence.STUDY_NOT_READ: "Studied, but not read yet",
    Absence.NO_FIGURE: "Studied, but without a usable figure",
    Absence.NO_EVIDENCE_FOUND: "No evidence found",
    Absence.NOT_SEARCHED: "Not looked for yet",
}
_ANSWERS = {
    VerdictKind.SUGGESTIVE: "Some hints, not enough",
    VerdictKind.CONTESTED: "Disputed",
    VerdictKind.INCONCLUSIVE: "Not known yet",
    VerdictKind.OPPOSITE: "No: the reverse was found",
    VerdictKind.MIXED_BY_JURISDICTION: "It depends on the country",
    VerdictKind.NOT_ASSESSED: "Not assessed here",
    VerdictKind.NOT_JUDGED: "Cannot be tested as worded",
    VerdictKind.BACKGROUND: "Known before",
    VerdictKind.WEAK: "Too little evidence",
    VerdictKind.UNTESTED: "Undecided",
}
#: Verdicts whose claims may say why they have no result.
_WITHOUT_RESULT = frozenset({VerdictKind.NOT_ASSESSED, VerdictKind.UNTESTED})

_SIDES = MappingProxyType(
    {
        Direction.SUPPORTS: "for",
        Direction.DISPUTES: "against",
        Direction.MIXED: "both",
        Direction.NEUTRAL: "neither",
    }
)

#: Beginning of a short answer that the answer word replaces.
_YES_OR_NO = re.compile(r"^(?:yes|no)[:,.]\s+(?=\S)", re.IGNORECASE)


def answer_word(verdict: str, certainty: str | None = None, absence: str | None = None) -> str:
    """Return the answer to the question of a claim, such as `Probably not`.

    Args:
        verdict: Verdict on the claim.
        certainty: Its certainty; None if it is not rated.
        absence: Why the claim has no result; None if it has one, or if that is not known.
    """
    kind = VerdictKind(verdict)
    if kind in _BY_CERTAINTY:
        # A verdict without a rating is no more than very uncertain.
        return _BY_CERTAINTY[kind][Certainty(certainty or Certainty.VERY_LOW)]
    if kind in _WITHOUT_RESULT and absence:
        return _BY_ABSENCE[Absence(absence)]
    return _ANSWERS[kind]


def answer_text(short_answer: str | None) -> str:
    """Return what follows an answer word: a short answer without a yes or no of its own.

    The answer word follows the certainty, which a yes or no in the text would contradict.
    """
    text = _YES_OR_NO.sub("", short_answer or "")
    return text[:1].upper() + text[1:]


def verdict_label(verdict: str, absence: str | None = None) -> str:
    """Return the word of a verdict; that of the absence where there is no result."""
    kind = VerdictKind(verdict)
    if kind in _WITHOUT_RESULT and absence:
        return Absence(absence).label
    return kind.label


def verdict_definition(verdict: str, absence: str | None = None) -> str:
    """Return the definition of a verdict; that of the absence where there is no result."""
    kind = VerdictKind(verdict)
    if kind in _WITHOUT_RESULT and absence:
        return Absence(absence).definition
    return kind.definition


def certainty_dots(certainty: str | None) -> int:
    """Return how many of the four dots of a certainty are filled; 0 if it is not rated."""
    return CERTAINTY_DOTS[Certainty(certainty)] if certainty else 0


def certainty_label(certainty: str | None) -> str:
    """Return a certainty in words, such as `Low certainty`."""
    return f"{Certainty(certainty).label} certainty" if certainty else NOT_RATED


def side_word(direction: str) -> str:
    """Return the side of a finding: for, against, both or neither."""
    return _SIDES[Direction(direction)]


def vocabulary_label(value: str | None, vocabulary: str) -> str:
    """Return the label of a vocabulary value; the value in words if this version does not know it.

    Args:
        value: The value; None is a dash.
        vocabulary: Name of the vocabulary, such as `StudyDesign`.
    """
    if value is None:
        return "–"
    try:
        return VOCABULARIES[vocabulary](value).label
    except ValueError:
        return in_words(value)


def in_words(value: str) -> str:
    """Return an identifier as words: `failed_replication` as `failed replication`."""
    return value.replace("_", " ")


#: Collections whose records are not counted by the words of their address.
_NOUNS = {
    "evidence": ("evidence note", "evidence notes"),
    "indications": ("condition", "conditions"),
    "pharmacokinetics": ("pharmacokinetic value", "pharmacokinetic values"),
}


def collection_label(name: str) -> str:
    """Return the name of a collection in words: `Adverse effects`."""
    if name == "indications":
        return "Conditions"
    return in_words(name.replace("-", "_")).capitalize()


def record_noun(collection: str, record_type: str, number: int) -> str:
    """Return the noun of so many records of a collection: `claim`, `adverse effects`."""
    words = (in_words(record_type), in_words(collection.replace("-", "_")))
    return _NOUNS.get(collection, words)[number != 1]


def heading(name: str) -> str:
    """Return a name with a capital, unless its first word has capitals or signs: `mTOR`."""
    first = name.partition(" ")[0]
    return name[:1].upper() + name[1:] if first.isalpha() and first.islower() else name


#: Names of fields that are not their identifier in words; units are those of the field names.
_FIELD_LABELS = {
    "act": "Type of act",
    "article_claim": "Statement of the article",
    "auc": "AUC",
    "bias": "Risk of bias",
    "causal_test": "Causal test",
    "ci_level": "Confidence level",
    "cite": "Citation",
    "doi": "DOI",
    "i2": "I²",
    "icd11": "ICD-11",
    "inchikey": "InChIKey",
    "moderators": "What differs",
    "n": "Participants",
    "n_note": "Note on participants",
    "n_analysed": "Participants analysed",
    "n_randomised": "Participants randomised",
    "p": "p",
    "p_affinity": "pAffinity",
    "pmid": "PMID",
    "said_by": "Stated by",
    "smiles": "SMILES",
    "source_url": "Source",
    "tau2": "τ²",
    "url": "Link",
    "xrefs": "Identifiers elsewhere",
}
#: Units at the end of a field name, the longest first.
_UNITS = {
    "_mg_per_kg": "mg/kg",
    "_ng_per_ml": "ng/mL",
    "_percent": "%",
    "_minutes": "min",
    "_hours": "hours",
    "_days": "days",
    "_weeks": "weeks",
    "_years": "years",
    "_nm": "nM",
    "_um": "µM",
    "_mg": "mg",
}
_INITIALISMS = re.compile(r"\b(?:cas|chembl|fda|id|nct|unii|uniprot)\b")


def field_label(name: str) -> str:
    """Return the name of a field in words, with its unit: `value_nm` as `Value (nM)`."""
    if name in _FIELD_LABELS:
        return _FIELD_LABELS[name]
    suffix = next((unit for unit in _UNITS if name.endswith(unit)), "")
    words = in_words(name.removesuffix(suffix))
    words = _INITIALISMS.sub(lambda match: match[0].upper(), words)
    label = words[:1].upper() + words[1:]
    return f"{label} ({_UNITS[suffix]})" if suffix else label


def jurisdiction_label(code: str) -> str:
    """Return the name of a jurisdiction as it stands alone: `United States`."""
    name = jurisdiction_name(code).removeprefix("the ")
    return name[:1].upper() + name[1:]
