"""The two statements that Datasette and Fastify are given: SQLite builds the JSON of an answer.

They say what our own answers say, field by field; a test compares them.
"""

import json
from collections.abc import Iterable


def of(alias: str, names: str) -> dict[str, str]:
    """Columns under their own names."""
    return {name: f"{alias}.{name}" for name in names.split()}


def thing(fields: dict[str, str]) -> str:
    pairs = ", ".join(f"'{name}', {value}" for name, value in fields.items())
    return f"json_object({pairs})"


def boolean(column: str) -> str:
    return f"iif({column} IS NULL, NULL, iif({column}, json('true'), json('false')))"


def exact(columns: dict[str, str]) -> dict[str, str]:
    """Computed figures with all their digits: SQLite writes 15 by default."""
    return {
        name: f"json(iif({column} IS NULL, NULL, printf('%!.17g', {column})))"
        for name, column in columns.items()
    }


def things(value: str, source: str, order: str = "x.position") -> str:
    """A list of texts or of objects, in order."""
    rows = f"SELECT {value} AS v FROM {source} ORDER BY {order}"
    is_text = not value.startswith("json_object")
    return f"(SELECT json_group_array({'v' if is_text else 'json(v)'}) FROM ({rows}))"


def ref(key: str, typed: bool = False) -> str:
    """Another record, small; null where there is none."""
    fields = of("q", "type slug name" if typed else "slug name")
    return f"json((SELECT {thing(fields)} FROM record q WHERE q.id = {key}))"


def refs(table: str, parent: str, child: str, of_id: str) -> str:
    source = f"{table} x JOIN record q ON q.id = x.{child} WHERE x.{parent} = {of_id}"
    return things(thing(of("q", "slug name")), source, "x.position, q.slug")


def cited(key: str) -> str:
    """A reference, with the identifiers that it is cited by."""
    fields = of("q", "slug name") | of("p", "doi pmid")
    source = f"record q JOIN reference p ON p.id = q.id WHERE q.id = {key}"
    return f"json((SELECT {thing(fields)} FROM {source}))"


def noun(alias: str) -> dict[str, str]:
    """What every record has."""
    xref = thing(of("x", "curie relation"))
    synonyms, xrefs = (
        f"synonym x WHERE x.record_id = {alias}.id",
        f"xref x WHERE x.record_id = {alias}.id",
    )
    return of(alias, "slug name summary description") | {
        "synonyms": things("x.text", synonyms, "x.position, x.folded"),
        "xrefs": things(xref, xrefs),
    }


FINDING = (
    "direction population_directness compound_directness outcome_directness causal_test reason"
)
EFFECT = (
    "label key metric value lower upper interval_percent standard_error p_value p_relation p_sides"
    " favours larger_is unit outcome timepoint_value timepoint_unit place"
)
ARM = (
    "role n events percent mean_change mean_value standard_deviation standard_error unit outcome"
    " timepoint_value timepoint_unit place"
)
ESTIMATE = (
    "key outcome_domain outcome_kind instrument metric value standard_error lower upper derivation"
    " favours intervention_arm comparator_arm larger_is comparator_kind time_hours regimen subgroup"
    " shared_control analysis role discrepancy"
)
AT = " timepoint_value timepoint_unit"
DOSE = "dose_value dose_upper_value dose_unit dose_note route outcome primary_endpoint"
NOTE = noun("r") | {
    "study": ref("e.study_id"),
    "reference": cited("e.reference_id"),
    **of("e", "finding design masking participants"),
    "claims": things(
        thing({"claim": ref("x.claim_id")} | of("x", FINDING)),
        "finding x WHERE x.evidence_id = e.id",
    ),
    "compound": ref("e.compound_id"),
    **of("e", DOSE + AT + " timepoint_note timepoint_absence"),
    "effects": things(thing(of("x", EFFECT)), "effect x WHERE x.evidence_id = e.id"),
    "arms": things(
        thing({"key": "x.key", "name": "x.title"} | of("x", ARM)),
        "arm x WHERE x.evidence_id = e.id",
    ),
    "estimates": things(
        thing(
            of("x", ESTIMATE)
            | exact(of("x", "value standard_error lower upper"))
            | {
                "crossover_floor_applied": boolean("x.crossover_floor_applied"),
                "effect": "x.effect_key",
                "null_result": boolean("x.null_result"),
                "claims": "json(x.claim_slugs)",
            }
        ),
        "estimate x WHERE x.evidence_id = e.id",
    ),
    **of("e", "tested_um tested_upper_um"),
    "limitations": things("x.text", "limitation x WHERE x.evidence_id = e.id"),
    **of("e", "citation_confidence source_key"),
}
VERDICT = "verdict certainty size studies_for studies_against participants_for participants_against"
CLAIM = noun("r") | {
    **of("c", "statement kind quantifier article_claim"),
    "said_by": refs("step", "claim_id", "pathway_id", "c.id"),
    "subject": ref("c.subject_id", typed=True),
    "predicate": "c.predicate",
    "object": ref("c.object_id", typed=True),
    "sign": "c.sign",
    "region": ref("c.region_id"),
    "qualifier": "c.qualifier",
    "indication": ref("c.indication_id"),
    "compound": ref("c.compound_id"),
    "absence": "v.absence",
    **of("c", "open_question title_question short_answer searched_to reviewed_on"),
    "background": boolean("c.background"),
    "question": "json(c.question)",
    "assessments": refs("assessment_claim", "claim_id", "assessment_id", "c.id"),
    "statements": refs("statement_claim", "claim_id", "statement_id", "c.id"),
    "readings": things(thing(of("x", "audience text")), "reading x WHERE x.claim_id = c.id"),
    **of("c", "override_verdict override_reason"),
    **of("v", VERDICT),
}
STUDY = noun("r") | {
    **of("s", "design design_note year registration n_randomised n_analysed n_note species"),
    "population": "s.population",
    "indications": refs("study_indication", "study_id", "indication_id", "s.id"),
    "compounds": refs("study_compound", "study_id", "compound_id", "s.id"),
    **of("s", "blinding masking comparator comparator_note setting jurisdiction"),
    "references": refs("study_reference", "study_id", "reference_id", "s.id"),
    "draws_on": refs("study_source", "study_id", "source_id", "s.id"),
    "group": "s.research_group",
    "unit_of": refs("study_unit", "study_id", "unit_id", "s.id"),
    "trials_pooled": refs("pooled_trial", "study_id", "trial_id", "s.id"),
    "results_expected": boolean("s.results_expected"),
    **of("s", "trial_group result_not_read funding sponsor"),
    "risk_of_bias": things(
        thing(
            of("x", "tool domain outcome judgement reason source_location")
            | {"reference": cited("x.reference_id")}
        ),
        "risk_of_bias x WHERE x.study_id = s.id",
    ),
}
REFERENCE = noun("r") | {
    "title": "p.title",
    "authors": things("x.name", "author x WHERE x.reference_id = p.id"),
    "authors_complete": boolean("p.authors_complete"),
    **of(
        "p",
        "journal year volume issue pages doi pmid pmcid kind url retraction notice_published_on"
        " notices_checked_on",
    ),
    "citation_confidence": "p.citation_confidence",
}


def included(fields: dict[str, str], source: str) -> str:
    """Records by slug."""
    body = f"SELECT r.slug AS k, {thing(fields)} AS v FROM {source}"
    return f"(SELECT json_group_object(k, json(v)) FROM ({body}))"


def _record() -> str:
    parts = {
        "claims": included(
            CLAIM,
            "finding f JOIN claim c ON c.id = f.claim_id JOIN record r ON r.id = c.id"
            " JOIN verdict v ON v.claim_id = c.id"
            " WHERE f.evidence_id = e.id",
        ),
        "references": included(
            REFERENCE, "reference p JOIN record r ON r.id = p.id WHERE p.id = e.reference_id"
        ),
        "studies": included(STUDY, "study s JOIN record r ON r.id = s.id WHERE s.id = e.study_id"),
    }
    return (
        f"SELECT {thing(NOTE)} AS data, {thing(parts)} AS included"
        " FROM record r JOIN evidence e ON e.id = r.id"
        " WHERE r.type = 'evidence' AND r.slug = :slug"
    )


CHOSEN = (
    "finding f JOIN record c ON c.id = f.claim_id AND c.type = 'claim' AND c.slug = :claim"
    " WHERE f.direction = :direction"
)


def _list() -> str:
    page = (
        "SELECT r.* FROM record r WHERE r.type = 'evidence'"
        f" AND r.id IN (SELECT f.evidence_id FROM {CHOSEN}) ORDER BY r.slug LIMIT 50"
    )
    total = f"(SELECT count(DISTINCT f.evidence_id) FROM {CHOSEN})"
    return (
        f"SELECT {thing(NOTE)} AS data, {total} AS total"
        f" FROM ({page}) r JOIN evidence e ON e.id = r.id ORDER BY r.slug"
    )


RECORD, LIST = _record(), _list()


def canned(database: str, statements: Iterable[tuple[str, str]]) -> str:
    """Datasette's metadata: the statements by name."""
    queries = {name: {"sql": sql} for name, sql in statements}
    return json.dumps({"databases": {database: {"queries": queries}}})
