"""Suggestions for parameters that an operation does not have: what clients usually mean by them."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

from fastapi import Request

from app.api.route_groups import flattened
from app.api.route_info import path_choices, path_of
from app.kit.query_types import PAGE_PARAMETERS
from app.kit.suggestions import did_you_mean, similar
from app.services.records.exports import EXPORT_FORMATS

#: Our parameter → names that other services have for it, in lower case, without punctuation.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "cursor": (
        *("after", "continuationtoken", "nextcursor", "nextpagetoken", "nexttoken", "offset"),
        *("page", "pagecursor", "pagenumber", "pageno", "pagetoken", "skip", "start", "startat"),
    ),
    "limit": (
        *("count", "first", "maxresults", "numresults", "pagelimit", "pagesize", "perpage"),
        *("resultsperpage", "rows", "size", "take", "top"),
    ),
    "sort": ("order", "orderby", "ordering", "sortby", "sortfield", "sortorder"),
    "q": (
        *("author", "authors", "filter", "keyword", "keywords", "query", "search", "searchterm"),
        *("term", "text", "title"),
    ),
    "fields": ("attributes", "columns", "only", "properties", "select", "sparsefields"),
    "include": ("embed", "expand", "expansions", "join", "populate", "related", "with"),
    "facets": ("agg", "aggregate", "aggregations", "aggs", "facet", "groupby"),
    "slug": ("id", "ids", "key", "name", "names", "slugs"),
    "date_from": ("date", "fromdate", "mindate", "since", "startdate", "year", "yearfrom"),
    "date_to": ("date", "enddate", "maxdate", "todate", "until", "year", "yearto"),
    "since": ("datefrom", "from", "fromdate", "start", "startdate"),
    "until": ("before", "dateto", "end", "enddate", "to", "todate"),
    "release": ("datasetversion", "snapshot", "version"),
    "as_of": ("asofdate", "date"),
    "from": ("source", "start", "subject"),
    "to": ("destination", "end", "object", "target"),
    "max_hops": ("depth", "maxdepth", "maxlength"),
    "hops": ("depth", "maxdepth", "radius"),
    "compound": ("drug", "ligand", "molecule", "substance"),
    "receptor": ("gene", "protein", "target"),
    "indication": ("condition", "diagnosis", "disease", "disorder"),
    "reference": ("article", "citation", "paper", "publication"),
    "study": ("experiment", "trial"),
    "entity": (
        *("compound", "gene", "indication", "node", "process", "protein", "receptor", "region"),
        "target",
    ),
    "verdict": ("conclusion", "strength"),
    "certainty": ("confidence", "strength"),
    "min_n": ("minparticipants", "minsamplesize", "samplesize"),
    "year_from": ("fromyear", "minyear", "since", "startyear", "year"),
    "year_to": ("endyear", "maxyear", "toyear", "until", "untilyear", "year"),
    "type": ("collection", "kind", "recordtype"),
}
#: What a client should know besides the name of the parameter.
ADVICE = {
    "cursor": " Pages follow each other: send `page.next` of a page as the cursor of the next one.",
    "sort": " `sort=-name` sorts in descending order.",
}
_FORMAT_PARAMETERS = {"accept", "contenttype", "download", "export", "ext", "fmt", "format"}
_FORMAT_PARAMETERS |= {"mimetype", "outformat", "output", "outputformat", "responseformat"}
#: `filter[compound]`, `page[size]` of JSON:API, `compound[]` of PHP, `compound__in` of Django.
_DECORATED = re.compile(r"(?:filters?|where)[\[.](?P<filter>\w+)\]?|(?P<name>\w+?)(?:\[\]|__\w+)")
_ORDERED = re.compile(r"(?P<name>\w+)[\s:.]+(?P<order>asc|desc)\w*", re.IGNORECASE)


def explain_unknown_parameter(
    request: Request, name: str, known: Sequence[str]
) -> tuple[list[str], str]:
    """Return what a client may mean by an unknown parameter, and sentences that say so.

    Args:
        request: The request that has the parameter.
        name: Its name.
        known: Names of the parameters of the operation.
    """
    if name in PAGE_PARAMETERS:  # no misspelling of another one: exports, for example, have none
        return [], " It does not apply to this address."
    key = _key(name)
    if key in _FORMAT_PARAMETERS:
        return _explain_format(request, name)
    decorated = _DECORATED.fullmatch(name)
    meant = (decorated["filter"] or decorated["name"]) if decorated else name
    key = _key(meant)
    suggestions = [known_name for known_name in known if _key(known_name) in _singular(key)]
    suggestions = suggestions or [
        target for target, names in SYNONYMS.items() if key in names and target in known
    ]
    # Stricter than for values: `author` is no misspelling of `cursor`.
    suggestions = suggestions or similar(meant, known, cutoff=0.6)
    advice = ADVICE.get(suggestions[0], "") if suggestions else ""
    return suggestions, did_you_mean(suggestions) + advice


def _key(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()


def _singular(key: str) -> set[str]:
    """Return a key without the endings that clients add: `compounds`, `compound_slug`."""
    return {key, key.removesuffix("s"), key.removesuffix("slug"), key.removesuffix("id")}


def _explain_format(request: Request, name: str) -> tuple[list[str], str]:
    """Return the addresses of the formats of an operation; the one that is asked for first."""
    requested = request.query_params[name].lower().lstrip(".")
    if requested in ("json", "application/json"):
        return [], " JSON is the default: leave the parameter out."
    formats = dict.fromkeys(_formats(request))
    fitting = [extension for extension in formats if extension == requested]
    fitting += [e for e in formats if e in EXPORT_FORMATS and requested in _media_type(e)]
    rest = [pair for pair in request.query_params.multi_items() if pair[0] != name]
    query = f"?{urlencode(rest, safe=',:')}" if rest else ""
    chosen = fitting[:1] or list(formats)
    addresses = [f"{request.url.path}.{extension}{query}" for extension in chosen]
    if not addresses:
        return [], " This operation has JSON alone."
    return addresses, f" A format has an address of its own: {', '.join(addresses)}."


def _media_type(extension: str) -> tuple[str, str]:
    media_type = EXPORT_FORMATS[extension].media_type.partition(";")[0]
    return media_type, media_type.rpartition("/")[2]


def _formats(request: Request) -> Iterator[str]:
    """Yield the file extensions of the other formats of the requested address."""
    path = path_of(request.scope)
    for route in flattened(request.app.routes):
        ending = route.path.rpartition("/")[2].partition(".")[2]
        extensions = path_choices(route, "format") if ending == "{format}" else [ending]
        if ending and extensions and route.path_regex.match(f"{path}.{extensions[0]}"):
            yield from extensions


def suggest_values(name: str, value: str, allowed: Sequence[str]) -> list[str]:
    """Return the allowed values that an unknown one may mean; `year:desc` as a sort is `-year`."""
    if name == "sort" and (match := _ORDERED.fullmatch(value.strip().removeprefix("-"))):
        sort = f"{'-' if match['order'].lower() == 'desc' else ''}{match['name']}"
        if sort in allowed:
            return [sort]
    return similar(value, allowed)
