"""Resolve a name or identifier to the records that it means.

A text is read as an address of a record, as a name or identifier however it is spelled
(`name_index.lookup_keys`), as a variant of a name that the collection declares
(`SearchFields.variants`), as the structure of a compound (`app.domain.chemical_structures`), and
last as several names that are combined: `D2/D3`.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from app import models as m
from app.domain.chemical_structures import structure_forms
from app.domain.identifiers import OWN_PREFIX, SLUG
from app.domain.name_variants import combined_names, name_with_other
from app.domain.pasted_text import plain_text
from app.domain.text_folding import alphanumeric_key, name_key
from app.domain.vocabulary import NameField
from app.kit.declarations import AlternativeForm
from app.kit.resource import Resource
from app.kit.sessions import ReadSession
from app.resources import RESOURCES
from app.services.search import index_entry, name_index
from app.services.search.name_index import MAX_MATCHES, NameMatch
from app.services.store.withdrawals import Row, withdrawal

#: Characters of a name; a longer text has no variants and combines no names.
LONGEST_NAME = 300
#: Candidates that the error of an ambiguous reference lists.
MAX_CANDIDATES = 10
_FIELDS = {field: number for number, field in enumerate(NameField)}
_KINDS = {name: r.record_type for r in RESOURCES.values() for name in (r.name, r.record_type)}
#: Fields that name one record alone; a synonym or a title may be shared.
_OWN_FIELDS = (NameField.NAME, NameField.SLUG, NameField.IDENTIFIER)
#: Between record type and slug: `claim:slug`, `/v1/claims/slug`, `claim.slug`.
_BETWEEN_TYPE_AND_SLUG = re.compile(r"[:/.?#]+")


@dataclass(frozen=True)
class Match:
    """A record that a text means, by which of its names.

    Args:
        named: The name or identifier of the record.
        variant: The variant of the text that matched; None if the text itself did.
        part: The part of the text that matched, if the text combines several names.
    """

    named: NameMatch
    variant: AlternativeForm | None = None
    part: str | None = None

    @property
    def rank(self) -> int:
        """How surely the record is meant; the smallest is the surest."""
        if self.named.field is NameField.RELATED_IDENTIFIER:
            return 3
        return 2 if self.variant else int(self.named.field not in _OWN_FIELDS)


@dataclass(frozen=True)
class ResolvedText:
    """Records that a name or identifier may mean; `more`: there are more matches than listed."""

    text: str
    matches: list[dict[str, Any]]
    more: bool


def resolve_text(session: ReadSession, text: str) -> ResolvedText:
    """Return the records that a text names, each once.

    Exact names and identifiers come before variants and related identifiers of other databases.
    """
    matches = find_matches(session, text)
    return resolved_text(text, matches, render_matches(session, [matches])[0])


def resolved_text(
    text: str, matches: Sequence[Match], rendered: list[dict[str, Any]]
) -> ResolvedText:
    """Return the matches of a text as the records that it may mean."""
    return ResolvedText(text, rendered, len(matches) >= MAX_MATCHES)


def find_matches(
    session: ReadSession, text: str, record_types: Collection[str] = ()
) -> list[Match]:
    """Return the records that a text names, each once, the surest first.

    Args:
        record_types: Record types to include; all if empty.
    """
    if by_structure := _by_structure(session, text.strip(), record_types):
        return by_structure
    plain = plain_text(text)
    if addressed := _match_address(session, plain, record_types):
        return addressed
    head, _, rest = plain.partition(":")
    record_type = _KINDS.get(head.strip().lower())
    if record_type and rest.strip() and (not record_types or record_type in record_types):
        plain, record_types = rest.strip(), [record_type]  # `compound:Spravato`
    return (
        _by_name(session, plain, record_types)
        or _by_both_names(session, plain, record_types)
        or _by_parts(session, plain, record_types)
    )


@dataclass(frozen=True)
class ReferenceMatch:
    """The records that a text refers to where records of certain types are expected.

    Args:
        records: What it means, in the form of `/v1/resolve`: one record, or each of a combined
            name; empty if that is unknown or ambiguous.
        candidates: Records that may be meant instead.
        ambiguous: Whether it means several records, each as surely as the others.
    """

    records: list[dict[str, Any]]
    candidates: list[dict[str, Any]]
    ambiguous: bool = False


def find_reference(session: ReadSession, record_types: Sequence[str], text: str) -> ReferenceMatch:
    """Return the record of some record types that a text refers to.

    It is the record that has it as name, slug or identifier; else as synonym or title; else as a
    variant of a name. Of a whole and its parts, such as a complex and its subunits, it is the
    whole. Related identifiers are no reference: they name something else. Records with similar
    names are not looked for: `similar_names` takes ten times as long.
    """
    matches = find_matches(session, text, record_types)
    parts = dict.fromkeys(match.part for match in matches)
    chosen: list[Match] = []
    for part in parts:
        of_part = [match for match in matches if match.part == part]
        best = [match for match in of_part if match.rank == of_part[0].rank and match.rank < 3]
        chosen += _without_parts(session, best) if len(best) > 1 else best
    rendered = render_matches(session, [chosen])[0]
    if chosen and len(chosen) == len(parts):
        return ReferenceMatch(rendered, [])
    if chosen:
        return ReferenceMatch([], rendered, ambiguous=True)
    related = [match for match in matches if match.rank == 3][:MAX_CANDIDATES]
    return ReferenceMatch([], render_matches(session, [related])[0])


def _without_parts(session: ReadSession, matches: list[Match]) -> list[Match]:
    """Return the matches without those that are parts of another one."""
    ids = {index_entry.record_id(match.named.text_id) for match in matches}
    parts: set[int] = set()
    for resource in _of_types({match.named.type for match in matches}):
        if resource.part_link:
            whole, part = resource.part_link
            stmt = select(part).where(whole.in_(ids), part.in_(ids), whole != part)
            parts |= set(session.execute(stmt).scalars())
    return [m for m in matches if index_entry.record_id(m.named.text_id) not in parts] or matches


def _by_name(session: ReadSession, text: str, record_types: Collection[str]) -> list[Match]:
    exact = set(name_index.lookup_keys(text))
    name = text if len(text) <= LONGEST_NAME else ""
    variants = {
        (record_type, name_key(variant.text)[:200]): variant
        for record_type, variant in name_variants(name, record_types)
    }
    keys = {*exact, *(key for _, key in variants)}
    matches = []
    for named in name_index.by_name(session, keys) if keys else ():
        if record_types and named.type not in record_types:
            continue
        if named.key in exact:
            matches.append(Match(named))
        elif (variant := variants.get((named.type, named.key))) and (
            not variant.recorded_only or named.key == name_key(named.text)
        ):
            matches.append(Match(named, variant))
    best: dict[int, Match] = {}
    for match in sorted(matches, key=lambda match: _order(match, text)):
        best.setdefault(match.named.text_id, match)
    return list(best.values())


def name_variants(
    name: str, record_types: Collection[str]
) -> Iterator[tuple[str, AlternativeForm]]:
    """Yield the variants of a name with their record types, of some types or of all."""
    for record_type, variant in _all_variants(name):
        if not record_types or record_type in record_types:
            yield record_type, variant


@lru_cache(maxsize=512)  # of an unknown name they are needed twice: see `similar_names`
def _all_variants(name: str) -> tuple[tuple[str, AlternativeForm], ...]:
    return tuple(
        (resource.record_type, variant)
        for resource in RESOURCES.values()
        for variant in resource.search.variants(name)
    )


def _by_structure(session: ReadSession, text: str, record_types: Collection[str]) -> list[Match]:
    """Return the record of a SMILES or InChI, or else of the base of a salt."""
    for form in structure_forms(text):
        if form.smiles:
            key = index_entry.exact_key(form.smiles)
        else:
            key = name_key(f"inchikey:{form.inchikey}")
        matches = [
            Match(named, form.salt)
            for named in name_index.by_name(session, [key])
            if not record_types or named.type in record_types
        ]
        if matches:
            return matches
    return []


def _order(match: Match, text: str) -> tuple[Any, ...]:
    named = match.named
    uncertain = match.rank if match.rank > 1 else 0
    return (uncertain, named.text_id, named.text != text, _FIELDS[named.field])


def _by_both_names(session: ReadSession, text: str, record_types: Collection[str]) -> list[Match]:
    """Return the records that have both names of a text such as `Spravato (esketamine)`."""
    names = name_with_other(text) if len(text) <= LONGEST_NAME else None
    if names is None:
        return []
    first, other = (
        {
            match.named.text_id: replace(match, part=name)
            for match in _by_name(session, name, record_types)
            if match.named.field is not NameField.RELATED_IDENTIFIER
        }
        for name in names
    )
    return [match for text_id, match in first.items() if text_id in other]


def _by_parts(session: ReadSession, text: str, record_types: Collection[str]) -> list[Match]:
    """Return the records of names that are combined, of one record type; empty unless all exist."""
    matches_by_part: list[list[Match]] = []
    for forms in combined_names(text) if len(text) <= LONGEST_NAME else ():
        matches: list[Match] = []
        for form in dict.fromkeys(forms):
            matches = matches or [
                replace(match, part=form)
                for match in _by_name(session, form, record_types)
                if match.named.field is not NameField.RELATED_IDENTIFIER
            ]
        if not matches:
            return []
        matches_by_part.append(matches)
    common = [{match.named.type for match in matches} for matches in matches_by_part]
    types = set.intersection(*common) if common else set()
    best: dict[int, Match] = {}
    for matches in matches_by_part:
        of_type = [match for match in matches if match.named.type in types]
        for match in of_type:
            if match.rank == min(m.rank for m in of_type):
                best.setdefault(match.named.text_id, match)
    return list(best.values())


def _match_address(session: ReadSession, text: str, record_types: Collection[str]) -> list[Match]:
    """Return the record that a record type with a slug, or a URL, addresses."""
    for kind, slug in _parse_address(text):
        if record_types and kind not in record_types:
            continue
        stmt = select(m.Record.id).where(m.Record.type == kind, m.Record.slug == slug.lower())
        key = session.execute(stmt).scalar_one_or_none()
        if key is not None:
            match_id = index_entry.search_id(kind, key)
            named = NameMatch(match_id, 0, alphanumeric_key(slug), NameField.SLUG, slug.lower())
            return [Match(named)]
    return []


def _parse_address(text: str) -> Iterator[tuple[str, str]]:
    """Parse a record type and slug from an address.

    It is `claim:slug`, `claims/slug`, the URL of a record or of anything about it, or our own CURIE
    (`ketamine-kb:claim.slug`).
    """
    path = text.partition("/v1/")[2] if "/v1/" in text else text.strip("/ ")
    if path.lower().startswith(f"{OWN_PREFIX}:"):
        path = path[len(OWN_PREFIX) + 1 :]
    parts = _BETWEEN_TYPE_AND_SLUG.split(path, maxsplit=6)
    for head, slug in pairwise(parts):
        if (kind := _KINDS.get(head.strip().lower())) and slug.strip():
            yield kind, slug.strip()


def find_withdrawn(session: ReadSession, text: str) -> tuple[Resource, Row] | None:
    """Return the withdrawal of the record that a text addresses; the record type may be omitted."""
    for kind, slug in [*_parse_address(text), (None, text)]:
        kinds = [kind] if kind else [r.record_type for r in RESOURCES.values() if not r.derived]
        if SLUG.fullmatch(slug) and (row := withdrawal(session, kinds, slug)):
            return RESOURCES.by_record_type[row["type"]], row
    return None


def render_matches(
    session: ReadSession, groups: Sequence[Sequence[Match]]
) -> list[list[dict[str, Any]]]:
    """Return groups of matches as they are served, read in one statement."""
    ids = {match.named.text_id for matches in groups for match in matches}
    labels = index_entry.slugs_and_names(session, ids)
    return [
        [
            _rendered(match, *labels[match.named.text_id])
            for match in matches
            if match.named.text_id in labels
        ]
        for matches in groups
    ]


def _rendered(match: Match, slug: str, name: str) -> dict[str, Any]:
    return {
        "type": match.named.type,
        "slug": slug,
        "name": name,
        "url": f"/v1/{RESOURCES.by_record_type[match.named.type].name}/{slug}",
        "matched": match.named.field,
        "text": match.named.text,
        "salt": match.variant.left_out if match.variant else None,
        "part": match.part,
    }


def _of_types(record_types: Collection[str]) -> list[Resource]:
    """Return the collections of record types; all if empty."""
    types = record_types or RESOURCES.by_record_type
    return [RESOURCES.by_record_type[record_type] for record_type in types]
