"""Prefixes follow Bioregistry: checked with its own package, which needs no network."""

import re
from types import ModuleType

import pytest

from app.domain.curie_prefixes import FIELDS, SPELLINGS, parse_curies
from app.domain.identifiers import PREFIXES

EVERY = [*PREFIXES, *FIELDS]


@pytest.fixture(scope="module")
def bioregistry() -> ModuleType:
    """Read where it is asked, for it takes seconds, and every worker of a test run would."""
    import bioregistry

    return bioregistry


@pytest.mark.parametrize("prefix", EVERY)
def test_a_prefix_is_bioregistry_s_own(bioregistry: ModuleType, prefix: str) -> None:
    assert bioregistry.normalize_prefix(prefix) == prefix


@pytest.mark.parametrize("prefix", SPELLINGS)
def test_other_spellings_are_bioregistry_s_synonyms(bioregistry: ModuleType, prefix: str) -> None:
    for other in SPELLINGS[prefix]:
        assert bioregistry.normalize_prefix(other) == prefix, other


@pytest.mark.parametrize("prefix", PREFIXES)
def test_an_identifier_of_ours_fits_bioregistry_s_pattern(
    bioregistry: ModuleType, prefix: str
) -> None:
    """Ours are stricter; what Bioregistry gives as an example, and we take, must be its own."""
    example = bioregistry.get_example(prefix)
    pattern = bioregistry.get_pattern(prefix)
    assert example
    assert pattern
    if re.fullmatch(PREFIXES[prefix][0], example):
        assert re.match(pattern, example)
    assert parse_curies(f"{prefix}:{example}") == [f"{prefix}:{example}"]


@pytest.mark.parametrize("prefix", EVERY)
def test_a_curie_is_read_in_any_case_and_from_addresses(
    bioregistry: ModuleType, prefix: str
) -> None:
    example = bioregistry.get_example(prefix)
    curie = f"{prefix}:{example}"
    assert parse_curies(f"{prefix.upper()}:{example}") == [curie]
    preferred = bioregistry.get_preferred_prefix(prefix) or prefix
    assert parse_curies(f"{preferred}: {example}") == [curie]
    assert parse_curies(f"https://bioregistry.io/{curie}") == [curie]
    assert parse_curies(f"https://identifiers.org/{curie}") == [curie]
    if banana := bioregistry.get_banana(prefix):
        assert parse_curies(f"{prefix}:{banana}:{example}") == [curie]
