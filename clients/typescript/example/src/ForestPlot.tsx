import type { Client } from "ketamine-kb-client";
import { useEffect, useRef } from "react";
import embed, { type VisualizationSpec } from "vega-embed";

import { useData } from "./useData";

/** The trials of a claim with their pooled effect, drawn from the Vega-Lite document. */
export function ForestPlot({ client, slug }: { client: Client; slug: string }) {
  const container = useRef<HTMLDivElement>(null);
  const loaded = useData(slug, (signal) =>
    client.get("/v1/claims/{slug}/synthesis/forest.vl.json", { slug }, { signal }),
  );
  const plot = loaded !== null && "data" in loaded ? loaded.data : null;
  useEffect(() => {
    if (plot === null || container.current === null) return;
    // The card above has the statement and the release already: no title.
    const untitled = { ...plot, title: undefined } as unknown as VisualizationSpec;
    const drawn = embed(container.current, untitled, { actions: false, renderer: "svg" });
    return () => void drawn.then((result) => result.finalize());
  }, [plot]);
  if (loaded !== null && "error" in loaded) return <figure role="alert">{loaded.error}</figure>;
  return (
    <figure aria-busy={plot === null}>
      <div ref={container} />
    </figure>
  );
}
