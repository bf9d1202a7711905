"""Curation workflow: states of proposals, actions, and who may perform them."""

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """Scope of an API key; no scope includes another."""

    PROPOSE = "propose"
    REVIEW = "review"
    PUBLISH = "publish"
    ADMIN = "admin"


class Action(StrEnum):
    """Kind of change to a record."""

    CREATE = "create"
    CHANGE = "change"
    WITHDRAW = "withdraw"


class State(StrEnum):
    """State of a proposal."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class ProposalAction(StrEnum):
    """Action on a proposal."""

    WRITE = "write"
    SUBMIT = "submit"
    RETURN = "return"
    ACCEPT = "accept"
    REJECT = "reject"
    COMMENT = "comment"


@dataclass(frozen=True)
class Transition:
    """When an action on a proposal is possible, who may perform it, and the state that it leads to.

    Args:
        from_states: States in which the action is possible.
        to_state: State after it; None if the state does not change.
        own_scopes: Scopes of which a key needs one, for a proposal of the key's owner; empty if the
            owner may never do it.
        other_scopes: The same for the proposal of another curator.
        needs_text: Whether a comment is required.
    """

    from_states: frozenset[State]
    to_state: State | None
    own_scopes: frozenset[Scope]
    other_scopes: frozenset[Scope]
    needs_text: bool = False


_OPEN = frozenset({State.DRAFT, State.PROPOSED})
_PROPOSE, _REVIEW = frozenset({Scope.PROPOSE}), frozenset({Scope.REVIEW})
_EITHER, _NEVER = _PROPOSE | _REVIEW, frozenset[Scope]()

TRANSITIONS: dict[ProposalAction, Transition] = {
    ProposalAction.WRITE: Transition(
        frozenset({State.DRAFT}), None, own_scopes=_PROPOSE, other_scopes=_NEVER
    ),
    ProposalAction.SUBMIT: Transition(
        frozenset({State.DRAFT}), State.PROPOSED, own_scopes=_PROPOSE, other_scopes=_NEVER
    ),
    ProposalAction.RETURN: Transition(
        frozenset({State.PROPOSED}),
        State.DRAFT,
        own_scopes=_PROPOSE,
        other_scopes=_REVIEW,
        needs_text=True,
    ),
    ProposalAction.ACCEPT: Transition(
        frozenset({State.PROPOSED}), State.ACCEPTED, own_scopes=_NEVER, other_scopes=_REVIEW
    ),
    ProposalAction.REJECT: Transition(
        _OPEN, State.REJECTED, own_scopes=_PROPOSE, other_scopes=_REVIEW, needs_text=True
    ),
    ProposalAction.COMMENT: Transition(
        frozenset(State), None, own_scopes=_EITHER, other_scopes=_EITHER, needs_text=True
    ),
}
