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
from app.domain.invisible_characters import require_one_line
from app.domain.look_alike_names import look_alike
from app.domain.timestamps import days_from_now, utc_now
from app.kit.query_types import clean_text
from app.kit.sessions import ReadSession, WriteSession

PREFIX = "kkb_"
_NO_DIGEST = "0" * 64


MAX_NAME_LENGTH = 200


class CuratorNameError(ValueError):
    """The name of a curator was refused; the message says why, and what would work."""


@dataclass(frozen=True)
class Curator:
    """The holder of an API key and its scopes; two keys with the same name are one curator."""

    key_id: int
    name: str
    scopes: frozenset[Scope]


def create_key(
    session: WriteSession, name: str, scopes: Iterable[Scope], days: int
) -> tuple[dict[str, Any], str]:
    """Create a key; return its public fields, and the key itself, which is not stored.

    Raises:
        CuratorNameError: The name is empty, too long or not one visible line, or looks like that of
            another curator.
    """
    name = _checked_name(session, name)
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


def _checked_name(session: ReadSession, name: str) -> str:
    """Return the name without white space at its ends.

    Who may accept a proposal depends on names, and readers of the history see nothing else.
    """
    try:
        name = require_one_line(clean_text(name))
    except ValueError as error:
        raise CuratorNameError(f"the name {error}") from error
    if not 0 < len(name) <= MAX_NAME_LENGTH:
        raise CuratorNameError(f"the name must have 1 to {MAX_NAME_LENGTH} characters")
    for other in session.execute(select(m.ApiKey.name).distinct()).scalars():
        if other != name and look_alike(name, other):
            raise CuratorNameError(
                f"the name {name!r} looks like that of another curator, {other!r}: use exactly that"
                " name for another key of the same curator, or one that differs visibly"
            )
    return name


@dataclass(frozen=True)
class Rejection:
    """Why a key is not valid: `missing`, `unknown`, `expired` or `revoked`; and which one it is.

    It is for the log, and not for the client.
    """

    reason: str
    key_id: int | None = None


def authenticate(session: ReadSession, token: str) -> Curator | Rejection:
    """Return the curator of a valid key, or why it is not valid.

    The same statement is executed for every token, so that its time does not tell them apart.
    """
    digest = _digest(token)
    stmt = select(m.ApiKey.__table__).where(m.ApiKey.digest == digest)
    key_row = session.execute(stmt).mappings().one_or_none()
    row: dict[str, Any] = (
        dict(key_row) if key_row else {"digest": _NO_DIGEST, "expires_at": utc_now()}
    )
    is_same = hmac.compare_digest(digest, row["digest"])
    is_valid = (row.get("revoked_at") is None) & (row["expires_at"] > utc_now())
    if is_same & is_valid:
        return Curator(row["id"], row["name"], frozenset(Scope(scope) for scope in row["scopes"]))
    if not is_same:
        return Rejection("unknown" if token else "missing")
    return Rejection("revoked" if row["revoked_at"] else "expired", row["id"])


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
