"""Chains of the literature, as they were read by hand, that the shipped claims must still join."""

import httpx
import pytest

#: from, to, sign, the claims in order.
CHAINS = [
    ("compound:ketamine", "receptor:nmda-receptor", -1, ["ketamine-blocks-nmda-receptor"]),
    (
        "process:glutamate-release",
        "receptor:ntrk2",
        1,
        [
            "glutamate-activates-ampa-receptors",
            "ampa-receptors-open-calcium-channels",
            "calcium-channels-release-bdnf",
            "bdnf-activates-trkb",
        ],
    ),
    (
        "receptor:ntrk2",
        "process:spine-formation",
        1,
        [
            "trkb-activates-akt-and-erk",
            "akt-and-erk-activate-mtorc1",
            "mtorc1-phosphorylates-s6k-and-4e-bp",
            "s6k-and-4e-bp-raise-synaptic-proteins",
            "synaptic-proteins-build-prefrontal-spines",
        ],
    ),
    (
        "process:synaptic-protein-synthesis",
        "process:antidepressant-like-behaviour",
        1,
        [
            "synaptic-proteins-build-prefrontal-spines",
            "new-spines-maintain-antidepressant-effect",
        ],
    ),
    (
        "receptor:ntrk2",
        "process:antidepressant-effect",
        1,
        [
            "trkb-activates-akt-and-erk",
            "akt-and-erk-activate-mtorc1",
            "mtorc1-needed-for-ketamine-effect",
        ],
    ),
    (
        "compound:ketamine",
        "receptor:mtorc1",
        1,
        ["ketamine-binds-trkb", "trkb-activates-akt-and-erk", "akt-and-erk-activate-mtorc1"],
    ),
    (
        "compound:ketamine",
        "receptor:eef2k",
        -1,
        ["ketamine-blocks-nmda-receptor-at-rest", "nmda-block-at-rest-deactivates-eef2k"],
    ),
    (
        "compound:ketamine",
        "compound:hnk-2r6r",
        0,
        ["ketamine-is-demethylated-to-norketamine", "norketamine-is-hydroxylated-to-hnk"],
    ),
    (
        "compound:norketamine",
        "process:antidepressant-like-behaviour",
        0,
        ["norketamine-is-hydroxylated-to-hnk", "hnk-is-antidepressant-without-nmda-block"],
    ),
    (
        "compound:ketamine",
        "process:glutamate-release",
        1,
        [
            "ketamine-reduces-inhibition-of-pyramidal-cells",
            "interneuron-silence-disinhibits-pyramidal-neurons",
            "disinhibition-raises-prefrontal-glutamate",
        ],
    ),
    (
        "compound:ketamine",
        "process:spine-formation",
        1,
        [
            "ketamine-reduces-inhibition-of-pyramidal-cells",
            "interneuron-silence-disinhibits-pyramidal-neurons",
            "disinhibition-raises-prefrontal-glutamate",
            "glutamate-activates-ampa-receptors",
            "ampa-receptors-open-calcium-channels",
            "calcium-channels-release-bdnf",
            "bdnf-activates-trkb",
            "trkb-activates-akt-and-erk",
            "akt-and-erk-activate-mtorc1",
            "mtorc1-phosphorylates-s6k-and-4e-bp",
            "s6k-and-4e-bp-raise-synaptic-proteins",
            "synaptic-proteins-build-prefrontal-spines",
        ],
    ),
    (
        "compound:ketamine",
        "process:bdnf-translation",
        1,
        [
            "ketamine-blocks-nmda-receptor-at-rest",
            "nmda-block-at-rest-deactivates-eef2k",
            "low-phospho-eef2-frees-bdnf-translation",
        ],
    ),
    (
        "compound:ketamine",
        "process:monoamine-centre-activation",
        1,
        ["ketamine-blocks-habenula-bursts", "habenula-silencing-disinhibits-monoamine-centres"],
    ),
    (
        "compound:ketamine",
        "process:antidepressant-like-behaviour",
        1,
        ["ketamine-raises-phospho-gsk3", "gsk3-inhibition-needed-for-ketamine-effect"],
    ),
    ("compound:ketamine", "receptor:il6", -1, ["ketamine-lowers-il-6"]),
    ("compound:ketamine", "receptor:hcn1", -1, ["ketamine-inhibits-hcn1"]),
    ("compound:ketamine", "process:dopamine-release", 1, ["ketamine-raises-dopamine"]),
    ("compound:ketamine", "process:stress-resilience", 1, ["ketamine-raises-stress-resilience"]),
]


@pytest.mark.parametrize(("start", "end", "sign", "claims"), CHAINS)
def test_a_chain_of_the_literature_is_among_the_paths(
    shipped_client: httpx.Client, start: str, end: str, sign: int, claims: list[str]
) -> None:
    answer = shipped_client.get(
        "/v1/paths", params={"from": start, "to": end, "k": 20, "max_hops": 12}
    )
    found = {
        tuple(step["claim"] for step in path["steps"]): path["sign"]
        for path in answer.json()["data"]["paths"]
    }
    assert found.get(tuple(claims)) == sign
