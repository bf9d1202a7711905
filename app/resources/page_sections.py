"""Page sections that several collections share, and the filters under which they are computed."""

from app.kit.declarations import PageFilters, PageRecord, PageSection

Filters = dict[str, list[str]]


def by_slug(name: str) -> PageFilters:
    """Return the filter `name` with the slug of the page's record."""
    return lambda record: {name: [record.slug]}


def by_key(name: str, **more: list[str]) -> PageFilters:
    """Return the filter `name` with type and slug of the page's record, and further filters."""
    return lambda record: {name: [record.key], **more}


def of_claim(record: PageRecord) -> Filters:
    """Return the filter by the claim that the record is, or is about (a verdict, a conflict)."""
    return {"claim": [record.row.get("claim", record.row)["slug"]]}


def about(filters: PageFilters) -> tuple[PageSection, ...]:
    """Return sections of the claims about a record, their verdicts, and the evidence on them."""
    return (
        PageSection("claims", key="claims", title="Claims", filters=filters),
        PageSection("verdict_counts", filters=filters),
        PageSection("evidence_by_side", filters=filters),
    )


def claims_in(key: str, title: str, filters: PageFilters) -> PageSection:
    """Return a section of the six claims with the most evidence."""
    return PageSection("claims", key=key, title=title, filters=filters, shown=6)


def studies_without_result(filters: PageFilters) -> PageSection:
    """Return a section of studies without an evidence note; none if there is no such study."""
    return PageSection("studies_without_result", filters=filters)


OWN_CITATIONS = PageSection("own_citations")
#: Records that the record refers to in a list.
REFERENCED_RECORDS = PageSection("referenced_records")
ENTITY = by_key("entity")
EDGES = (
    claims_in("outgoing", "What it acts on", by_key("subject")),
    claims_in("incoming", "What acts on it", by_key("object")),
)
ENTITY_CITATIONS = PageSection(
    "citations",
    key="citations",
    title="References of its claims",
    collection="evidence",
    filters=ENTITY,
)
#: The claim that a claim, a verdict or a conflict is about, with what is derived from it.
OF_CLAIM = (
    PageSection("claim"),
    PageSection("verdict"),
    PageSection("assessments"),
    PageSection("conflict"),
    PageSection("evidence_by_side", filters=of_claim, by_claim_kind=False),
)


def measured_in(name: str) -> PageSection:
    """Return a section of the references that report affinities of a compound or receptor."""
    return PageSection(
        "citations",
        key="measured_in",
        title="References of its measurements",
        collection="affinities",
        filters=by_slug(name),
    )
