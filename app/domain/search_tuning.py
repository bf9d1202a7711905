"""Search tuning: stop words, synonyms, boosts and score weights.

Words are written in full; app.services.search.tokenizer reduces them to stems. All weights are in
per cent: 100 leaves a score as it is.
"""

from dataclasses import dataclass

from app.domain.question_forms import Intent
from app.domain.vocabulary import NameField


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Words that mark a query as a question: ranking then prefers claims and studies.
QUESTION_WORDS = _words(
    """are arent can cant could couldnt did didnt do does doesnt done dont has have how is isnt
    should was were what whats when where which who why will wont would"""
)
#: Words without information about the subject; they are neither indexed nor searched for.
STOP_WORDS = QUESTION_WORDS | _words(
    """a about above after all also am an and any as at be because been before being below
    between both but by during each either else et al etc few for from further get gets had having
    he her here his i if in into it its itself know known like likely made make many may me might
    more most much my myself near no nor not of off on once one only or other others our out over
    own per please really same she so some such tell than that the their them then there these
    they this those through thus to too true under until up upon use used using versus very via
    vs we well
    whether while whom whose with within without yes you your"""
)
#: Words that are searched for only in a query that has no others.
LOW_INFORMATION_WORDS = _words(
    """act acts argue argued argues arguing argument arguments case compare compared confirm
    confirmed confirms contradict contradicted contradicts disagree disagrees dispute disputed
    disputes disputing find finding found give given hypotheses hypothesis idea objection
    objections proof prove proved proves refute refuted refutes research show shown speak speaks
    support supported supports theories theory undermine undermines"""
)

#: A type word in a query (`search.type_words` of a collection) ranks its collection first: by how
#: much, in per cent.
TYPE_WORD_BOOST = 170
#: Boost of the record types that answer a kind of question, in per cent.
INTENT_TYPE_BOOSTS = {
    Intent.EXPLANATION: {"pathway": 1000},
    Intent.EVIDENCE_AGAINST: {"conflict": 250},
    Intent.REGULATION: {"regulatory_act": 500},
}
#: Limit of the weight of what a drug acts on where it is asked how it acts ("how does ketamine
#: relieve depression"), in per cent of the weight of the subject.
EXPLAINED_EFFECT_WEIGHT = 15

#: Words that a record may use for a word of the query; a match has SYNONYM_WEIGHT of the word's
#: weight. Not symmetric: each direction is listed.
SYNONYM_WEIGHT = 80
SYNONYMS: dict[str, tuple[str, ...]] = {
    "abuse": ("dependence", "misuse", "recreational"),
    "addiction": ("abuse", "dependence", "disorder"),
    "addictive": ("abuse", "dependence", "liability"),
    "affinity": ("bind", "Ki"),
    "alcoholic": ("alcohol",),
    "alone": ("monotherapy",),
    "america": ("American", "FDA", "US"),
    "anaesthesia": ("anaesthetic",),
    "anaesthetic": ("anaesthesia",),
    "animal": ("mice", "rat", "rodent"),
    "antidepressant": ("depression",),
    "approved": ("authorised", "licensed", "approval"),
    "australia": ("Australian", "AU"),
    "authorised": ("approved", "approval"),
    "bad": ("harm", "safe"),
    "benzodiazepine": ("midazolam", "lorazepam"),
    "bind": ("affinity",),
    "bladder": ("urinary", "cystitis"),
    "block": ("inhibit", "antagonist", "stop"),
    "britain": ("British", "UK", "GB"),
    "canada": ("Canadian", "CA"),
    "cause": ("induced",),
    "china": ("Chinese", "CN"),
    "cure": ("relieve", "treat"),
    "dangerous": ("safe", "harm"),
    "decrease": ("lower", "reduce"),
    "depend": ("needed",),
    "dopaminergic": ("dopamine",),
    "drug": ("compound",),
    "elderly": ("65", "older"),
    "enzyme": ("CYP2B6", "CYP3A4"),
    "europe": ("European", "EU"),
    "fade": ("transient",),
    "fast": ("rapid",),
    "germany": ("German", "DE"),
    "hallucination": ("dissociation", "psychotomimetic"),
    "harm": ("safe", "adverse", "damage"),
    "help": ("relieve", "effect"),
    "human": ("people",),
    "increase": ("raise", "rise"),
    "infusion": ("intravenous",),
    "inhibit": ("block",),
    "involve": ("needed",),
    "iv": ("intravenous", "infusion"),
    "japan": ("Japanese",),
    "kidney": ("urinary",),
    "last": ("sustained", "transient"),
    "legal": ("control", "schedule", "approved"),
    "licensed": ("approved", "authorised"),
    "liver": ("hepatic",),
    "long": ("sustained", "duration"),
    "lower": ("reduce", "decrease"),
    "metabolise": ("metabolism", "demethylate", "hydroxylate"),
    "metabolism": ("metabolise", "demethylate", "hydroxylate"),
    "mice": ("mouse", "rodent"),
    "mouse": ("mice", "rodent"),
    "mouth": ("oral",),
    "nasal": ("intranasal", "spray"),
    "necessary": ("needed", "necessity"),
    "need": ("required", "depend", "necessity"),
    "neuron": ("neurone",),
    "nose": ("nasal", "intranasal"),
    "older": ("65",),
    "opiate": ("opioid", "naltrexone"),
    "opioid": ("naltrexone",),
    "oral": ("mouth", "swallowed"),
    "pain": ("analgesia", "analgesic"),
    "patient": ("people",),
    "people": ("human", "adults"),
    "prevent": ("prophylaxis", "prophylactic"),
    "quick": ("rapid",),
    "raise": ("increase", "rise"),
    "rapid": ("hours",),
    "rat": ("rodent",),
    "reduce": ("lower", "decrease"),
    "relapse": ("maintenance", "withdrawal"),
    "relief": ("relieve",),
    "require": ("needed", "necessity"),
    "rodent": ("mice", "rat"),
    "safe": ("safety", "harm"),
    "safety": ("safe", "harm", "adverse"),
    "scotland": ("Scottish",),
    "sleep": ("sedation",),
    "spray": ("nasal",),
    "superior": ("outperform",),
    "swallowed": ("oral",),
    "switzerland": ("Swiss", "CH"),
    "synapse": ("spine", "synaptic"),
    "therapy": ("treatment",),
    "toxic": ("damage", "injury"),
    "treat": ("relieve",),
    "trip": ("dissociation",),
    "uk": ("British", "Britain", "GB"),
    "urinary": ("bladder", "cystitis"),
    "usa": ("American", "FDA", "US"),
    "vein": ("intravenous",),
    "women": ("mothers", "postpartum"),
    "work": ("effect", "relieve"),
}


#: In questions: boost of the records that their collection prefers (studies in people).
HUMAN_BOOST = 150
#: In questions: weight of words that occur in no name, since names tell the subject.
OTHER_WORD_WEIGHT = 60
#: In questions: weight of numbers and units of measurement, which occur in most notes.
NUMBER_WEIGHT = 25
UNIT_WORDS = _words("d g h kg l mg mgkg min ml mm mo ng nm pm ug um")
#: Weight of a word that a record has in a name, and in its text.
IN_NAME_WEIGHT, IN_TEXT_WEIGHT = 100, 60
#: Minimum share of the weight of a query's words that a record must have to match.
MIN_COVERAGE = 40


@dataclass(frozen=True)
class ScoreWeights:
    """Weights of the parts of a score.

    Args:
        coverage: Share of the query's words that the record has.
        proximity: Share of them in a single text of the record.
        name_similarity: Similarity of the query to a name of the record.
    """

    coverage: int
    proximity: int
    name_similarity: int


SCORE_WEIGHTS = {"lookup": ScoreWeights(50, 30, 30), "question": ScoreWeights(50, 40, 15)}
#: Share of a note's score that its claims and its study get, and of a paper's that its study gets.
PROPAGATION = {
    "lookup": {"claim": 30, "study": 80},
    "question": {"claim": 80, "study": 50},
}
#: Where a kind of evidence is asked for: share of a claim's score that its notes of this kind and
#: their studies get, and the least score of such a claim, in per cent of the best one's.
SIDE_PROPAGATION = {
    Intent.EVIDENCE_FOR: {"evidence": 95, "study": 50},
    Intent.EVIDENCE_AGAINST: {"evidence": 95, "study": 50},
    Intent.NEGATIVE_RESULT: {"evidence": 70, "study": 95},
}
MIN_SIDE_SCORE = 80
#: Score of a query that is a whole name: above that of any record that only has its words.
EXACT_MATCH_BOOST = {
    NameField.NAME: 1000,
    NameField.IDENTIFIER: 1000,
    NameField.SYNONYM: 950,
    NameField.TITLE: 930,
    NameField.SLUG: 900,
}
