"""Names of curators that readers cannot tell apart."""

import pytest

from app.domain.look_alike_names import look_alike


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("anna", "Anna"),
        ("anna", "аnna"),  # Cyrillic
        ("ANNA", "ΑΝΝΑ"),  # Greek
        ("anna", "ａｎｎａ"),  # full width
        ("Iris", "lris"),
        ("bill", "bi11"),
        ("marner", "rnarner"),
        ("Straße", "STRASSE"),
        ("a  b", "a\u00a0b"),
        ("josé", "jose\u0301"),
    ],
)
def test_look_alikes_in_both_directions(name: str, other: str) -> None:
    assert look_alike(name, other)
    assert look_alike(other, name)


@pytest.mark.parametrize(
    ("name", "other"),
    [("anna", "hanna"), ("anna", "ann"), ("jose", "josé"), ("a b", "ab"), ("anna 1", "anna 2")],
)
def test_names_that_differ_visibly(name: str, other: str) -> None:
    assert not look_alike(name, other)
