"""Structures resolve to their compounds: SMILES as recorded, InChI by its key, and salts."""

from urllib.parse import quote

import httpx
import pytest

from tests.params import ONE_STORE

KETAMINE = (
    "InChI=1S/C13H16ClNO/c1-15-13(9-5-4-8-12(13)16)10-6-2-3-7-11(10)14/h2-3,6-7,15H,4-5,8-9H2,1H3"
)
HYDROCHLORIDE = KETAMINE.replace("/C13H16ClNO/", "/C13H16ClNO.ClH/").replace("14/h", "14;/h")


@ONE_STORE
def test_every_recorded_smiles_means_its_compound_alone(shipped_client: httpx.Client) -> None:
    rows = shipped_client.get("/v1/compounds?fields=smiles&limit=500").json()["data"]
    slugs: dict[str, set[str]] = {}
    for row in rows:
        if row["smiles"]:
            slugs.setdefault(row["smiles"], set()).add(row["slug"])
    assert len(slugs) > 20
    answer = shipped_client.post("/v1/resolve", json={"ids": list(slugs)}).json()["data"]
    assert {r["text"]: {match["slug"] for match in r["matches"]} for r in answer} == slugs
    batch = shipped_client.post("/v1/compounds/batch", json={"ids": list(slugs)}).json()["data"]
    assert all(result["found"] for result in batch)


@ONE_STORE
@pytest.mark.parametrize(
    ("text", "slug", "salt"),
    [
        (KETAMINE, "ketamine", None),
        (f"{KETAMINE}/t13-/m0/s1", "esketamine", None),
        (f" {KETAMINE}/t13-/m1/s1 ", "arketamine", None),
        (f"{HYDROCHLORIDE};1H", "ketamine", "hydrochloride"),
        (f"{HYDROCHLORIDE};1H/t13-;/m0./s1", "esketamine", "hydrochloride"),
        ("CNC1(c2ccccc2Cl)CCCCC1=O.Cl", "ketamine", "hydrochloride"),
    ],
)
def test_an_inchi_or_a_salt_means_its_compound(
    shipped_client: httpx.Client, text: str, slug: str, salt: str | None
) -> None:
    answer = shipped_client.get(f"/v1/resolve/{quote(text, safe='')}")
    assert [(m["slug"], m["salt"]) for m in answer.json()["data"]["matches"]] == [(slug, salt)]
    listed = shipped_client.get("/v1/affinities", params={"compound": f"dizocilpine,{text}"})
    assert listed.json()["meta"]["filters"]["compound"] == ["dizocilpine", slug]


@ONE_STORE
@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("InChI=1S/CH4/h1H4", "VNWKTOKETHGBQD-UHFFFAOYSA-N"),
        ("InChI=1/CH4/h1H4", "InChI=1S/"),
        ("CC(=O)Oc1ccccc1C(=O)O", "InChIKey"),
        ("CNC1(C2CCCCC2Cl)CCCCC1=O", "InChIKey"),  # not aromatic
    ],
)
def test_an_unknown_structure_is_a_404_that_says_what_to_send(
    shipped_client: httpx.Client, text: str, hint: str
) -> None:
    answer = shipped_client.get(f"/v1/resolve/{quote(text, safe='')}")
    assert answer.status_code == 404
    assert hint in answer.json()["detail"]
