"""A program with the client that openapi-python-client generates: python_client.py BASE_URL."""

import sys

from ketamine_kb import Client
from ketamine_kb.api.claims import (
    batch_get_claims,
    compute_claim_verdict,
    export_claims,
    get_claim,
    get_claim_references,
    list_claims,
)
from ketamine_kb.api.search import search
from ketamine_kb.models import (
    BatchRequest,
    Claim,
    ClaimBatch,
    ClaimPage,
    ClaimResponse,
    Evidence,
    ListClaimsIncludeItem,
    Problem,
    SearchResponse,
    VerdictComparisonResponse,
    VerdictKind,
)

client = Client(base_url=sys.argv[1], raise_on_unexpected_status=True)

# List, with filters and related records.
page = list_claims.sync(
    client=client,
    indication=["treatment-resistant-depression"],
    verdict=[VerdictKind.ESTABLISHED, VerdictKind.SUPPORTED],
    include=[ListClaimsIncludeItem.EVIDENCE],
    limit=5,
)
assert isinstance(page, ClaimPage)
assert page.data
assert page.page.total >= len(page.data)
assert all(isinstance(claim, Claim) for claim in page.data)
assert all(isinstance(claim.verdict, VerdictKind) for claim in page.data)
notes = page.included.evidence.additional_properties
assert notes
assert all(isinstance(note, Evidence) for note in notes.values())

# The next page, by its cursor.
first = list_claims.sync(client=client, limit=1)
assert isinstance(first, ClaimPage)
assert isinstance(first.page.next_, str)
second = list_claims.sync(client=client, limit=1, cursor=first.page.next_)
assert isinstance(second, ClaimPage)
assert second.data[0].slug != first.data[0].slug

# Read one record.
slug = page.data[0].slug
single = get_claim.sync(slug, client=client)
assert isinstance(single, ClaimResponse)
assert single.data.slug == slug
assert isinstance(single.meta.revision, int)

# Search.
found = search.sync(client=client, q="suicidal ideation", limit=3)
assert isinstance(found, SearchResponse)
assert found.data
assert found.data[0].slug

# Batch: what exists, and what does not.
batch = batch_get_claims.sync(client=client, body=BatchRequest(ids=[slug, "no-such-claim"]))
assert isinstance(batch, ClaimBatch)
known, unknown = batch.data
assert isinstance(known.record, Claim)
assert (unknown.found, unknown.record) == (False, None)

# A what-if verdict, over randomised studies alone.
comparison = compute_claim_verdict.sync(slug, client=client, randomised=True)
assert isinstance(comparison, VerdictComparisonResponse)
assert isinstance(comparison.data.chosen.verdict, VerdictKind)

# Exports are text.
table = export_claims.sync("csv", client=client)
assert isinstance(table, str)
assert table.splitlines()[0].startswith("slug,")
references = get_claim_references.sync(slug, "bib", client=client)
assert isinstance(references, str)
assert references.lstrip().startswith("@")

# Problems are values, with what would work.
missing = get_claim.sync("ketamine-relieves-ptsdd", client=client)
assert isinstance(missing, Problem)
assert missing.status == 404
assert isinstance(missing.did_you_mean, list)
assert "/v1/claims/ketamine-relieves-ptsd" in missing.did_you_mean
