"""A synthetic dataset: the shipped one grown to any number of notes, to measure the service.

    python -m benchmarks.synthetic --notes 1000000 --seed 1 --database-url sqlite:///big.db

Each made-up record has the form of a real one drawn at random, other words, other figures, and a
name and slug that say that it is made up. No identifier is made up. The real records stay as they
are, and no made-up note bears on a real claim. The same number and seed give the same records.
"""

import gc
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from random import Random
from typing import Annotated, Any, TypeVar

import sqlalchemy as sa
import typer

from app.kit.sessions import Store
from app.resources import RESOURCES
from app.services import bootstrap
from app.services.dataset.entry import Entry
from app.services.dataset.folder import Folder, read_folder
from app.services.records.input_models import RecordInput, input_model
from app.services.store.opening import open_store
from app.settings import Settings

#: Made-up papers and receptors per made-up note; other collections keep their proportion to them.
REFERENCES, RECEPTORS = 0.3, 0.005
#: Size of the vocabulary of coined words: each is in some thirty of a million notes.
COINED_WORDS = 100_000
SYLLABLES = ("ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ra", "so", "tu", "ve", "xi")
#: Fields that identify a real record, or say what only a reader of the paper can say; left empty.
EMPTIED = {"description", "xrefs", "synonyms", "hgnc_symbol", "gene_location", "subunits", "title"}
EMPTIED |= {"doi", "pmid", "pmcid", "url", "volume", "issue", "pages", "registration"}
EMPTIED |= {"jurisdiction", "override_verdict", "override_reason", "article_claim", "readings"}
EMPTIED |= {"absence", "open_question", "source_key", "draws_on"}
T = TypeVar("T")
Values = dict[str, Any]


class TooFewNotesError(ValueError):
    """Fewer notes are requested than the dataset has."""


@dataclass(frozen=True)
class Sizes:
    """How many records are made up in each collection."""

    receptors: int
    references: int
    studies: int
    claims: int
    affinities: int
    evidence: int


class SyntheticDataset:
    """The records of a dataset folder and the made-up ones, generated as they are iterated."""

    def __init__(self, folder: Folder, notes: int, seed: int) -> None:
        self.real, self.seed, self.about, self.errors = folder, seed, "", folder.errors
        self.release = f"{folder.release}, grown to {notes} notes (seed {seed})"
        self.digest = sha256(f"{folder.digest} {notes} {seed}".encode()).hexdigest()
        real = {name: [entry.draft for entry in folder.entries_of(name)] for name in MAKERS}
        self.sizes = _sizes({name: len(drafts) for name, drafts in real.items()}, notes)
        self.models = {name: [_form(draft) for draft in drafts] for name, drafts in real.items()}
        self.compounds = [entry.slug for entry in folder.entries_of("compounds")]
        self.words = [word for note in self.models["evidence"] for word in note["finding"].split()]
        Random(seed).shuffle(self.words)
        self.coined = [_coin(number) for number in range(COINED_WORDS)]

    @property
    def total(self) -> int:
        return len(self.real.entries) + sum(int(number) for number in vars(self.sizes).values())

    @property
    def entries(self) -> Iterator[Entry]:
        """Yield every record, as a loader takes it; generated again at each call."""
        yield from self.real.entries
        for collection, make in MAKERS.items():
            resource, model = RESOURCES[collection], input_model(RESOURCES[collection])
            rng, file = Random(f"{self.seed} {collection}"), f"synthetic/{collection}.yaml"
            for number in range(getattr(self.sizes, collection)):
                draft = model.model_validate(make(self, rng, number))
                yield Entry(resource, draft, file, {(): number + 1}, (collection, number))

    def model(self, rng: Random, collection: str, number: int, word: str) -> Values:
        """A real record's form under a made-up name."""
        return _choose(rng, self.models[collection]) | {
            "slug": slug(word, number),
            "name": f"Synthetic {word} {number}: {self.words_of_findings(rng, 4)}",
            "summary": f"Made up to measure the service: {self.words_of_findings(rng, 6)}.",
        }

    def words_of_findings(self, rng: Random, length: int) -> str:
        """Some words of real findings, shuffled, and a coined one: nothing that means anything."""
        at = int(rng.random() * (len(self.words) - length))
        return f"{' '.join(self.words[at : at + length])} {_choose(rng, self.coined)}"


def slug(word: str, number: int) -> str:
    return f"synthetic-{word}-{number:07}"


def _choose(rng: Random, population: Sequence[T]) -> T:
    """Choose one at random; a million calls of `rng.choice` take twice as long."""
    return population[int(rng.random() * len(population))]


def _form(draft: RecordInput) -> Values:
    """A draft's values, without those that only the real record may have."""
    values = draft.model_dump(mode="json", by_alias=True)
    return {
        k: ([] if isinstance(v, list) else None) if k in EMPTIED else v for k, v in values.items()
    }


def _coin(number: int) -> str:
    word = "z"
    for _ in range(5):
        number, at = divmod(number, len(SYLLABLES))
        word += SYLLABLES[at]
    return word


def _sizes(real: Mapping[str, int], notes: int) -> Sizes:
    more = notes - real["evidence"]
    if more < 0:
        raise TooFewNotesError(f"the dataset has {real['evidence']} notes: request no fewer")
    papers, receptors = more * REFERENCES / real["references"], more * RECEPTORS / real["receptors"]
    shares = {
        "receptors": receptors,
        "references": papers,
        "studies": papers,
        "claims": receptors,
        "affinities": papers,
    }
    least = min(1, more)  # a note needs a claim, a study, a paper
    sizes = {name: max(least, round(real[name] * share)) for name, share in shares.items()}
    return Sizes(**sizes, evidence=more)


def _receptor(source: SyntheticDataset, rng: Random, number: int) -> Values:
    return source.model(rng, "receptors", number, "receptor")


def _reference(source: SyntheticDataset, rng: Random, number: int) -> Values:
    values = source.model(rng, "references", number, "reference")
    return values | {"authors": ["Nobody"], "year": rng.randint(1990, 2025)}


def _study(source: SyntheticDataset, rng: Random, number: int) -> Values:
    """Its papers are those with its number modulo that of studies, so every paper is cited."""
    papers = range(number, source.sizes.references, source.sizes.studies)
    cited = papers or [rng.randrange(source.sizes.references)]
    return source.model(rng, "studies", number, "study") | {
        "year": rng.randint(1990, 2025),
        "population": f"Nobody: {source.words_of_findings(rng, 5)}.",
        "references": [slug("reference", paper) for paper in cited],
    }


def _claim(source: SyntheticDataset, rng: Random, number: int) -> Values:
    values = source.model(rng, "claims", number, "claim")
    values["statement"] = f"Nobody claims: {source.words_of_findings(rng, 10)}."
    if values["predicate"] and values["object"].startswith("receptor:"):
        values["object"] = f"receptor:{slug('receptor', rng.randrange(source.sizes.receptors))}"
    return values


def _affinity(source: SyntheticDataset, rng: Random, number: int) -> Values:
    values = source.model(rng, "affinities", number, "affinity")
    if values["published_value"] is not None:
        values["published_value"] = round(10 ** rng.uniform(-1, 4), 3)
        values["published_upper_value"] = None
        values["relation"] = "=" if values["relation"] == "range" else values["relation"]
    return values | {
        "compound": _choose(rng, source.compounds),
        "receptor": slug("receptor", rng.randrange(source.sizes.receptors)),
        "reference": slug("reference", rng.randrange(source.sizes.references)),
    }


def _note(source: SyntheticDataset, rng: Random, number: int) -> Values:
    """It bears on the claim with its number first, so that each has a note, then on random ones."""
    values, sizes = source.model(rng, "evidence", number, "note"), source.sizes
    study = number % sizes.studies
    claims = [number % sizes.claims]
    claims += (int(rng.random() * sizes.claims) for _ in values["claims"][1:])
    distinct = dict.fromkeys(claims)
    with_value = [effect for effect in values["effects"] if effect["value"] is not None]
    printed = {effect["key"] for effect in with_value if effect["key"]}
    return values | {
        "finding": f"Nobody found: {source.words_of_findings(rng, 22)}.",
        "study": slug("study", study),
        "reference": slug("reference", study % sizes.references),
        "claims": [
            {**finding, "claim": slug("claim", claim), "reason": None}
            for finding, claim in zip(values["claims"], distinct, strict=False)
        ],
        "effects": [_shifted(rng, effect) for effect in values["effects"]],
        "arms": [{**arm, "mean_value": None} for arm in values["arms"]],
        # Without the means of the arms, those that name no effect with a value have none.
        "estimates": [
            {**estimate, "claims": []}
            for estimate in values["estimates"]
            if estimate["effect"] in printed
        ],
    }


def _shifted(rng: Random, effect: Values) -> Values:
    """Shift an effect and its interval by one random amount."""
    shift = round(rng.uniform(0, 2), 2)
    if effect["value"] and round(effect["value"] + shift, 3) == 0:
        shift += 0.01  # an estimate of 0 with a p-value has no standard error
    shifted = {k: round(effect[k] + shift, 3) for k in ("value", "lower", "upper") if effect[k]}
    return effect | shifted


#: In dependency order: what is referred to comes before what refers to it.
MAKERS: dict[str, Callable[[SyntheticDataset, Random, int], Values]] = {
    "receptors": _receptor,
    "references": _reference,
    "studies": _study,
    "claims": _claim,
    "affinities": _affinity,
    "evidence": _note,
}


def _use_rollback_journal(store: Store) -> None:
    """Write each page of a new SQLite file once: in WAL mode a load writes all of them twice.

    A rollback journal contains the old pages alone, and a new file has none.
    """
    engine = store.primary.engine
    if engine.dialect.name == "sqlite":

        @sa.event.listens_for(engine, "connect")
        def prepare(connection: sqlite3.Connection, _record: object) -> None:
            connection.execute("PRAGMA journal_mode = DELETE")


def run(
    notes: Annotated[int, typer.Option(min=1, help="Evidence notes in all; the rest grows.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same records.")] = 1,
    database_url: Annotated[
        str | None, typer.Option(help="An empty store; KKB_DATABASE_URL by default.")
    ] = None,
    rollback_journal: Annotated[
        bool, typer.Option(help="SQLite: half the disk, for a store that nobody reads meanwhile.")
    ] = False,
) -> None:
    """Load a synthetic dataset into an empty store."""
    gc.set_threshold(100_000, 20, 100)  # as `kkb` does; collecting takes a third of the time else
    settings = Settings()
    store = open_store(database_url or settings.database_url)
    if rollback_journal:
        _use_rollback_journal(store)
    bootstrap.migrate_and_rebuild(store)
    if not bootstrap.is_empty(store):
        raise typer.BadParameter("the store holds records: name an empty one with --database-url")
    try:
        source = SyntheticDataset(read_folder(settings.dataset), notes, seed)
    except TooFewNotesError as error:
        raise typer.BadParameter(str(error)) from error
    started = time.monotonic()
    bootstrap.load(store, source)
    seconds = time.monotonic() - started
    typer.echo(
        f"{source.total} records, {notes} of them notes, in {seconds:.0f} s:"
        f" {notes / seconds:.0f} notes/s, with every check, index, document and search.",
        err=True,
    )


if __name__ == "__main__":
    typer.run(run)
