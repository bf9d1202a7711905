"""Curation: what a proposal is, and who may move it, as a table that anybody can review."""

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """What an API key allows; no scope holds another."""

    PROPOSE = "propose"
    REVIEW = "review"
    PUBLISH = "publish"
    ADMIN = "admin"


class Action(StrEnum):
    """What happens to a record."""

    CREATE = "create"
    CHANGE = "change"
    WITHDRAW = "withdraw"


class State(StrEnum):
    """Where a proposal stands."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Move(StrEnum):
    """What can be done with a proposal."""

    WRITE = "write"
    SUBMIT = "submit"
    RETURN = "return"
    ACCEPT = "accept"
    REJECT = "reject"
    COMMENT = "comment"


@dataclass(frozen=True)
class Rule:
    """When a move is possible, whom it is open to, and where it leads.

    `own` and `others` are the scopes of which one is needed, on one's own proposal and on another
    curator's; none at all means never.
    """

    since: frozenset[State]
    to: State | None
    own: frozenset[Scope]
    others: frozenset[Scope]
    needs_words: bool = False


_OPEN = frozenset({State.DRAFT, State.PROPOSED})
_PROPOSE, _REVIEW = frozenset({Scope.PROPOSE}), frozenset({Scope.REVIEW})
_EITHER, _NEVER = _PROPOSE | _REVIEW, frozenset[Scope]()

MOVES: dict[Move, Rule] = {
    Move.WRITE: Rule(frozenset({State.DRAFT}), None, own=_PROPOSE, others=_NEVER),
    Move.SUBMIT: Rule(frozenset({State.DRAFT}), State.PROPOSED, own=_PROPOSE, others=_NEVER),
    Move.RETURN: Rule(
        frozenset({State.PROPOSED}), State.DRAFT, own=_PROPOSE, others=_REVIEW, needs_words=True
    ),
    Move.ACCEPT: Rule(frozenset({State.PROPOSED}), State.ACCEPTED, own=_NEVER, others=_REVIEW),
    Move.REJECT: Rule(_OPEN, State.REJECTED, own=_PROPOSE, others=_REVIEW, needs_words=True),
    Move.COMMENT: Rule(frozenset(State), None, own=_EITHER, others=_EITHER, needs_words=True),
}
