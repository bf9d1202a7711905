"""Validation rules of the links between studies: further reports, and trials pooled."""

from typing import Any

from app.services.records.validation_types import InputError, InputErrors, ValidationContext

#: The link, and how a study that it leads back to is described.
_LINKS = {"unit_of": "a further report of", "trials_pooled": "a synthesis of"}


def links_have_no_cycle(_: Any, study: Any, context: ValidationContext) -> InputErrors:
    """Check that `unit_of` and `trials_pooled` do not lead back to the study.

    A cycle is one error, of the study whose slug is first in the alphabet.
    """
    for field, description in _LINKS.items():
        cycle = _cycle(study, field, context)
        if cycle and study.slug == min(cycle):
            chain = " → ".join([*cycle, study.slug])
            message = f"{field}: {study.slug!r} would be {description} itself: {chain}"
            yield InputError((field,), message)


def _cycle(study: Any, field: str, context: ValidationContext) -> list[str]:
    """Return the slugs of a cycle from the study back to it; empty if there is none."""
    paths, visited = [[study.slug]], set()
    while paths:
        path = paths.pop()
        last = study if len(path) == 1 else context.draft("studies", path[-1])
        for target in getattr(last, field, ()):
            if target == study.slug:
                return path
            if target not in visited:
                visited.add(target)
                paths.append([*path, target])
    return []


def further_report_has_trial_group(_: Any, study: Any, context: ValidationContext) -> InputErrors:
    """Check that a further report of one study has the trial group of that study."""
    if len(study.unit_of) != 1:
        return
    unit = context.draft("studies", study.unit_of[0])
    if unit is not None and study.trial_group != unit.trial_group:
        message = (
            f"trial_group: {study.slug!r} is a further report of {unit.slug!r}, whose"
            f" `trial_group` is {unit.trial_group!r}, not {study.trial_group!r}"
        )
        yield InputError(("trial_group",), message)
