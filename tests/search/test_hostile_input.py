"""Hostile questions: 200 or 422 on every address of search, never 500, on both stores."""

from urllib.parse import quote

import httpx
import pytest

OPERATORS = [
    'NEAR("a" "b", 2)', "a AND b", "a OR NOT b", "NOT", "AND", "names : ketamine", "names:ketamine",
    "{names body} : x", "^ketamine", "ket*", '"', '""', '"ketamine', "'", "''", "a'b", "(", ")",
    "((", "a + b", "-ketamine", "a & b", "a | !b", "a <-> b", "ketamine:*", "ketamine:A", "&", "!",
    "|",
    "\\", "\\'", "%", "_", "?", ":", "::", "/", "//", "..", "../../etc/passwd", ";--", "/* */",
    "$1", ":first0", "%(match0)s", "{}", "<script>alert(1)</script>", "\t", "\r\nX: y",
]  # fmt: skip
LONG = ["x" * 10_240, "ketamine " * 1_200, "a-" * 5_000, "(" * 10_000, '"' * 9_000, "1" * 9_000]
# A letter, or whatever stands there, from every plane of Unicode; and what joins or turns round.
PLANES = [
    chr(plane << 16 | low) for plane in range(17) for low in (0x0061, 0x0531, 0x1F600 & 0xFFFF)
]
ODD = [
    "\u202e",
    "\u200b",
    "\ufeff",
    "\ufffd",
    "e\u0301" * 50,
    "\u0345",
    "ﬁ",
    "İ",
    "ß",
    "ǅ",
    "½",
    "²",
]
BROKEN = ["\x00", "a\x00b"]
RAW = ["%ED%A0%80", "%00", "%ff%fe", "%", "%zz", "%F4%90%80%80"]
ALL = [*OPERATORS, *LONG, *PLANES, *ODD, *BROKEN]


def fine(answer: httpx.Response) -> None:
    assert answer.status_code in (200, 404, 422, 400), answer.text[:500]
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"


def test_no_question_breaks_the_search(client: httpx.Client) -> None:
    for q in ALL:
        answer = client.get("/v1/search", params={"q": q})
        assert answer.status_code in (200, 422), (q[:40], answer.text[:300])
        assert answer.status_code == 200 or q in BROKEN or not q.strip(), q[:40]
        fine(client.get("/v1/suggest", params={"q": q}))
    for raw in RAW:
        fine(client.get(f"/v1/search?q={raw}"))
        fine(client.get(f"/v1/suggest?q={raw}"))


def test_operators_are_words_like_others(shipped_client: httpx.Client) -> None:
    plain = shipped_client.get("/v1/search", params={"q": "ketamine naltrexone"}).json()["data"]
    for q in ("ketamine AND naltrexone", '"ketamine" naltrexone', "ketamine & naltrexone"):
        assert shipped_client.get("/v1/search", params={"q": q}).json()["data"] == plain, q


def test_no_name_breaks_resolution(client: httpx.Client) -> None:
    for name in ALL:
        if len(name) < 4000:
            fine(client.get(f"/v1/resolve/{quote(name, safe='')}"))
            fine(client.get(f"/{quote('x:' + name, safe='')}", follow_redirects=False))
        fine(client.post("/v1/resolve", json={"ids": [name]}))
    for raw in RAW:
        fine(client.get(f"/v1/resolve/{raw}"))
        fine(client.get(f"/doi:{raw}"))


@pytest.mark.parametrize("lone", ["\\ud800", "\\udfff", "a\\ud83d"])
def test_a_lone_surrogate_is_refused(client: httpx.Client, lone: str) -> None:
    body = f'{{"ids": ["{lone}"]}}'.encode()
    answer = client.post("/v1/resolve", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422


@pytest.mark.parametrize("path", ["/v1/search", "/v1/suggest"])
def test_other_parameters_are_checked(client: httpx.Client, path: str) -> None:
    for query in ("limit=0", "limit=9999", "type=claims", "type=", "cursor=x", "x=1", "limit=NaN"):
        answer = client.get(f"{path}?q=compound&{query}")
        assert answer.status_code in (404, 422), (query, answer.text)
