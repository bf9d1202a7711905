"""What a question's words are worth: tables that a pharmacologist can review.

Words are written as people write them; app.services.search.words brings them to their stems.
"""

from dataclasses import dataclass

from app.domain.vocabulary import NameField, RecordType


def _these(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Words that make a question of a few names: they turn the ranking towards claims and studies.
ASKS = _these(
    """are arent can cant could couldnt did didnt do does doesnt done dont has have how is isnt
    should was were what whats when where which who why will wont would"""
)
#: Words that say nothing of the subject; they are neither kept nor looked for.
STOP = ASKS | _these(
    """a about above after all also am an and any as at be because been before being below
    between both but by during each either else et al etc few for from further get gets had having
    he her here his i if in into it its itself know known like likely made make many may me might
    more most much my myself near no nor not of off on once one only or other others our out over
    own per please really same she so some such tell than that the their them then there these
    they this those through thus to too true under until up upon use used using versus very via
    vs we well
    whether while whom whose with within without yes you your"""
)
#: Words that are looked for only where nothing else is asked.
PALE = _these("act acts compare compared find finding found give given proof research show shown")

#: Words for a noun: beside other words they are not looked for, but put that noun first.
NOUNS: dict[str, RecordType] = {
    "affinities": RecordType.AFFINITY,
    "article": RecordType.REFERENCE,
    "articles": RecordType.REFERENCE,
    "claim": RecordType.CLAIM,
    "claims": RecordType.CLAIM,
    "conflict": RecordType.CONFLICT,
    "conflicts": RecordType.CONFLICT,
    "contradictions": RecordType.CONFLICT,
    "evidence": RecordType.EVIDENCE,
    "experiments": RecordType.STUDY,
    "paper": RecordType.REFERENCE,
    "papers": RecordType.REFERENCE,
    "pathway": RecordType.PATHWAY,
    "pathways": RecordType.PATHWAY,
    "publications": RecordType.REFERENCE,
    "studies": RecordType.STUDY,
    "study": RecordType.STUDY,
    "trial": RecordType.STUDY,
    "trials": RecordType.STUDY,
    "verdict": RecordType.VERDICT,
    "verdicts": RecordType.VERDICT,
}
#: How much that noun is worth then, in per cent.
NOUN_ASKED = 170

#: Where a question says one thing, a record may say another. Each is worth ALSO_WORTH of the word.
ALSO_WORTH = 70
ALSO: dict[str, tuple[str, ...]] = {
    "abuse": ("dependence", "misuse", "recreational"),
    "addictive": ("abuse", "dependence", "liability"),
    "addiction": ("abuse", "dependence", "use-disorder"),
    "affinity": ("bind", "Ki"),
    "alcoholic": ("alcohol",),
    "alone": ("monotherapy",),
    "anaesthesia": ("anaesthetic",),
    "anaesthetic": ("anaesthesia",),
    "animal": ("mice", "rat", "rodent"),
    "approved": ("authorised", "licensed", "approval"),
    "authorised": ("approved", "approval"),
    "bad": ("harm", "safe"),
    "benzodiazepine": ("midazolam", "lorazepam"),
    "bind": ("affinity",),
    "bladder": ("urinary", "cystitis"),
    "block": ("inhibit", "antagonist", "stop"),
    "cause": ("induced",),
    "cure": ("relieve", "treat"),
    "dangerous": ("safe", "harm"),
    "decrease": ("lower", "reduce"),
    "depend": ("needed",),
    "dopaminergic": ("dopamine",),
    "drug": ("compound",),
    "elderly": ("65", "older"),
    "enzyme": ("CYP2B6", "CYP3A4"),
    "fast": ("rapid",),
    "fade": ("transient",),
    "hallucination": ("dissociation", "psychotomimetic"),
    "harm": ("safe", "adverse", "damage"),
    "help": ("relieve", "effect"),
    "human": ("people",),
    "increase": ("raise", "rise"),
    "infusion": ("intravenous",),
    "inhibit": ("block",),
    "involve": ("needed",),
    "iv": ("intravenous", "infusion"),
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
    "sleep": ("sedation",),
    "spray": ("nasal",),
    "superior": ("outperform",),
    "swallowed": ("oral",),
    "synapse": ("spine", "synaptic"),
    "therapy": ("treatment",),
    "toxic": ("damage", "injury"),
    "treat": ("relieve",),
    "trip": ("dissociation",),
    "urinary": ("bladder", "cystitis"),
    "vein": ("intravenous",),
    "women": ("mothers", "postpartum"),
    "work": ("effect", "relieve"),
}


@dataclass(frozen=True)
class Place:
    """A noun's place among equals, in per cent: where a name is looked up, where one asks."""

    lookup: int
    question: int


#: The order is the order of equals, and of records that are told of before they are ranked.
PLACES: dict[RecordType, Place] = {
    RecordType.COMPOUND: Place(100, 56),
    RecordType.RECEPTOR: Place(100, 54),
    RecordType.INDICATION: Place(98, 54),
    RecordType.PROCESS: Place(95, 62),
    RecordType.REGION: Place(95, 50),
    RecordType.PATHWAY: Place(90, 75),
    RecordType.CLAIM: Place(88, 112),
    RecordType.STUDY: Place(80, 75),
    RecordType.CONFLICT: Place(32, 34),
    RecordType.VERDICT: Place(34, 36),
    RecordType.AFFINITY: Place(66, 60),
    RecordType.REFERENCE: Place(50, 46),
    RecordType.EVIDENCE: Place(56, 54),
}

#: Among studies, where one asks: those in people, in per cent of the others.
IN_PEOPLE = 150
#: Where one asks, names are what it is about: other words weigh this much, in per cent.
OTHER_WORDS = 60
#: Figures and units of measure are met everywhere: where one asks they weigh this much.
FIGURES = 25
UNITS = _these("d g h kg l mg mgkg min ml mm mo ng nm pm ug um")
#: What a word is worth where it stands: in a name, or in the text.
IN_NAME, IN_TEXT = 100, 60
#: A record is found when it holds this share, in per cent, of the weight of a question's words.
HELD = 40


@dataclass(frozen=True)
class Shares:
    """What makes a score: the words held, those held in one line, and the likeness to a name."""

    mass: int
    near: int
    fit: int


SHARES = {"lookup": Shares(50, 30, 30), "question": Shares(50, 40, 15)}
#: What a note lends to its claims and its study, and a paper to its study, in per cent.
LENT = {
    "lookup": {RecordType.CLAIM: 30, RecordType.STUDY: 40},
    "question": {RecordType.CLAIM: 80, RecordType.STUDY: 50},
}
#: A whole name stands above all that only holds its words.
EXACT = {
    NameField.NAME: 1000,
    NameField.IDENTIFIER: 1000,
    NameField.SYNONYM: 950,
    NameField.TITLE: 930,
    NameField.SLUG: 900,
}
