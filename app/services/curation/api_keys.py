"""API keys: created once, stored as SHA-256 digests, compared in constant time."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update

from app import models as m
from app.domain.curation import Scope
from app.domain.timestamps import days_from_now, utc_now
from app.kit.sessions import ReadSession, WriteSession

PREFIX = "kkb_"
_NO_DIGEST = "0" * 64


@dataclass(frozen=True)
class Curator:
    """The holder of an API key and its scopes; two keys with the same name are one curator."""

    key_id: int
    name: str
    scopes: frozenset[Scope]


def create_key(
    session: WriteSession, name: str, scopes: Iterable[Scope], days: int
) -> tuple[dict[str, Any], str]:
    """Create a key; return its public fields, and the key itself, which is not stored."""
    token = PREFIX + secrets.token_urlsafe(32)
    row = {
        "name": name,
        "hint": token[: len(PREFIX) + 4],
        "digest": _digest(token),
        "scopes": sorted(scope.value for scope in set(scopes)),
        "created_at": utc_now(),
        "expires_at": days_from_now(days),
        "revoked_at": None,
    }
    key = session.execute(insert(m.ApiKey).values(row).returning(m.ApiKey.id)).scalar_one()
    return _render_key({**row, "id": key}), token


def authenticate(session: ReadSession, token: str) -> Curator | None:
    """Return the curator of a valid key; None if it is unknown, expired or revoked."""
    digest = _digest(token)
    stmt = select(m.ApiKey.__table__).where(m.ApiKey.digest == digest)
    key_row = session.execute(stmt).mappings().one_or_none()
    row: dict[str, Any] = (
        dict(key_row) if key_row else {"digest": _NO_DIGEST, "expires_at": utc_now()}
    )
    is_same = hmac.compare_digest(digest, row["digest"])
    is_valid = (row.get("revoked_at") is None) & (row["expires_at"] > utc_now())
    if not (is_same & is_valid):
        return None
    return Curator(row["id"], row["name"], frozenset(Scope(scope) for scope in row["scopes"]))


def list_keys(session: ReadSession) -> list[dict[str, Any]]:
    """Return the public fields of all keys ever created, oldest first."""
    rows = session.execute(select(m.ApiKey.__table__).order_by(m.ApiKey.id)).mappings()
    return [_render_key(dict(row)) for row in rows]


def revoke_key(session: WriteSession, key_id: int) -> bool:
    """Revoke a key at once; return whether it exists. Revoking twice changes nothing."""
    row = session.execute(select(m.ApiKey.id).where(m.ApiKey.id == key_id)).one_or_none()
    if row is None:
        return False
    stmt = update(m.ApiKey).where(m.ApiKey.id == key_id, m.ApiKey.revoked_at.is_(None))
    session.execute(stmt.values(revoked_at=utc_now()))
    return True


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _render_key(row: dict[str, Any]) -> dict[str, Any]:
    state = (
        "revoked" if row["revoked_at"] else "valid" if row["expires_at"] > utc_now() else "expired"
    )
    return {name: value for name, value in row.items() if name != "digest"} | {"state": state}
