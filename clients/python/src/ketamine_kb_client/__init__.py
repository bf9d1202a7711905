"""Client of a ketamine-kb service.

from ketamine_kb_client import Client

with Client("http://127.0.0.1:8000") as kb:
claim = kb.claims.get("ketamine-relieves-ptsd", include=["verdict"])
for study in kb.studies.list(indication="TRD"):
...
frame = kb.affinities.to_pandas(compound="ketamine")
"""

from ketamine_kb_client.client import Client
from ketamine_kb_client.collection import Collection
from ketamine_kb_client.errors import GoneError, InvalidRequestError, NotFoundError, ServiceError

__all__ = [
    "Client",
    "Collection",
    "GoneError",
    "InvalidRequestError",
    "NotFoundError",
    "ServiceError",
]
