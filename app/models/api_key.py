"""API keys, stored as digests, and saved responses of idempotent requests."""

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.database import Base, ByteOrderSlug, ByteOrderText
from app.models.columns import child_of


class ApiKey(Base):
    """An API key; `name` is the curator, who may have several keys."""

    __tablename__ = "api_key"
    __table_args__ = (
        CheckConstraint("length(digest) = 64", name="digest_is_sha256"),
        CheckConstraint("name <> ''", name="name_not_empty"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(ByteOrderSlug)
    hint: Mapped[str] = mapped_column(ByteOrderSlug)
    digest: Mapped[str] = mapped_column(ByteOrderSlug, unique=True)
    scopes: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[str] = mapped_column(ByteOrderSlug)
    expires_at: Mapped[str] = mapped_column(ByteOrderSlug)
    revoked_at: Mapped[str | None] = mapped_column(ByteOrderSlug)


class IdempotentResponse(Base):
    """The response to a write with an `Idempotency-Key`, repeated if the request is retried."""

    __tablename__ = "kept_answer"
    __table_args__ = (UniqueConstraint("key_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key_id: Mapped[int] = child_of("api_key")
    name: Mapped[str] = mapped_column(ByteOrderSlug)
    digest: Mapped[str] = mapped_column(ByteOrderSlug)
    at: Mapped[str] = mapped_column(ByteOrderSlug, index=True)
    status: Mapped[int]
    headers: Mapped[dict[str, str]] = mapped_column(JSON)
    body: Mapped[str] = mapped_column(ByteOrderText)
