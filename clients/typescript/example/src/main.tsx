import { Client } from "ketamine-kb-client";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { ClaimCard } from "./ClaimCard";
import { ForestPlot } from "./ForestPlot";

// The address of the service and the claim: ?service=https://example.org/ketamine&claim=…
const parameters = new URLSearchParams(location.search);
const client = new Client(parameters.get("service") ?? "http://127.0.0.1:8000");
const slug = parameters.get("claim") ?? "esketamine-relieves-treatment-resistant-depression";

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <ClaimCard client={client} slug={slug} />
    <ForestPlot client={client} slug={slug} />
  </StrictMode>,
);
