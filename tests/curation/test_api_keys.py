"""API keys: only their digest is stored, and all invalid keys get the same response."""

import hashlib
import re
from typing import Any

import httpx
import pytest
from sqlalchemy import event, select, update

from app import models as m
from app.domain.curation import Scope
from app.domain.timestamps import days_from_now
from app.kit.sessions import Store
from app.services.curation import api_keys
from tests.curation.conftest import Create, Curator


def test_a_key_has_256_bits_and_only_its_digest_is_stored(own_store: Store, anna: Curator) -> None:
    assert re.fullmatch(r"kkb_[A-Za-z0-9_-]{43}", anna.token)
    with own_store.read() as session:
        mine = m.ApiKey.id == anna.key_id
        stored = session.execute(select(m.ApiKey.__table__).where(mine)).mappings().one()
        assert stored["digest"] == hashlib.sha256(anna.token.encode()).hexdigest()
        assert anna.token not in repr(dict(stored))
        assert anna.token not in repr(api_keys.list_keys(session))


@pytest.mark.parametrize("kind", ["none", "wrong", "expired", "revoked", "basic", "other text"])
def test_every_invalid_key_gets_the_same_401_and_the_same_statements(
    own_client: httpx.Client, own_store: Store, anna: Curator, kind: str
) -> None:
    statements: list[str] = []
    headers: dict[str, dict[str, Any]] = {
        "none": {},
        "wrong": {"Authorization": f"Bearer kkb_{'A' * 43}"},
        "basic": {"Authorization": "Basic YTpi"},
        "other text": {"Authorization": "Bearer é\udcff".encode("utf-8", "surrogateescape")},
    }
    headers_sent = headers.get(kind, {"Authorization": f"Bearer {anna.token}"})
    with own_store.write() as session:
        values_by_kind = {
            "expired": {"expires_at": days_from_now(-1)},
            "revoked": {"revoked_at": days_from_now(0)},
        }
        if kind in values_by_kind:
            mine = m.ApiKey.id == anna.key_id
            session.execute(update(m.ApiKey).where(mine).values(**values_by_kind[kind]))

    def record_statement(*event_args: Any) -> None:
        statements.append(event_args[2])

    event.listen(own_store.engine, "before_cursor_execute", record_statement)
    response = own_client.get("/v1/proposals", headers=headers_sent)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == 'Bearer realm="ketamine-kb"'
    assert response.json()["type"] == "/v1/problems/unauthorized"
    assert response.text == own_client.get("/v1/proposals").text
    event.remove(own_store.engine, "before_cursor_execute", record_statement)
    key_statements = [sql for sql in statements if "api_key" in sql]
    assert len(key_statements) == 2, "the same statements are executed for every key"
    assert key_statements[0] == key_statements[1]


def test_a_valid_key_is_accepted_and_a_public_read_needs_no_key(
    own_client: httpx.Client, anna: Curator
) -> None:
    assert anna.request("GET", "/v1/proposals").status_code == 200
    assert own_client.get("/v1/claims").status_code == 200


def test_a_missing_scope_is_named(curator: Create, anna: Curator) -> None:
    ben = curator("ben", "review", "admin")
    response = ben.change("claims/claim-1", {"summary": "Other."})
    assert response.status_code == 403
    assert response.json()["scope"] == "propose"
    assert "propose" in response.json()["detail"]
    assert 'error="insufficient_scope", scope="propose"' in response.headers["www-authenticate"]
    assert anna.request("GET", "/v1/keys").json()["scope"] == "admin"


def test_an_admin_lists_keys_and_revokes_them_with_immediate_effect(
    curator: Create, anna: Curator
) -> None:
    admin = curator("chief", "admin")
    listed = admin.request("GET", "/v1/keys").json()["data"]
    known = {key["id"]: (key["name"], key["state"]) for key in listed}
    assert known[anna.key_id] == ("anna", "valid")
    assert known[admin.key_id] == ("chief", "valid")
    assert all("digest" not in key for key in listed)
    assert admin.request("DELETE", f"/v1/keys/{anna.key_id}").json()["data"]["state"] == "revoked"
    assert anna.request("GET", "/v1/proposals").status_code == 401
    assert admin.request("DELETE", "/v1/keys/99999").status_code == 404


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("аnna", "looks like that of another curator, 'anna'"),  # Cyrillic а
        ("Anna", "looks like that of another curator, 'anna'"),
        ("ann\u200ba", "U+200B (ZERO WIDTH SPACE)"),
        ("anna\nb", "must be one line"),
        ("an\x00na", "NUL"),
        ("\udcff", "surrogates"),
        (" ", "1 to 200 characters"),
        ("x" * 201, "1 to 200 characters"),
    ],
)
def test_a_name_that_resembles_another_or_is_invalid_is_refused(
    own_store: Store, anna: Curator, name: str, words: str
) -> None:
    with own_store.write() as session:
        with pytest.raises(api_keys.CuratorNameError, match="name") as refused:
            api_keys.create_key(session, name, [Scope.REVIEW], 1)
        assert words in str(refused.value)


def test_another_key_of_the_same_curator_has_exactly_the_same_name(
    own_store: Store, anna: Curator
) -> None:
    with own_store.write() as session:
        key, _ = api_keys.create_key(session, " anna ", [Scope.REVIEW], 1)
    assert key["name"] == "anna"
