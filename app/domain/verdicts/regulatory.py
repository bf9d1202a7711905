"""Verdicts on regulatory claims: the latest act of each jurisdiction, not a balance of acts."""

from collections.abc import Iterable, Sequence

from app.domain.jurisdictions import jurisdiction_name
from app.domain.verdicts.facts import RegulatoryActFacts
from app.domain.verdicts.judgement import CertaintyChange, Judgement, JurisdictionAnswer
from app.domain.vocabulary import (
    Certainty,
    CertaintyDomain,
    Direction,
    VerdictBasis,
    VerdictKind,
)
from app.domain.wording import listed

V = VerdictKind


def judge_regulation(
    acts: Sequence[RegulatoryActFacts], jurisdictions: Iterable[str] = ()
) -> Judgement:
    """Return the judgement on a regulatory claim, by jurisdiction.

    A note on an act counts where the jurisdiction has no record of one that the claim asks for.
    Guidelines and opinions bind nobody: they count only where no act bears on the claim.

    Args:
        acts: Acts and guidelines on the claim.
        jurisdictions: Those that the claim names; those of the acts if empty.
    """
    names = set(jurisdictions)
    decided = [
        act
        for act in acts
        if act.direction in (Direction.SUPPORTS, Direction.DISPUTES)
        and (not names or act.jurisdiction in names)
    ]
    binding = [act for act in decided if act.is_act]
    used = binding or decided
    named = sorted(names) or sorted({act.jurisdiction for act in used})
    answers = [_answer(name, used) for name in named]
    known = [answer for answer in answers if answer.agrees is not None]
    if not known:
        return Judgement(
            VerdictBasis.NONE,
            V.NOT_ASSESSED,
            ("No act of a jurisdiction is on record.",),
            jurisdictions=tuple(answers),
        )
    agreeing = [answer.jurisdiction for answer in known if answer.agrees]
    differing = [answer.jurisdiction for answer in known if not answer.agrees]
    verdict = V.MIXED_BY_JURISDICTION
    if not agreeing or not differing:
        verdict = V.ESTABLISHED if agreeing else V.REFUTED
    what = "acts" if binding else "guidelines"
    certainty, step = _certainty(used, known, binding=bool(binding))
    missing = [answer.jurisdiction for answer in answers if answer.agrees is None]
    return Judgement(
        VerdictBasis.REGULATORY,
        verdict,
        (_reason(what, agreeing, differing),),
        certainty,
        (step,),
        (f"No act is on record for {_names(missing)}.",) if missing else (),
        jurisdictions=tuple(answers),
    )


def _reason(what: str, agreeing: Sequence[str], differing: Sequence[str]) -> str:
    if not differing:
        return f"The latest {what} of {_names(agreeing)} say so."
    if not agreeing:
        return f"The latest {what} of {_names(differing)} say otherwise."
    return f"The latest {what} of {_names(agreeing)} say so; those of {_names(differing)} do not."


def _names(jurisdictions: Sequence[str]) -> str:
    names = [jurisdiction_name(code) for code in jurisdictions]
    return listed(sorted(names, key=lambda name: name.removeprefix("the ")))


def _answer(jurisdiction: str, acts: Sequence[RegulatoryActFacts]) -> JurisdictionAnswer:
    of_jurisdiction = [act for act in acts if act.jurisdiction == jurisdiction]
    if not of_jurisdiction:
        return JurisdictionAnswer(jurisdiction, None)
    # An act without a date cannot be the latest beside one with a date.
    latest = max(
        of_jurisdiction, key=lambda act: (act.is_recorded, act.date or "", act.is_act, act.slug)
    )
    return JurisdictionAnswer(
        jurisdiction,
        latest.direction is Direction.SUPPORTS,
        latest.status,
        latest.slug,
        latest.date,
        latest.reference,
        not latest.is_act,
    )


def _certainty(
    acts: Sequence[RegulatoryActFacts], answers: Sequence[JurisdictionAnswer], *, binding: bool
) -> tuple[Certainty, CertaintyChange]:
    """Return high certainty with the documents of the acts, moderate with reports or guidelines."""
    decisive = {answer.act for answer in answers}
    read = all(act.primary_source for act in acts if act.slug in decisive)
    if binding and read:
        step = CertaintyChange(CertaintyDomain.DESIGN, 3, "the documents of the acts")
        return Certainty.HIGH, step
    why = "reports of acts" if binding else "guidelines and opinions, which bind nobody"
    return Certainty.MODERATE, CertaintyChange(CertaintyDomain.DESIGN, 2, why)
