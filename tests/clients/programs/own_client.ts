// A program with the client of clients/typescript: own_client.js URL URL_OF_A_BUSY_SERVICE.
import { strict as assert } from "node:assert";

import { Client, InvalidRequestError, NotFoundError, type Schemas, ServiceError } from "ketamine-kb-client";

const [url, busy] = process.argv.slice(2) as [string, string];
const kb = new Client(`${url}/`);

// Lists are read over all their pages, each record once.
const slugs: string[] = [];
for await (const claim of kb.list("/v1/claims", { limit: 50 })) slugs.push(claim.slug);
const sizes: number[] = [];
for await (const page of kb.pages("/v1/claims", { limit: 50 })) {
  sizes.push(page.data.length);
  assert.equal(page.page.total, slugs.length);
}
assert(slugs.length > 100 && new Set(slugs).size === slugs.length);
assert.equal(sizes.length, Math.ceil(slugs.length / 50));
for await (const hit of kb.list("/v1/search", { q: "rapamycin", type: ["claim"] })) {
  const name: string = hit.name;
  assert(name);
  break;
}
const changes = kb.list("/v1/claims/{slug}/history", { slug: "ketamine-relieves-ptsd" });
for await (const change of changes) assert(change.action);

// A record, and its types; several values of a filter; a value that is not a string.
const { data: claim, included } = await kb.get("/v1/claims/{slug}", {
  slug: "ketamine-relieves-ptsd",
  include: ["verdict"],
});
const record: Schemas["Claim"] = claim;
assert.equal(included.verdicts?.[record.slug]?.verdict, record.verdict);
const trials = await kb.get("/v1/studies", { design: ["rct_parallel", "rct_crossover"], limit: 5 });
assert(trials.data.every((study) => study.design?.startsWith("rct_")));
const background = await kb.get("/v1/claims", { background: false, limit: 1 });
assert.equal(background.data[0]!.background, false);

// With `fields`, records are partial, and the compiler knows it.
const partial = await kb.get("/v1/claims", { fields: ["verdict"], limit: 1 });
assert.deepEqual(Object.keys(partial.data[0]!).sort(), ["slug", "verdict"]);
const statement: string | undefined = partial.data[0]!.statement;
assert.equal(statement, undefined);
const names = kb.list("/v1/claims", { fields: ["name"] });
for await (const { name, statement: missing } of names) {
  assert(name !== undefined && missing === undefined);
  break;
}

// What the service does not have does not compile.
const rejected = async () => {
  // @ts-expect-error No such path.
  await kb.get("/v1/clams");
  // @ts-expect-error No such parameter.
  await kb.get("/v1/claims", { verdit: ["contested"] });
  // @ts-expect-error No such value.
  await kb.get("/v1/claims", { verdict: ["proven"] });
  // @ts-expect-error The slug is missing.
  await kb.get("/v1/claims/{slug}");
  // @ts-expect-error Not a list.
  kb.list("/v1/meta");
  // @ts-expect-error The statement may be missing.
  const text: string = (await kb.get("/v1/claims", { fields: ["name"] })).data[0]!.statement;
  return text;
};
assert(rejected);

// Exports, as text and as bytes.
const slug = "esketamine-relieves-treatment-resistant-depression";
assert((await kb.text("/v1/claims/{slug}/synthesis.csv", { slug })).startsWith("study,"));
const parquet = await kb.response("/v1/claims.{format}", { format: "parquet" });
assert.equal(Buffer.from(await parquet.arrayBuffer()).subarray(0, 4).toString(), "PAR1");
const plot = await kb.get("/v1/claims/{slug}/synthesis/forest.vl.json", { slug });
assert(String((plot as { $schema?: string }).$schema).includes("vega-lite"));

// Errors are the problem documents of the service.
const missing = await failure(kb.get("/v1/claims/{slug}", { slug: "ketamine-relieves-ptd" }));
assert(missing instanceof NotFoundError && missing.status === 404);
assert(missing.didYouMean.some((url) => url.endsWith("/v1/claims/ketamine-relieves-ptsd")));
const odd = await failure(kb.get("/v1/claims/{slug}", { slug: "a/b?c#d %" }));
assert(odd instanceof NotFoundError && odd.message.length > 0);
const invalid = await failure(kb.get("/v1/claims", { limit: 100000 }));
assert(invalid instanceof InvalidRequestError);
assert.equal(invalid.errors[0]!.name, "limit");
assert(invalid.message.includes(invalid.errors[0]!.message));
assert(await failure(kb.get("/v1/claims/{slug}", { slug: "" })) instanceof TypeError);

// A release is read on every page.
const pinned = new Client(url, { release: "1" });
for await (const page of pinned.pages("/v1/claims", { limit: 100 })) {
  assert.equal(page.meta.release, "1");
}
const unknown = await failure(new Client(url, { release: "99" }).get("/v1/claims"));
assert(unknown instanceof ServiceError && unknown.message.includes("99"));

// A busy service: Retry-After in seconds and as a date, too long, and again and again.
const passing = await new Client(`${busy}/passing`).get("/v1/claims");
assert.deepEqual(passing.data, []);
for (const prefix of ["hour", "always"]) {
  const error = await failure(new Client(`${busy}/${prefix}`).get("/v1/claims"));
  assert(error instanceof ServiceError && error.status === 503, prefix);
  assert.equal(error.problem.detail, "Repeat the request later.");
}

// An abort ends the wait.
const signal = AbortSignal.timeout(200);
const patient = new Client(`${busy}/patient`, { maxWaitSeconds: 3600 });
const aborted = await failure(patient.get("/v1/claims", {}, { signal }));
assert.equal(aborted.name, "TimeoutError");

async function failure(request: Promise<unknown>): Promise<Error> {
  return request.then(
    () => assert.fail("the request succeeded"),
    (error: Error) => error,
  );
}
