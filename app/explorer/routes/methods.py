"""The page that explains how verdicts are computed, from the tables of the rule itself."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.api.deps import ServiceDep
from app.api.page_addresses import HTML
from app.api.read_responses import cache_validators, not_modified
from app.domain.synthesis import worthwhile
from app.domain.synthesis.questions import EffectBound
from app.domain.verdicts import effect_certainty, effect_verdict, laboratory_ladder
from app.domain.verdicts.rule import RULE_VERSION
from app.domain.vocabulary import (
    Absence,
    Certainty,
    CertaintyDomain,
    QuestionRelation,
    VerdictKind,
)
from app.explorer.page_route import page_router
from app.explorer.rendering import PageHead, page_response

#: The kinds of question whose tables differ, in the order of the page.
TABLES = (
    QuestionRelation.SUPERIOR,
    QuestionRelation.NON_INFERIOR,
    QuestionRelation.EQUIVALENT,
    QuestionRelation.THRESHOLD,
)


def build_router() -> APIRouter:
    """Build the router of `/methods`."""
    router = page_router()

    @router.get("/methods")
    def methods_page(request: Request, service: ServiceDep) -> Response:
        with service.store.read() as session:
            validators = cache_validators(request, service, session, HTML)
            if not_modified(request, validators):
                return Response(status_code=304, headers=validators.headers)
            head = PageHead(
                title="How verdicts are computed",
                description="Trials are pooled, the interval of the effect is held against no"
                " effect and the smallest worthwhile one, and GRADE's domains give the certainty.",
            )
            return page_response(
                request,
                service,
                validators,
                "methods.html.j2",
                head,
                rule_version=RULE_VERSION,
                verdicts=[kind for kind in VerdictKind if not kind.superseded],
                old_verdicts=[kind for kind in VerdictKind if kind.superseded],
                tables=[(kind, effect_verdict.verdict_table(kind)) for kind in TABLES],
                levels=list(Certainty),
                domains=list(CertaintyDomain),
                absences=list(Absence),
                rung_rows=rung_rows(),
                worthwhile_rows=worthwhile_rows(),
                rule=effect_verdict,
                grading=effect_certainty,
                ladder=laboratory_ladder,
            )

    return router


def rung_rows() -> list[tuple[int, str]]:
    """Return the rungs of causal tests, the strongest first, with the labels of their tests."""
    labels: dict[int, list[str]] = {}
    for test, rung in laboratory_ladder.RUNGS.items():
        labels.setdefault(rung, []).append(test.label)
    return [(rung, ", ".join(labels[rung])) for rung in sorted(labels, reverse=True)]


def worthwhile_rows() -> list[tuple[str, str, str]]:
    """Return outcomes with their smallest worthwhile effect and its source, bounds together."""
    outcomes: dict[EffectBound, list[str]] = {}
    for outcome, bound in worthwhile.BY_OUTCOME.items():
        outcomes.setdefault(bound, []).append(outcome.label)
    return [
        (", ".join(names), f"{bound.measure.label} {bound.value:g}", bound.source or "–")
        for bound, names in outcomes.items()
    ]
