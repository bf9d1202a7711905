"""The references of a page are the same, however few of them are compared."""

from app.kit.repository import Repository
from app.kit.sessions import Store
from app.resources import RESOURCES
from app.resources.page_sections import by_key
from app.services.pages.citations import citations
from app.services.pages.context import PageContext, Window


def test_references_of_important_notes_come_first_from_any_number_on(shipped_store: Store) -> None:
    repository, compounds = Repository(RESOURCES), RESOURCES["compounds"]
    options = ("citations", "References", "evidence", by_key("entity"))
    with shipped_store.read() as session:
        for slug in ("ketamine", "esketamine"):
            key, row = repository.get_parsed(session, compounds, [slug])[slug]
            for window in (Window(), Window(5, 20)):
                page = PageContext(session, repository, compounds, key, row, 1, window)
                sections = citations(*options, many=1)(page)
                assert sections == citations(*options)(page)
                assert sections[0]["items"]
