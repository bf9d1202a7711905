"""Index entry of one record: its terms, texts and whole names."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic_core import from_json, to_json
from sqlalchemy import select

from app import models as m
from app.domain.text_folding import alphanumeric_key, name_keys
from app.domain.vocabulary import NameField, XrefRelation
from app.kit.prepared_statements import PreparedStatement
from app.kit.raw_json import Row
from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.resources import RESOURCES
from app.services.search import tokenizer

#: Bits of a search id that hold the record id.
SHIFT = 40
#: Begins a line whose words count as words of a name, but which is no name itself.
ALTERNATIVE_SEPARATOR = " ~ "
_NUMBERS = {r.record_type: r.search.number for r in RESOURCES.values()}
_TYPES = {number: record_type for record_type, number in _NUMBERS.items()}
#: Every record type, in the order in which records of equal score follow each other.
RECORD_TYPES = tuple(_TYPES[number] for number in sorted(_TYPES))
_CITES = re.compile(r"\s*\[[a-z0-9, -]+\]")
#: The texts that are names; they come first.
NAME_FIELDS = ("name", "synonym", "title")
Texts = list[tuple[str, str]]
_RESULT_TEXTS = PreparedStatement(
    lambda ids: select(
        m.SearchText.id,
        m.SearchText.slug,
        m.SearchText.shown,
        m.SearchText.names,
        m.SearchText.body,
    ).where(m.SearchText.id.in_(ids))
)

_SLUGS_AND_NAMES = PreparedStatement(
    lambda ids: select(m.Record.id, m.Record.slug, m.Record.name).where(m.Record.id.in_(ids))
)


def search_id(kind: str, record_id: int) -> int:
    """Pack search number (high bits) and record id (low 40 bits): the order of equal scores."""
    return _NUMBERS[kind] << SHIFT | record_id


def type_of(search_id: int) -> str:
    """Return the record type of a search id."""
    return _TYPES[search_id >> SHIFT]


def record_id(search_id: int) -> int:
    """Return the record id of a search id."""
    return search_id & ((1 << SHIFT) - 1)


def id_range(kind: str) -> tuple[int, int]:
    """Return the range of search ids of a record type: first, and end (exclusive)."""
    return _NUMBERS[kind] << SHIFT, (_NUMBERS[kind] + 1) << SHIFT


#: The ids of all record types.
EVERY_ID = (id_range(RECORD_TYPES[0])[0], id_range(RECORD_TYPES[-1])[1])


def exact_key(text: str) -> str:
    """Return the key of a text that identifies a record to the character, such as a SMILES.

    It has the length of any key, and no key of a name begins with `=`.
    """
    return f"={hashlib.sha256(text.encode()).hexdigest()[:40]}"


@dataclass(slots=True)
class IndexEntry:
    """Search data of one record.

    `names` and `body` have one line of terms for each name or other text, in the order of `texts`.
    `names` may have one more line: terms that only the slug contains, such as author and year.
    `exact` are the texts that identify the record to the character.
    """

    id: int
    slug: str
    names: str
    body: str
    in_people: bool
    texts: Texts
    whole: Texts
    exact: list[str] = field(default_factory=list)

    @property
    def terms(self) -> set[str]:
        """Terms to count for this record, with the empty term that counts all records."""
        return {"", *self.names.split(), *self.body.split()}

    def row(self) -> tuple[Any, ...]:
        """Return the row of `search_text`, with the columns `COLUMNS`."""
        texts_json = to_json(self.texts).decode()
        return self.id, self.slug, self.names, self.body, self.in_people, texts_json

    def name_rows(self) -> list[tuple[Any, ...]]:
        """Return the rows of `search_name`, with the columns `NAME_COLUMNS`.

        An identifier has two keys: with and without its prefix. A name that states both
        configuration and rotation has three (see `name_keys`).
        """
        keys: dict[tuple[str, str], str] = {}
        for text in self.exact:
            keys[exact_key(text), NameField.IDENTIFIER] = text
        for source, text in self.whole:
            forms = name_keys(text)
            if source in (NameField.IDENTIFIER, NameField.RELATED_IDENTIFIER):
                forms = [alphanumeric_key(form) for form in (text, text.partition(":")[2])]
            for form in forms:
                if key := form[:200]:
                    keys.setdefault((key, source), text)
        tier = RESOURCES.by_record_type[type_of(self.id)].search.suggest_tier
        return [
            (self.id, number, tier, key, source, text)
            for number, ((key, source), text) in enumerate(keys.items())
        ]


COLUMNS = ("id", "slug", "names", "body", "in_people", "shown")
NAME_COLUMNS = ("text_id", "position", "tier", "key", "field", "text")


def index_entries(
    resource: Resource, rows: Mapping[int, Row], words_seen: set[str]
) -> dict[int, IndexEntry]:
    """Build the index entries of records of one type, by record id.

    Args:
        rows: Parsed documents by record id.
        words_seen: Set to which all words of the texts are added, for the spelling dictionary.
    """
    return {key: _index_entry(resource, key, row, words_seen) for key, row in rows.items()}


def entries_for(session: ReadSession, stmt: Any) -> list[IndexEntry]:
    """Return the stored entries of the rows of `search_text` that a statement selects."""
    return [
        IndexEntry(row.id, row.slug, row.names, row.body, row.in_people, json.loads(row.shown), [])
        for row in session.execute(stmt)
    ]


@dataclass(slots=True)
class ResultTexts:
    """Texts of one record for a search result, the name first, with their lines of terms."""

    slug: str
    texts: Texts
    names: str
    body: str

    @property
    def name(self) -> str:
        """Name of the record."""
        return self.texts[0][1]

    @property
    def name_count(self) -> int:
        """Number of texts that are names; they come first."""
        return sum(field in NAME_FIELDS for field, _ in self.texts)


def result_texts(session: ReadSession, ids: Iterable[int]) -> dict[int, ResultTexts]:
    """Return the texts of records by search id."""
    rows = _RESULT_TEXTS.rows(session, ids=list(set(ids)))
    return {key: ResultTexts(slug, from_json(texts), *lines) for key, slug, texts, *lines in rows}


def slugs_and_names(session: ReadSession, ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Return slug and name of records by search id."""
    search_ids = {record_id(key): key for key in ids}
    rows = _SLUGS_AND_NAMES.rows(session, ids=list(search_ids))
    return {search_ids[key]: (slug, name) for key, slug, name in rows}


def _index_entry(
    resource: Resource, key: int, row: dict[str, Any], words_seen: set[str]
) -> IndexEntry:
    def terms(text: str) -> str:
        chunks = text.split()
        words_seen.update(chunks)
        return tokenizer.stems_of(chunks)

    search = resource.search
    names: Texts = [("name", row["name"]), *(("synonym", s) for s in row["synonyms"])]
    names += [("title", row[title]) for title in search.titles if row[title]]
    lines = [terms(text) for _, text in names]
    terms_held = set(" ".join(lines).split())
    # A slug often contains what no name does, such as author and year.
    slug = tokenizer.terms(row["slug"].replace("-", " ")).split()
    aside = " ".join(term for term in slug if term not in terms_held)
    texts = list(_texts(resource, row, ("summary", *search.texts, "description")))
    return IndexEntry(
        id=search_id(resource.record_type, key),
        slug=row["slug"],
        names=_lines(lines) + (f"{ALTERNATIVE_SEPARATOR}{aside} \n" if aside else ""),
        body=_lines(terms(text) for _, text in texts),
        in_people=_is_preferred(resource, row),
        texts=[*names, *texts],
        whole=[*names, ("slug", row["slug"]), *_identifiers(resource, row)],
        exact=[row[name] for name in search.exact_texts if row[name]],
    )


def _is_preferred(resource: Resource, row: Row) -> bool:
    if resource.search.preferred is None:
        return False
    name, value = resource.search.preferred
    return bool(row[name] == value)


def _lines(lines: Iterable[str]) -> str:
    return "".join(f" {line} \n" for line in lines)


def _texts(resource: Resource, row: Row, fields: Iterable[str]) -> Iterator[tuple[str, str]]:
    for name in fields:
        head, _, tail = name.partition(".")
        is_enum = head in resource.enum_fields
        value = row[head]
        for item in value if isinstance(value, list) else [value]:
            content = item.get(tail or "name") if isinstance(item, dict) else item
            if content is not None:
                yield head, content.replace("_", " ") if is_enum else _plain(str(content))


def _plain(text: str) -> str:
    """Return a text on one line, without the citations of notes (`[slug, slug]`)."""
    if "[" in text:
        text = _CITES.sub("", text)
    return " ".join(text.split()) if "\n" in text else text


def _identifiers(resource: Resource, row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, as_curie in resource.search.identifiers.items():
        if row[name]:
            yield "identifier", as_curie(row[name])
    for xref in row["xrefs"]:
        exact = xref["relation"] == XrefRelation.EXACT
        yield "identifier" if exact else "related_identifier", xref["curie"]
