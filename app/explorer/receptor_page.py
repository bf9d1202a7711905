"""What the page of a receptor shows: bounded reads, each with the number of all records."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.api.deps import ServiceContext
from app.explorer import queries
from app.explorer.binding import BindingPlot, binding_plot
from app.explorer.labels import vocabulary_label
from app.explorer.queries import Record, RecordList
from app.kit.sessions import ReadSession

SHOWN_CLAIMS, SHOWN_RECORDS = 8, 20


@dataclass(frozen=True)
class ReceptorPage:
    """The sections of the page of a receptor.

    Args:
        incoming: Claims whose object it is.
        outgoing: Claims whose subject it is.
        complexes: Complexes and families that it is part of.
        processes: Processes in which it participates.
    """

    binding: BindingPlot
    incoming: RecordList
    outgoing: RecordList
    complexes: RecordList
    processes: RecordList
    references: list[Record]
    subunits: int

    @property
    def contents(self) -> list[tuple[str, str, int]]:
        """Id, heading and number of records of each section that the page has."""
        sections = (
            ("binding", "What binds it", self.binding.total),
            ("parts", "Subunits and complexes", self.subunits + self.complexes.total),
            ("incoming", "What acts on it", self.incoming.total),
            ("outgoing", "What it acts on", self.outgoing.total),
            ("processes", "Processes", self.processes.total),
        )
        return [section for section in sections if section[2]]


def read_receptor_page(
    session: ReadSession, service: ServiceContext, receptor: Mapping[str, Any]
) -> ReceptorPage:
    """Return what the page of a receptor shows."""
    slug, entity = [receptor["slug"]], [f"receptor:{receptor['slug']}"]

    def records(collection: str, **parameters: Any) -> RecordList:
        return queries.list_records(session, service, collection, **parameters)

    return ReceptorPage(
        binding=binding_plot(session, service, "receptor", receptor["slug"]),
        incoming=records("claims", object=entity, sort=["-studies_for"], limit=SHOWN_CLAIMS),
        outgoing=records("claims", subject=entity, sort=["-studies_for"], limit=SHOWN_CLAIMS),
        complexes=records("receptors", subunit=slug, limit=SHOWN_RECORDS),
        processes=records("processes", receptor=slug, limit=SHOWN_RECORDS),
        references=queries.get_page_sections(
            session, service, "receptors", receptor["slug"], ("measured_in", "citations")
        ),
        subunits=len(receptor["subunits"]),
    )


def receptor_facts(receptor: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the facts about a receptor beside the text of its page."""
    facts = (
        ("Class", vocabulary_label(receptor["class"], "ReceptorClass")),
        ("Kind", vocabulary_label(receptor["kind"], "ReceptorKind")),
        ("Family", receptor.get("family")),
        ("Gene", receptor.get("hgnc_symbol")),
        ("Place of the human gene", receptor.get("gene_location")),
    )
    return [(term, value) for term, value in facts if value]
