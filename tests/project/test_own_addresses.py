"""The addresses of the service, and what may not be confused with them."""

from app.api.route_groups import flattened
from app.main import create_app
from app.resources import RESOURCES
from app.settings import OWN_SEGMENTS, Settings


def test_no_path_prefix_begins_like_an_address_of_the_service() -> None:
    app = create_app(Settings(database_url="sqlite://"))
    first_segments = {route.path.split("/")[1] for route in flattened(app.routes)}
    fixed = {segment for segment in first_segments if segment and "{" not in segment}
    assert fixed == OWN_SEGMENTS | set(RESOURCES)
