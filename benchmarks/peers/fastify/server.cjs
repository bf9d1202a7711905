// Fastify with better-sqlite3, by hand: a prepared statement builds the JSON, which is sent as it is.
// node server.cjs STORE CANNED PORT
const { readFileSync } = require("node:fs");
const fastify = require("fastify")({ logger: false });
const [store, canned, port] = process.argv.slice(2);
const database = require("better-sqlite3")(store, { readonly: true });
const [{ queries }] = Object.values(JSON.parse(readFileSync(canned, "utf8")).databases);
const record = database.prepare(queries.record.sql);
const list = database.prepare(queries.list.sql);

fastify.get("/evidence/:slug", (request, reply) => {
  const row = record.get({ slug: request.params.slug });
  if (!row) return reply.code(404).send();
  reply.type("application/json");
  return `{"data":${row.data},"included":${row.included}}`;
});

fastify.get("/evidence", (request, reply) => {
  const rows = list.all({ claim: request.query.claim, direction: request.query.direction });
  reply.type("application/json");
  return `{"data":[${rows.map((row) => row.data)}],"total":${rows[0]?.total ?? 0}}`;
});

fastify.listen({ port: Number(port) });
