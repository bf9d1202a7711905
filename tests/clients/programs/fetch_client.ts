// A program with openapi-fetch and the types of openapi-typescript: fetch_client.js BASE_URL.
import { strict as assert } from "node:assert";

import createClient from "openapi-fetch";

import type { components, paths } from "./schema.js";

type Claim = components["schemas"]["Claim"];
const client = createClient<paths>({ baseUrl: process.argv[2] });

// List, with filters and related records.
const list = await client.GET("/v1/claims", {
  params: {
    query: {
      indication: ["treatment-resistant-depression"],
      verdict: ["established", "supported"],
      include: ["evidence"],
      limit: 5,
    },
  },
});
assert(list.data);
const claims: Claim[] = list.data.data;
assert(claims.length > 0 && list.data.page.total >= claims.length);
const total: number = list.data.page.total;
const evidence = Object.values(list.data.included.evidence ?? {});
assert(total > 0 && evidence.length > 0);
const finding: string = evidence[0]!.finding;
assert(finding);

// Read one record; what may be missing is null, never undefined.
const slug = claims[0]!.slug;
const single = await client.GET("/v1/claims/{slug}", { params: { path: { slug } } });
assert(single.data);
const certainty: components["schemas"]["Certainty"] | null = single.data.data.certainty;
assert(certainty !== undefined);

// Search.
const search = await client.GET("/v1/search", { params: { query: { q: "suicidal ideation" } } });
assert(search.data && search.data.data.length > 0);

// Batch: what exists, and what does not.
const batch = await client.POST("/v1/claims/batch", { body: { ids: [slug, "no-such-claim"] } });
assert(batch.data);
assert.equal(batch.data.data[0]!.record?.slug, slug);
assert.equal(batch.data.data[1]!.record, null);

// A what-if verdict, over randomised studies alone.
const comparison = await client.GET("/v1/claims/{slug}/verdict", {
  params: { path: { slug }, query: { randomised: true } },
});
assert(comparison.data);
const verdict: components["schemas"]["VerdictKind"] = comparison.data.data.chosen.verdict;
assert(verdict);

// An export, as text.
const table = await client.GET("/v1/claims.{format}", {
  params: { path: { format: "csv" } },
  parseAs: "text",
});
assert(String(table.data).startsWith("slug,"));

// A problem says what would work.
const missing = await client.GET("/v1/claims/{slug}", {
  params: { path: { slug: "ketamine-relieves-ptsdd" } },
});
assert.equal(missing.data, undefined);
const problem: components["schemas"]["Problem"] = missing.error!;
assert.equal(problem.status, 404);
assert(problem.did_you_mean?.includes("/v1/claims/ketamine-relieves-ptsd"));
