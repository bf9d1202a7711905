"""Processes: molecular, cellular, circuit, behavioural or clinical events that steps lead to."""

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.vocabulary import ProcessKind
from app.kit.database import Base, enum_column
from app.models.columns import child_of, link, record_key


class Process(Base):
    """A molecular, cellular, circuit-level, behavioural or clinical event."""

    __tablename__ = "process"

    id: Mapped[int] = record_key()
    kind: Mapped[ProcessKind] = mapped_column(enum_column(ProcessKind), index=True)


class ProcessRegion(Base):
    """A region in which a process takes place."""

    __tablename__ = "process_region"
    __table_args__ = (UniqueConstraint("process_id", "region_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = child_of("process")
    position: Mapped[int]
    region_id: Mapped[int] = link("region")


class ProcessReceptor(Base):
    """A protein that takes part in a process."""

    __tablename__ = "process_receptor"
    __table_args__ = (UniqueConstraint("process_id", "receptor_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[int] = child_of("process")
    position: Mapped[int]
    receptor_id: Mapped[int] = link("receptor")
