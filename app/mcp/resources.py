"""Resources: whole records and releases as JSON."""

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError
from pydantic_core import to_json

from app.domain.errors import GoneError, KbError, NotFoundError
from app.kit.suggestions import did_you_mean, similar
from app.mcp.problems import error_of
from app.mcp.tool_context import ToolContext
from app.resources import RESOURCES

JSON = "application/json"
#: Members of a manifest that the list of releases shows.
_LISTED = {"name", "date", "note", "licence", "cite", "counts", "previous"}


def add_resources(server: MCPServer, context: ToolContext) -> None:
    """Add the resources to a server."""

    @server.resource(
        "ketamine-kb://records/{record_type}/{slug}",
        title="Record",
        description="A record as JSON, such as ketamine-kb://records/claim/hnk-blocks-nmda-receptor.",
        mime_type=JSON,
    )
    def record(record_type: str, slug: str) -> str:
        try:
            return _record(context, record_type, slug)
        except Exception as error:
            raise _resource_error(error) from error

    @server.resource(
        "ketamine-kb://releases",
        title="Releases",
        description="Published releases, newest first; tools take a name as `release`.",
        mime_type=JSON,
    )
    def releases() -> str:
        manifests = context.service.archive.all()
        listed = [manifest.model_dump(mode="json", include=_LISTED) for manifest in manifests]
        return to_json(listed).decode()

    @server.resource(
        "ketamine-kb://releases/{name}",
        title="Release",
        description="The manifest of a release: counts, sources, checksums, changes.",
        mime_type=JSON,
    )
    def release(name: str) -> str:
        try:
            return context.service.archive.get(name).manifest.model_dump_json()
        except Exception as error:
            raise _resource_error(error) from error


def _record(context: ToolContext, record_type: str, slug: str) -> str:
    """Return a record with release and citation, as JSON.

    Raises:
        NotFoundError: There is no such record or record type.
        GoneError: The record was withdrawn.
    """
    if record_type not in RESOURCES.by_record_type:
        known = sorted(RESOURCES.by_record_type)
        hint = did_you_mean(similar(record_type[:60], known)) or f" Types: {', '.join(known)}."
        raise NotFoundError(f"There is no record type {record_type[:60]!r}.{hint}")
    with context.read("") as reader:
        record = reader.record(record_type, slug)
        body = {"data": record, "url": reader.url(record_type, slug), "meta": reader.metadata}
        return to_json(body).decode()


def _resource_error(error: Exception) -> ResourceError:
    problem: KbError = error_of(error)
    kind = (
        ResourceNotFoundError if isinstance(problem, NotFoundError | GoneError) else ResourceError
    )
    return kind(problem.detail)
