"""Posted results of a registered trial as evidence notes, which lack only their claims."""

import re
from collections.abc import Iterator
from typing import Any

from app.domain.identifiers import ROW_KEY
from app.domain.vocabulary import Confidence, Metric, TimepointAbsence, TimeUnit
from app.services.enrichment.source_record import plain_text
from app.services.importers.dataset_index import DatasetIndex, slug_of
from app.services.importers.registered_trial import (
    AdverseEvents,
    Analysis,
    EventGroup,
    OutcomeMeasure,
    RegisteredTrial,
)

Fields = dict[str, Any]
LONGEST_KEY = 60
MEAN, LEAST_SQUARES = "MEAN", "LEAST_SQUARES_MEAN"
_COUNTS = frozenset({"COUNT_OF_PARTICIPANTS"})
_DISPERSIONS = {"Standard Deviation": "standard_deviation", "Standard Error": "standard_error"}
_TIME = re.compile(
    r"(?P<before>minute|hour|day|week|month|year)s? (?P<after_unit>\d+(?:\.\d+)?)"
    r"|(?P<number>\d+(?:\.\d+)?)[ -](?P<unit>minute|hour|day|week|month|year)s?",
    re.IGNORECASE,
)
_METRICS = {
    "mean difference": Metric.MEAN_DIFFERENCE,
    "ls mean difference": Metric.MEAN_DIFFERENCE,
    "difference in ls mean": Metric.MEAN_DIFFERENCE,
    "odds ratio": Metric.ODDS_RATIO,
    "risk ratio": Metric.RISK_RATIO,
    "hazard ratio": Metric.HAZARD_RATIO,
    "risk difference": Metric.RISK_DIFFERENCE,
}
_P_VALUE = re.compile(r"(?P<relation>[<>=]?)\s*(?P<value>[01]?\.\d+)")


def result_notes(
    trial: RegisteredTrial, study: str, reference: str, index: DatasetIndex
) -> tuple[list[Fields], list[str]]:
    """Return a note for each outcome and for adverse events, and why figures are left out.

    Means and least-squares means are different estimands: their notes say which they are.
    """
    notes: list[Fields] = []
    rejected: list[str] = []
    results = trial.results_section
    for number, outcome in enumerate(results.outcome_measures_module.outcome_measures, 1):
        title = plain_text(outcome.title) or f"outcome {number}"
        arms = list(_outcome_arms(outcome, rejected, title))
        effects = list(_effects(outcome, rejected, title))
        if arms or effects:
            estimand = {MEAN: "observed means", LEAST_SQUARES: "least-squares means"}
            notes.append(
                _note(trial, study, reference, index, f"outcome-{number}", title)
                | _timepoint(outcome.time_frame)
                | {"arms": _unique_keys(arms), "effects": _unique_keys(effects)}
                | {
                    "limitations": [f"Posted results: {estimand[outcome.param_type]}."]
                    if outcome.param_type in estimand
                    else []
                }
            )
    events = results.adverse_events_module
    if arms := list(_event_arms(events)):
        notes.append(
            _note(trial, study, reference, index, "adverse-events", "adverse events")
            | _timepoint(events.time_frame)
            | {"arms": _unique_keys(arms)}
        )
    return [{k: v for k, v in note.items() if v not in (None, [])} for note in notes], rejected


def _note(
    trial: RegisteredTrial, study: str, reference: str, index: DatasetIndex, key: str, title: str
) -> Fields:
    return {
        "slug": index.free_slug("evidence", f"{study}-registry-{key}"),
        "name": f"{title[:200]} ({trial.nct_id}, {key.replace('-', ' ')})",
        "summary": f"Results of {trial.nct_id} as posted in the registry.",
        "study": study,
        "reference": reference,
        "finding": f"To be written from the posted figures: {title[:300]}.",
        "outcome": title,
        "citation_confidence": Confidence.HIGH.value,
    }


def _outcome_arms(outcome: OutcomeMeasure, rejected: list[str], title: str) -> Iterator[Fields]:
    counted = outcome.param_type in _COUNTS
    spread = _DISPERSIONS.get(outcome.dispersion_type)
    if not counted and (outcome.param_type not in (MEAN, LEAST_SQUARES) or spread is None):
        stated = " with ".join(filter(None, (outcome.param_type, outcome.dispersion_type)))
        if outcome.classes:
            rejected.append(
                f"outcome “{title[:80]}”: {stated or 'no statistic'} is not imported, only a mean"
                " with standard deviation or error, and a count of participants"
            )
        return
    change = "change" in title.lower()
    names = {group.id: plain_text(group.title) or group.id for group in outcome.groups}
    for row in outcome.classes:
        for category in row.categories:
            for figure in category.measurements:
                value, name = _number(figure.value), names.get(figure.group_id, figure.group_id)
                label = ", ".join(t for t in map(plain_text, (row.title, category.title)) if t)
                if value is None:
                    rejected.append(f"outcome “{title[:80]}”, {name}: no number ({figure.value})")
                    continue
                denominators = row.denoms or outcome.denoms
                n = next((d.of(figure.group_id) for d in denominators), None)
                arm: Fields = {"key": _key(f"{name} {label}"), "name": name, "n": n}
                if counted:
                    arm["events"] = int(value)
                else:
                    arm["mean_change" if change else "mean_value"] = value
                    if deviation := _number(figure.spread):
                        arm[str(spread)] = deviation
                    arm["unit"] = plain_text(outcome.unit_of_measure)
                arm |= {"outcome": label or None, "place": "outcome measures"}
                time = _timepoint(row.title) if row.title else {}
                if "timepoint_value" in time:
                    arm |= {n: time[n] for n in ("timepoint_value", "timepoint_unit")}
                yield {k: v for k, v in arm.items() if v is not None}


def _effects(outcome: OutcomeMeasure, rejected: list[str], title: str) -> Iterator[Fields]:
    names = {group.id: plain_text(group.title) or group.id for group in outcome.groups}
    for analysis in outcome.analyses:
        metric, value = _metric(analysis), _number(analysis.param_value)
        if metric is None or value is None:
            stated = analysis.param_type or "a p-value alone"
            rejected.append(f"analysis of “{title[:80]}”: {stated} is not imported")
            continue
        label = " against ".join(names.get(group, group) for group in analysis.group_ids)
        effect: Fields = {"key": _key(label or "analysis"), "label": label or "analysis"}
        effect |= {"metric": metric.value, "value": value}
        lower, upper = _number(analysis.ci_lower_limit), _number(analysis.ci_upper_limit)
        if lower is not None and upper is not None:
            effect |= {"lower": lower, "upper": upper}
            effect["interval_percent"] = _number(analysis.ci_pct_value)
        if analysis.dispersion_type.lower().startswith("standard error"):
            effect["standard_error"] = _number(analysis.dispersion_value)
        if p := _P_VALUE.fullmatch(analysis.p_value.strip()):
            effect |= {"p_value": float(p["value"]), "p_relation": p["relation"] or "="}
        difference = metric is Metric.MEAN_DIFFERENCE
        effect["unit"] = plain_text(outcome.unit_of_measure) if difference else "ratio"
        effect["place"] = "statistical analyses of the outcome"
        yield {k: v for k, v in effect.items() if v is not None}


def _event_arms(events: AdverseEvents) -> Iterator[Fields]:
    """Yield the participants of each group who died, had any event, and had each event."""
    names = {group.id: plain_text(group.title) or group.id for group in events.event_groups}
    for group in events.event_groups:
        for kind, outcome in (
            ("deaths", "death"),
            ("serious", "any serious adverse event"),
            ("other", "any other adverse event"),
        ):
            affected, at_risk = _affected(group, kind)
            if affected is not None and at_risk:
                yield _event_arm(names[group.id], outcome, affected, at_risk)
    for seriousness, listed in (("serious", events.serious_events), ("other", events.other_events)):
        for event in listed:
            for count in event.stats:
                if count.num_affected is not None and count.num_at_risk:
                    name = names.get(count.group_id, count.group_id)
                    outcome = f"{plain_text(event.term)} ({seriousness})"
                    yield _event_arm(name, outcome, count.num_affected, count.num_at_risk)


def _affected(group: EventGroup, kind: str) -> tuple[int | None, int | None]:
    return getattr(group, f"{kind}_num_affected"), getattr(group, f"{kind}_num_at_risk")


def _event_arm(name: str, outcome: str, affected: int, at_risk: int) -> Fields:
    arm = {"key": _key(f"{name} {outcome}"), "name": name, "n": at_risk, "events": affected}
    return arm | {"outcome": outcome, "place": "adverse events"}


def _timepoint(text: str) -> Fields:
    """Return the last time that a text names, if its unit is the only one; else no time."""
    times = [
        (float(m["after_unit"] or m["number"]), (m["before"] or m["unit"]).lower())
        for m in _TIME.finditer(text)
    ]
    note = plain_text(text)
    if times and len({unit for _, unit in times}) == 1:
        value, unit = max(times)
        return {"timepoint_value": value, "timepoint_unit": TimeUnit(unit).value} | (
            {"timepoint_note": note} if note else {}
        )
    absent = {"timepoint_absence": TimepointAbsence.NOT_STATED.value}
    return absent | ({"timepoint_note": note} if note else {})


def _metric(analysis: Analysis) -> Metric | None:
    stated = analysis.param_type.lower()
    return next((metric for words, metric in _METRICS.items() if words in stated), None)


def _number(text: str) -> float | None:
    try:
        value = float(text.replace(",", ""))
    except ValueError:
        return None
    return value if abs(value) < 1e12 else None


def _key(text: str) -> str:
    key = slug_of(text)[:LONGEST_KEY].strip("-")
    return key if ROW_KEY.fullmatch(key) else "row"


def _unique_keys(rows: list[Fields]) -> list[Fields]:
    """Add a number to keys that repeat."""
    uses: dict[str, int] = {}
    for row in rows:
        key = row["key"]
        uses[key] = uses.get(key, 0) + 1
        if uses[key] > 1:
            row["key"] = f"{key}-{uses[key]}"
    return rows
