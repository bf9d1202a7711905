"""The comparison of two checkouts: its table."""

from benchmarks.compare_checkouts import line


def test_a_row_gives_the_median_of_the_paired_ratios() -> None:
    row = line("cold list, CPU", "ms", [1.0, 2.0, 4.0], [2.0, 2.0, 2.0])
    assert row == "| cold list, CPU | 2 ms | 2 ms | 1.00 (0.50 to 2.00) |"
