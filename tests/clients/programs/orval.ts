// A program with the fetch client and zod schemas of orval; the client knows its server.
import { strict as assert } from "node:assert";

import { batchGetClaims, computeClaimVerdict, getClaim, listClaims, search } from "./client/index";
import type { Claim, Problem } from "./client/model";
import { ListClaimsResponse } from "./zod/index";

const page = await listClaims({ verdict: ["established"], include: ["evidence"], limit: 5 });
assert(page.status === 200);
const claims: Claim[] = page.data.data;
assert(claims.length > 0 && page.data.page.total >= claims.length);
assert.equal(ListClaimsResponse.parse(page.data).data.length, claims.length);

const slug = claims[0]!.slug;
const single = await getClaim(slug);
assert(single.status === 200 && single.data.data.slug === slug);
const found = await search({ q: "suicidal ideation" });
assert(found.status === 200 && found.data.data.length > 0);
const batch = await batchGetClaims({ ids: [slug, "no-such-claim"] });
assert(batch.status === 200 && batch.data.data[0]!.record?.slug === slug);
assert.equal(batch.data.data[1]!.record, null);
const comparison = await computeClaimVerdict(slug, { randomised: true });
assert(comparison.status === 200 && comparison.data.data.chosen.verdict);

// A problem says what would work.
const missing = await getClaim("ketamine-relieves-ptsdd");
assert(missing.status === 404);
const problem: Problem = missing.data;
assert(problem.did_you_mean?.includes("/v1/claims/ketamine-relieves-ptsd"));
