"""Rows that break a rule of the tables of pharmacology and assessments, and newer rules.

Each is the first row of the table, made by `tests.factories`, with some values changed.
"""

from typing import Any

from app import models as m

DOSE: list[tuple[str, dict[str, Any]]] = [
    ("dose_value_positive", {"dose_value": -1.0, "dose_unit": "mg"}),
    ("dose_has_unit", {"dose_value": None}),
    ("dose_range_in_order", {"dose_upper_value": 0.1}),
]
INTERVAL: list[tuple[str, dict[str, Any]]] = [
    ("interval_in_order", {"lower": 2.0, "upper": 1.0, "interval_kind": "confidence"}),
    ("interval_percent_in_range", {"interval_percent": 100.0}),
    ("p_in_range", {"p_value": 1.5, "p_relation": "="}),
    ("p_has_relation", {"p_value": 0.5, "p_relation": None}),
]
VALUE: list[tuple[str, dict[str, Any]]] = [
    ("value_has_unit", {"unit": None}),
    ("value_has_relation", {"relation": None}),
    ("range_has_upper", {"relation": "range"}),
    ("range_in_order", {"relation": "range", "upper_value": 1.0}),
    ("dispersion_has_kind", {"dispersion_value": 1.0, "dispersion_kind": None}),
]
#: Table, record type of a table of records, and the changes that break each of its rules.
RULES: list[tuple[Any, str, list[tuple[str, dict[str, Any]]]]] = [
    (
        m.PharmacokineticValue,
        "pharmacokinetic_value",
        [
            *DOSE,
            *INTERVAL,
            *VALUE,
            ("interval_has_kind", {"lower": 1.0}),
            ("value_or_finding", {"value": None, "relation": None, "unit": None}),
            ("dispersion_value_in_range", {"dispersion_value": -1.0}),
            ("n_in_range", {"n": 0}),
        ],
    ),
    (
        m.Interaction,
        "interaction",
        [
            *DOSE,
            ("interactant_not_empty", {"interactant": ""}),
            ("effect_not_empty", {"effect": ""}),
            ("n_in_range", {"n": 0}),
        ],
    ),
    (
        m.InteractionEffect,
        "",
        [
            *INTERVAL,
            ("interval_has_kind", {"interval_kind": None}),
            ("outcome_not_empty", {"outcome": ""}),
            ("value_has_unit", {"unit": None}),
            ("events_within_n", {"events": 12}),
            (
                "has_a_figure_or_a_note",
                {"value": None, "p_value": None, "p_relation": None, "events": None},
            ),
        ],
    ),
    (
        m.Regimen,
        "regimen",
        [
            ("dose_value_positive", {"dose_value": -1.0}),
            ("dose_has_unit", {"dose_unit": None}),
            ("dose_range_in_order", {"dose_upper_value": 1.0}),
            ("dose_or_note", {"dose_value": None, "dose_unit": None}),
            ("maintenance_dose_value_positive", {"maintenance_dose_value": -1.0}),
            ("maintenance_dose_has_unit", {"maintenance_dose_unit": None}),
            ("maintenance_dose_range_in_order", {"maintenance_dose_upper_value": 0.05}),
            ("duration_has_unit", {"duration_unit": None}),
            ("duration_range_in_order", {"duration_upper_value": 1.0}),
            ("course_has_unit", {"course_unit": None}),
            ("course_range_in_order", {"course_upper_value": 1.0}),
            ("doses_per_week_positive", {"doses_per_week": 0.0}),
        ],
    ),
    (
        m.AdverseEffect,
        "adverse_effect",
        [
            *DOSE,
            *INTERVAL,
            *VALUE,
            ("interval_has_kind", {"lower": 1.0}),
            ("effect_not_empty", {"effect": ""}),
            (
                "value_or_finding",
                {
                    "value": None,
                    "relation": None,
                    "unit": None,
                    "comparator_value": None,
                    "measure": "not_quantified",
                    "finding": None,
                },
            ),
            ("quantified_has_value", {"measure": "not_quantified"}),
            (
                "comparator_has_value",
                {
                    "value": None,
                    "relation": None,
                    "unit": None,
                    "measure": "not_quantified",
                    "finding": "Seen.",
                },
            ),
            ("events_within_n", {"events": 11}),
            ("comparator_events_within_n", {"comparator_events": 11}),
            ("n_in_range", {"n": 0, "events": None}),
            ("comparator_n_in_range", {"comparator_n": 0, "comparator_events": None}),
        ],
    ),
    (
        m.Assessment,
        "assessment",
        [
            ("body_not_empty", {"body": ""}),
            ("conclusion_not_empty", {"conclusion": ""}),
            ("year_in_range", {"year": 1066}),
        ],
    ),
    (
        m.AssessmentEstimate,
        "",
        [
            ("interval_in_order", {"lower": 20.0}),
            *INTERVAL[1:],
            ("outcome_not_empty", {"outcome": ""}),
            ("has_a_figure", {"value": None, "lower": None, "p_value": None, "p_relation": None}),
            ("time_has_unit", {"timepoint_unit": None}),
            ("studies_in_range", {"studies": 0}),
            ("participants_in_range", {"participants": 0}),
            ("i_squared_in_range", {"i_squared_percent": 101.0}),
        ],
    ),
    (
        m.Statement,
        "statement",
        [
            ("text_not_empty", {"text": ""}),
            ("statement_not_empty", {"statement": ""}),
            ("correction_not_empty", {"correction": ""}),
            ("position_in_range", {"position": 0}),
        ],
    ),
]
RULES += [
    (m.Affinity, "affinity", [("release_and_record_have_database", {"source_database": None})]),
    (m.Claim, "claim", [("short_answer_is_short", {"short_answer": "x" * 161})]),
    (
        m.Evidence,
        "evidence",
        [
            ("tested_um_positive", {"tested_um": 0.0}),
            ("tested_range_in_order", {"tested_um": 11.0}),
        ],
    ),
    (m.StudyUnit, "", [("not_itself", {"study_id": 25, "unit_id": 25})]),
    (m.PooledTrial, "", [("not_itself", {"study_id": 25, "trial_id": 25})]),
]
#: Rule, table, record type and changes, as `test_schema.py` lists them.
PHARMACOLOGY = [
    (f"ck_{table.__tablename__}_{rule}", table, kind, changes)
    for table, kind, rules in RULES
    for rule, changes in rules
]
