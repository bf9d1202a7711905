import type { Client } from "ketamine-kb-client";
import { useEffect, useRef } from "react";
import embed, { type VisualizationSpec } from "vega-embed";

import { useData } from "./useData";

/** The trials of a claim with their pooled effect, drawn from the Vega-Lite document. */
export function ForestPlot({ client, slug }: { client: Client; slug: string }) {
  const figure = useRef<HTMLElement>(null);
  const loaded = useData(slug, (signal) =>
    client.get("/v1/claims/{slug}/synthesis/forest.vl.json", { slug }, { signal }),
  );
  const plot = loaded !== null && "data" in loaded ? loaded.data : null;
  useEffect(() => {
    if (plot === null || figure.current === null) return;
    const drawn = embed(figure.current, plot as VisualizationSpec, {
      actions: false,
      renderer: "svg",
    });
    return () => void drawn.then((result) => result.finalize());
  }, [plot]);
  if (loaded !== null && "error" in loaded) return <p role="alert">{loaded.error}</p>;
  return <figure ref={figure} aria-busy={plot === null} />;
}
