"""Synthesis: the shipped dataset grown to any size, to measure what the service does with it.

What is added is modelled on what is there: each made-up record has the form of a real one drawn by
lot, other words, other figures, and a name and slug that say what it is. No identifier is made up.
The real records stay as they are, and no made-up note bears on a real claim. The same number and
seed give the same records.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from random import Random
from typing import Any, TypeVar

from app.resources import RESOURCES
from app.services.dataset import Entry, Folder
from app.services.drafts import Draft, draft_model

#: Made-up papers and receptors per made-up note; other nouns keep their real proportion to them.
REFERENCES, RECEPTORS = 0.3, 0.005
#: Each of so many coined words stands in some thirty of a million notes.
COINED = 100_000
SYLLABLES = ("ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ra", "so", "tu", "ve", "xi")
#: What identifies a real record, or says what only somebody who looked can say.
OWN = {"description", "xrefs", "synonyms", "hgnc_symbol", "gene_location", "subunits", "title"}
OWN |= {"doi", "pmid", "pmcid", "url", "volume", "issue", "pages", "registration", "jurisdiction"}
OWN |= {"override_verdict", "override_reason", "article_claim", "readings", "absence"}
OWN |= {"open_question", "source_key", "draws_on"}
T = TypeVar("T")
Values = dict[str, Any]


class TooFewError(ValueError):
    """Fewer notes are asked for than the dataset has."""


@dataclass(frozen=True)
class Sizes:
    """How many records are made up of each noun."""

    receptors: int
    references: int
    studies: int
    claims: int
    affinities: int
    evidence: int


class Synthesis:
    """A dataset's own records and the made-up ones, each as it is asked for."""

    def __init__(self, folder: Folder, notes: int, seed: int) -> None:
        self.real, self.seed, self.about, self.faults = folder, seed, "", folder.faults
        self.release = f"{folder.release}, grown to {notes} notes (seed {seed})"
        self.digest = sha256(f"{folder.digest} {notes} {seed}".encode()).hexdigest()
        real = {name: [entry.draft for entry in folder.of(name)] for name in MAKERS}
        self.sizes = _sizes({name: len(drafts) for name, drafts in real.items()}, notes)
        self.models = {name: [_form(draft) for draft in drafts] for name, drafts in real.items()}
        self.compounds = [entry.slug for entry in folder.of("compounds")]
        self.words = [word for note in self.models["evidence"] for word in note["finding"].split()]
        Random(seed).shuffle(self.words)
        self.coined = [_coin(number) for number in range(COINED)]

    @property
    def total(self) -> int:
        return len(self.real.entries) + sum(int(number) for number in vars(self.sizes).values())

    @property
    def entries(self) -> Iterator[Entry]:
        """Every record, as a loader takes it; made anew at each call, and not kept."""
        yield from self.real.entries
        for collection, make in MAKERS.items():
            resource, model = RESOURCES[collection], draft_model(RESOURCES[collection])
            rng, file = Random(f"{self.seed} {collection}"), f"synthetic/{collection}.yaml"
            for number in range(getattr(self.sizes, collection)):
                draft = model.model_validate(make(self, rng, number))
                yield Entry(resource, draft, file, {(): number + 1}, (collection, number))

    def model(self, rng: Random, collection: str, number: int, word: str) -> Values:
        """A real record's form under a made-up name."""
        return _drawn(rng, self.models[collection]) | {
            "slug": slug(word, number),
            "name": f"Synthetic {word} {number}: {self.say(rng, 4)}",
            "summary": f"Made up to measure the service: {self.say(rng, 6)}.",
        }

    def say(self, rng: Random, length: int) -> str:
        """Words of real findings, shuffled, and a coined one: nothing that means anything."""
        at = int(rng.random() * (len(self.words) - length))
        return f"{' '.join(self.words[at : at + length])} {_drawn(rng, self.coined)}"


def slug(word: str, number: int) -> str:
    return f"synthetic-{word}-{number:07}"


def _drawn(rng: Random, among: Sequence[T]) -> T:
    """One of many; a million draws of `rng.choice` take twice as long."""
    return among[int(rng.random() * len(among))]


def _form(draft: Draft) -> Values:
    """A draft's values without what is its own."""
    values = draft.model_dump(mode="json", by_alias=True)
    return {k: ([] if isinstance(v, list) else None) if k in OWN else v for k, v in values.items()}


def _coin(number: int) -> str:
    word = "z"
    for _ in range(5):
        number, at = divmod(number, len(SYLLABLES))
        word += SYLLABLES[at]
    return word


def _sizes(real: Mapping[str, int], notes: int) -> Sizes:
    more = notes - real["evidence"]
    if more < 0:
        raise TooFewError(f"the dataset has {real['evidence']} notes: ask for as many, or more")
    papers, receptors = more * REFERENCES / real["references"], more * RECEPTORS / real["receptors"]
    shares = {
        "receptors": receptors,
        "references": papers,
        "studies": papers,
        "claims": receptors,
        "affinities": papers,
    }
    least = min(1, more)  # a note needs a claim, a study, a paper
    found = {name: max(least, round(real[name] * share)) for name, share in shares.items()}
    return Sizes(**found, evidence=more)


def _receptor(source: Synthesis, rng: Random, number: int) -> Values:
    return source.model(rng, "receptors", number, "receptor")


def _reference(source: Synthesis, rng: Random, number: int) -> Values:
    values = source.model(rng, "references", number, "reference")
    return values | {"authors": ["Nobody"], "year": rng.randint(1990, 2025)}


def _study(source: Synthesis, rng: Random, number: int) -> Values:
    """Its papers are those whose number leaves its own; so every paper is cited."""
    papers = range(number, source.sizes.references, source.sizes.studies)
    own = papers or [rng.randrange(source.sizes.references)]
    return source.model(rng, "studies", number, "study") | {
        "year": rng.randint(1990, 2025),
        "population": f"Nobody: {source.say(rng, 5)}.",
        "references": [slug("reference", paper) for paper in own],
    }


def _claim(source: Synthesis, rng: Random, number: int) -> Values:
    values = source.model(rng, "claims", number, "claim")
    values["statement"] = f"Nobody claims: {source.say(rng, 10)}."
    if values["predicate"] and values["object"].startswith("receptor:"):
        values["object"] = f"receptor:{slug('receptor', rng.randrange(source.sizes.receptors))}"
    return values


def _affinity(source: Synthesis, rng: Random, number: int) -> Values:
    values = source.model(rng, "affinities", number, "affinity")
    if values["published_value"] is not None:
        values["published_value"] = round(10 ** rng.uniform(-1, 4), 3)
        values["published_upper_value"] = None
        values["relation"] = "=" if values["relation"] == "range" else values["relation"]
    return values | {
        "compound": _drawn(rng, source.compounds),
        "receptor": slug("receptor", rng.randrange(source.sizes.receptors)),
        "reference": slug("reference", rng.randrange(source.sizes.references)),
    }


def _note(source: Synthesis, rng: Random, number: int) -> Values:
    """It bears on its own claim first, so that every claim has a note, and on others by lot."""
    values, sizes = source.model(rng, "evidence", number, "note"), source.sizes
    study = number % sizes.studies
    claims = [number % sizes.claims]
    claims += (int(rng.random() * sizes.claims) for _ in values["claims"][1:])
    first = dict.fromkeys(claims)
    return values | {
        "finding": f"Nobody found: {source.say(rng, 22)}.",
        "study": slug("study", study),
        "reference": slug("reference", study % sizes.references),
        "claims": [
            {**finding, "claim": slug("claim", claim), "reason": None}
            for finding, claim in zip(values["claims"], first, strict=False)
        ],
        "effects": [_shifted(rng, effect) for effect in values["effects"]],
        "arms": [{**arm, "mean_value": None} for arm in values["arms"]],
    }


def _shifted(rng: Random, effect: Values) -> Values:
    """Another figure; an interval moves with it."""
    by = round(rng.uniform(0, 2), 2)
    moved = {k: round(effect[k] + by, 3) for k in ("value", "lower", "upper") if effect[k]}
    return effect | moved


#: In the order in which they are made: what is named comes before what names it.
MAKERS: dict[str, Callable[[Synthesis, Random, int], Values]] = {
    "receptors": _receptor,
    "references": _reference,
    "studies": _study,
    "claims": _claim,
    "affinities": _affinity,
    "evidence": _note,
}
