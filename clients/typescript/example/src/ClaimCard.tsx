import type { Client } from "ketamine-kb-client";

import { useData } from "./useData";

/** A claim with its verdict, and the studies and participants for and against it. */
export function ClaimCard({ client, slug }: { client: Client; slug: string }) {
  const loaded = useData(slug, (signal) => client.get("/v1/claims/{slug}", { slug }, { signal }));
  if (loaded === null) return <article aria-busy="true">Loading …</article>;
  if ("error" in loaded) return <article role="alert">{loaded.error}</article>;
  const { data: claim, meta } = loaded.data;
  return (
    <article>
      <h1>{claim.statement}</h1>
      <p>{claim.short_answer}</p>
      <dl>
        <dt>Verdict</dt>
        <dd>{words(claim.verdict)}</dd>
        <dt>Certainty</dt>
        <dd>{words(claim.certainty)}</dd>
        <dt>For</dt>
        <dd>
          {claim.studies_for} studies, {claim.participants_for} participants
        </dd>
        <dt>Against</dt>
        <dd>
          {claim.studies_against} studies, {claim.participants_against} participants
        </dd>
        <dt>Release</dt>
        <dd>{meta.release}</dd>
      </dl>
    </article>
  );
}

function words(value: string | null): string {
  return value === null ? "not rated" : value.replaceAll("_", " ");
}
