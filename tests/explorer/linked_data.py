"""JSON-LD as a graph, without the network: schema.org's context is replaced by a local one."""

import json
from pathlib import Path
from typing import Any

from rdflib import Graph, Namespace

SCHEMA = Namespace("http://schema.org/")
SHAPES = Path(__file__).with_name("shapes.ttl")
#: Properties whose values schema.org's context reads as addresses.
_ADDRESSES = (
    *("url", "sameAs", "license", "contentUrl", "trialDesign", "studyDesign", "isBasedOn"),
    "inDefinedTermSet",
)
CONTEXT = {"@vocab": str(SCHEMA), **{name: {"@type": "@id"} for name in _ADDRESSES}}


def graph_of(*documents: dict[str, Any]) -> Graph:
    """The statements of some documents."""
    graph = Graph()
    graph.bind("schema", SCHEMA)
    for document in documents:
        assert document["@context"] == "https://schema.org"
        graph.parse(data=json.dumps(document | {"@context": CONTEXT}), format="json-ld")
    return graph
