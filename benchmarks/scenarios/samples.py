"""Random samples of a store, with a fixed seed: records, filters and words to request."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from urllib.parse import quote

MOST = 20_000
INCLUDE = "study,reference,claims"


@contextmanager
def _open(store: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(store)
    yield connection
    connection.close()


def notes(store: Path) -> int:
    """Return the number of evidence notes."""
    with _open(store) as connection:
        return int(connection.execute("SELECT count(*) FROM evidence").fetchone()[0])


def slugs(store: Path, most: int = MOST) -> list[str]:
    """Return the slugs of random notes."""
    with _open(store) as connection:
        ids = [number for (number,) in connection.execute("SELECT id FROM evidence")]
        sampled = Random(1).sample(ids, min(most, len(ids)))
        sql = "SELECT slug FROM record WHERE id = ?"
        return [connection.execute(sql, (number,)).fetchone()[0] for number in sampled]


def filters(store: Path) -> list[tuple[str, str]]:
    """Return pairs of claim and direction, each with at least one note."""
    sql = (
        "SELECT DISTINCT c.slug, f.direction FROM claim k JOIN record c ON c.id = k.id"
        " JOIN finding f ON f.claim_id = k.id ORDER BY c.slug, f.direction"
    )
    with _open(store) as connection:
        pairs = connection.execute(sql).fetchall()
    Random(1).shuffle(pairs)
    return pairs[:MOST]


def claims_by_trials(store: Path) -> list[str]:
    """Return the slugs of all claims with a verdict, those with most trials first."""
    sql = (
        "SELECT r.slug FROM verdict v JOIN record r ON r.id = v.claim_id"
        " ORDER BY coalesce(v.trials, 0) DESC, r.slug"
    )
    with _open(store) as connection:
        return [slug for (slug,) in connection.execute(sql)]


def slug_at(store: Path, row: int) -> str:
    """Return the slug of the note at a row of the list, counted from 0."""
    sql = "SELECT slug FROM record WHERE type = 'evidence' ORDER BY slug LIMIT 1 OFFSET ?"
    with _open(store) as connection:
        return str(connection.execute(sql, (row,)).fetchone()[0])


def words(store: Path, least: float, most: float) -> list[str]:
    """Return words that occur in `least` to `most` records, one for each stem."""
    sql = (
        "SELECT min(w.word) FROM search_word w JOIN search_term t ON t.term = w.term"
        " WHERE length(w.word) > 4 GROUP BY w.term HAVING sum(t.count) / count(DISTINCT w.word)"
        " BETWEEN ? AND ? ORDER BY 1"
    )
    with _open(store) as connection:
        chosen = [word for (word,) in connection.execute(sql, (least, most))]
    Random(1).shuffle(chosen)
    return chosen[:MOST]


def names(store: Path) -> list[str]:
    """Return the names and synonyms of entities, such as compounds and receptors."""
    sql = (
        "SELECT DISTINCT text FROM search_name WHERE tier = 0 AND field IN ('name', 'synonym')"
        " AND length(text) > 5 ORDER BY text"
    )
    with _open(store) as connection:
        return [name for (name,) in connection.execute(sql)]


def beginnings(names: Sequence[str]) -> list[str]:
    """Return the first two to six letters of random names, as they are typed."""
    rng = Random(1)
    return [rng.choice(names)[: rng.randint(2, 6)] for _ in range(MOST)]


def misspelt(names: Sequence[str], count: int) -> list[str]:
    """Return random names with one letter left out, doubled, replaced or swapped with the next."""
    rng = Random(1)
    wrong: list[str] = []
    while len(wrong) < count:
        name = rng.choice(names)
        at = rng.randrange(1, len(name) - 1)
        before, letter, after = name[:at], name[at], name[at + 1 :]
        forms = (after, letter * 2 + after, "x" + after, after[0] + letter + after[1:])
        if letter.isalpha():
            wrong.append(before + rng.choice(forms))
    return wrong


def ours_record(slug: str) -> str:
    """Return the address of a record with its includes."""
    return f"/v1/evidence/{slug}?include={INCLUDE}"


def ours_list(claim: str, direction: str) -> str:
    """Return the address of a list with two filters."""
    return f"/v1/evidence?claim={claim}&direction={direction}&limit=50"


def search(words: str) -> str:
    """Return the address of a search."""
    return f"/v1/search?q={quote(words)}"


def suggest(typed: str) -> str:
    """Return the address of suggestions."""
    return f"/v1/suggest?q={quote(typed)}"
