"""The simulation of error rates can be repeated, and its rule is never looser than its interval."""

from benchmarks.error_rates import EFFECT, NO_EFFECT, percentage, positive_shares

RUNS = 40


def test_a_cell_has_the_same_trials_in_each_run() -> None:
    assert positive_shares(2, 0.3, EFFECT, RUNS) == positive_shares(2, 0.3, EFFECT, RUNS)


def test_an_effect_is_seen_more_often_than_none_and_the_rule_asks_more_than_its_interval() -> None:
    for k in (1, 3):
        none, some = (positive_shares(k, 0.15, effect, RUNS) for effect in (NO_EFFECT, EFFECT))
        for shares in (none, some):
            assert shares["Whole rule"] <= shares["Bayesian interval"]
        assert none["Whole rule"] < some["Whole rule"]


def test_shares_are_printed_with_their_monte_carlo_error() -> None:
    assert percentage(0.05, 10_000) == "5.0 ± 0.2"
