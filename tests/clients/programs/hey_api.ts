// A program with the client, zod schemas and TanStack queries of hey-api: hey_api.js BASE_URL.
import { strict as assert } from "node:assert";

import { QueryClient } from "@tanstack/react-query";

import { listClaimsOptions } from "./client/@tanstack/react-query.gen.js";
import { client } from "./client/client.gen.js";
import { batchGetClaims, computeClaimVerdict, getClaim, search } from "./client/sdk.gen.js";
import type { Claim, Problem, VerdictKind } from "./client/types.gen.js";
import { zClaimPage, zProblem } from "./client/zod.gen.js";

// The client knows the server by the document.
assert.equal(client.getConfig().baseUrl, process.argv[2]);

// List, as a query of TanStack, and checked by zod.
const queries = new QueryClient();
const query = { verdict: ["established" as const], include: ["evidence" as const], limit: 5 };
const page = await queries.fetchQuery(listClaimsOptions({ query }));
const claims: Claim[] = page.data;
assert(claims.length > 0 && page.page.total >= claims.length);
assert.deepEqual(zClaimPage.parse(page).data.length, claims.length);

const slug = claims[0]!.slug;
const single = await getClaim({ path: { slug } });
assert.equal(single.data?.data.slug, slug);
const found = await search({ query: { q: "suicidal ideation" } });
assert(found.data && found.data.data.length > 0);
const batch = await batchGetClaims({ body: { ids: [slug, "no-such-claim"] } });
assert.equal(batch.data?.data[0]!.record?.slug, slug);
assert.equal(batch.data?.data[1]!.record, null);
const comparison = await computeClaimVerdict({ path: { slug }, query: { randomised: true } });
const verdict: VerdictKind | undefined = comparison.data?.data.chosen.verdict;
assert(verdict);

// A problem says what would work.
const missing = await getClaim({ path: { slug: "ketamine-relieves-ptsdd" } });
const problem: Problem | undefined = missing.error;
assert.equal(zProblem.parse(problem).status, 404);
assert(problem?.did_you_mean?.includes("/v1/claims/ketamine-relieves-ptsd"));
