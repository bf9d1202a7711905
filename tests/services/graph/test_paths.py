"""Paths: the best chains first, within a budget."""

import itertools

import networkx as nx
import pytest

from app.domain.graph import Edge, chain_sign, weakest_step
from app.services.graph import serialisation
from app.services.graph.graph import Graph
from app.services.graph.paths import Budget, PathResult, find_paths
from tests.services.graph.builders import edge, graph, random_graph


def search_paths(
    g: Graph, a: str, b: str, k: int = 5, max_hops: int = 8, budget: int = 10**9
) -> PathResult:
    ends = (f"process:{a}", f"process:{b}")
    return find_paths(g, ends, k, max_hops, budget=Budget(budget, seconds=600))


def claims(found: PathResult) -> list[list[str]]:
    return [[step.claim for step in chain] for chain in found.chains]


def test_a_long_path_of_strong_steps_ranks_before_a_short_one_with_a_weak_step() -> None:
    g = graph(
        edge("short", "a", "d", "weak"),
        edge("one", "a", "b"),
        edge("two", "b", "c"),
        edge("three", "c", "d"),
        edge("skip", "b", "d"),
    )
    assert claims(search_paths(g, "a", "d")) == [
        ["one", "skip"],
        ["one", "two", "three"],
        ["short"],
    ]


def test_no_path_exceeds_the_maximum_length_or_repeats_an_entity() -> None:
    g = random_graph(5, 12, 60)
    for chain in search_paths(g, "0", "11", k=20, max_hops=4).chains:
        met = [chain[0].subject, *(step.object for step in chain)]
        assert len(met) == len(set(met)) <= 5


@pytest.mark.parametrize("seed", range(12))
def test_the_best_paths_equal_those_of_an_exhaustive_search(seed: int) -> None:
    g = random_graph(seed, 9, 34)
    ends = ("process:0", "process:8")
    if any(end not in g.nodes for end in ends):
        pytest.skip("the tangle has no such ends")
    every = []
    for nodes in nx.all_simple_paths(nx.DiGraph(g.networkx), *ends, cutoff=6):
        chain = [g.between(a, b)[0] for a, b in itertools.pairwise(nodes)]
        every.append(worth(chain))
    found = search_paths(g, "0", "8", k=20, max_hops=6).chains
    assert [worth(chain) for chain in found] == sorted(every)[:20]


def worth(chain: list[Edge]) -> tuple[int, int, int]:
    """Less is better: the weakest step, the length, the steps together."""
    return -weakest_step(chain).rank, len(chain), -sum(step.rank for step in chain)


def test_a_hub_to_hub_query_on_20_000_claims_ends_within_its_budget() -> None:
    g = random_graph(3, 4000, 20_000)
    found = find_paths(g, ("process:0", "process:1"), 20, 8, budget=Budget(seconds=600))
    assert found.truncated is None
    assert len(found.chains) == 20


def maze(wide: int, deep: int) -> Graph:
    """Layers of entities, all linked to all of the next: more chains than can be looked at."""
    found: list[Edge] = []
    for layer, a, b in itertools.product(range(deep), range(wide), range(wide)):
        found.append(edge(f"c{layer}-{a}-{b}", f"{layer}-{a}", f"{layer + 1}-{b}"))
    return graph(*found)


def test_a_search_over_budget_is_marked_and_returns_the_paths_so_far() -> None:
    g = maze(26, 12)
    budget = Budget(30_000, seconds=600)
    found = find_paths(g, ("process:0-0", "process:12-0"), 20, 12, budget=budget)
    assert found.truncated == "The search stopped after looking at 30000 edges."
    assert budget.edges_seen <= 30_001
    assert 0 < len(found.chains) < 20
    assert not found.by_clock


def test_a_search_over_its_time_limit_is_marked_as_not_reproducible() -> None:
    g = maze(26, 12)
    found = find_paths(g, ("process:0-0", "process:12-0"), 20, 12, budget=Budget(10**9, seconds=0))
    assert found.truncated == "The search stopped after 0 seconds."
    assert found.by_clock


def test_only_accepted_claims_are_used() -> None:
    g = graph(edge("good", "a", "b"), edge("bad", "a", "c", "refuted"), edge("on", "c", "b"))
    ends = ("process:a", "process:b")
    kept = find_paths(g, ends, 5, 8, lambda e: e.verdict.value != "refuted")
    assert claims(kept) == [["good"]]
    assert claims(find_paths(g, ends, 5, 8)) == [["good"], ["bad", "on"]]


def test_a_step_with_two_claims_uses_the_stronger_and_lists_the_other() -> None:
    g = graph(edge("weaker", "a", "b", "weak", sign=-1), edge("stronger", "a", "b", "established"))
    (path,) = serialisation.ranked_paths(g, search_paths(g, "a", "b").chains)
    (step,) = path["steps"]
    assert step["claim"] == "stronger"
    assert [other["claim"] for other in step["alternatives"]] == ["weaker"]
    assert path["sign"] == 1


def test_a_path_lists_the_paths_that_avoid_its_weakest_step() -> None:
    g = graph(
        edge("first", "a", "b"),
        edge("doubtful", "b", "d", "weak", studies_against=1),
        edge("round", "b", "c", "contested", sign=-1),
        edge("back", "c", "d", sign=-1),
    )
    better, worse = serialisation.ranked_paths(g, search_paths(g, "a", "d").chains)
    assert [step["claim"] for step in better["steps"]] == ["first", "round", "back"]
    assert better["sign"] == chain_sign([g.edges[c] for c in ("first", "round", "back")]) == 1
    assert worse["weakest"]["claim"] == "doubtful"
    assert worse["disputed"] == ["doubtful"]
    assert worse["avoiding_weakest_step"] == [1]


def test_no_path_follows_a_claim_against_its_direction() -> None:
    g = graph(edge("one-way", "a", "b"))
    assert claims(search_paths(g, "b", "a")) == []
