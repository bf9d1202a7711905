"""The urgent notice of record pages: doses, interactions, harms and suicidal thoughts."""

import httpx
import pytest

from tests.explorer.pages import HTML
from tests.params import ONE_STORE

pytestmark = ONE_STORE


@pytest.mark.parametrize(
    ("path", "is_urgent"),
    [
        # In the name alone, not in the summary.
        ("/arms/grunebaum-2017-ssi--ketamine", True),
        ("/claims/ketamine-rapidly-relieves-suicidal-ideation", True),
        ("/compounds/ketamine", True),
        ("/receptors/nmda-receptor", False),
        ("/pathways/mtor", False),
        ("/references/zarate-2006-trd", False),
    ],
)
def test_the_urgent_notice_is_on_pages_that_need_it(
    shipped_client: httpx.Client, path: str, is_urgent: bool
) -> None:
    response = shipped_client.get(path, headers=HTML)
    assert response.status_code == 200
    assert ('class="urgent"' in response.text) is is_urgent
