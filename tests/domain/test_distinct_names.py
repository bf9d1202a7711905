"""Names that tell records apart: letters after the year."""

from app.domain.distinct_names import is_confusable, next_distinct_name, similar_names


def test_a_name_is_confusable_with_itself_and_with_the_lettered_ones() -> None:
    assert "zarate et al. 2006b" in similar_names("Zarate et al. 2006")
    assert is_confusable("Zarate et al. 2006", "zarate et al. 2006")
    assert is_confusable("Zarate et al. 2006", "zarate et al. 2006a")
    assert not is_confusable("Zarate et al. 2006b", "zarate et al. 2006a")
    assert not is_confusable("Zarate et al. 2006b", "zarate et al. 2006")


def test_the_next_letter_is_the_first_free_one() -> None:
    assert next_distinct_name("Zarate et al. 2006", {"zarate et al. 2006"}) == "Zarate et al. 2006b"
    taken = {"zarate et al. 2006a", "zarate et al. 2006b"}
    assert next_distinct_name("Zarate et al. 2006", taken) == "Zarate et al. 2006c"
    assert next_distinct_name("Zarate et al. 2006a", taken) == "Zarate et al. 2006c"
    assert next_distinct_name("Bioavailability", {"bioavailability"}) is None
