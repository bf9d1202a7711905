"""The dataset that the store was loaded from."""

from sqlalchemy import select

from app import models as m
from app.kit.sessions import ReadSession


def loaded_digest(session: ReadSession) -> str | None:
    """Return the digest of the dataset in the store, or None while it is empty."""
    return session.execute(select(m.Dataset.digest)).scalar_one_or_none()
