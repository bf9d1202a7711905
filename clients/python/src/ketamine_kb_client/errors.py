"""Errors: the problem documents of the service (RFC 9457) as exceptions."""

from typing import Any

import httpx


class ServiceError(Exception):
    """The service answered with an error.

    `status` is its HTTP status, `detail` says what would work, `problem` is the whole document.
    """

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        self.status, self.problem = status, problem
        self.detail = str(problem.get("detail") or problem.get("title") or f"status {status}")
        reasons = [str(error["message"]) for error in problem.get("errors", ())]
        super().__init__(" ".join([self.detail, *reasons]))


class NotFoundError(ServiceError):
    """There is no such record; `did_you_mean` lists the addresses of similar ones."""

    @property
    def did_you_mean(self) -> list[str]:
        """Addresses of similar records."""
        return list(self.problem.get("did_you_mean", ()))


class GoneError(ServiceError):
    """The record was withdrawn; `successor` is the address of the one that replaces it, if any."""

    @property
    def successor(self) -> str | None:
        """Address of the record that replaces it."""
        return self.problem.get("successor")


class InvalidRequestError(ServiceError):
    """A parameter is unknown, or its value is; the message says which would do."""


_BY_STATUS = {404: NotFoundError, 410: GoneError, 422: InvalidRequestError}


def raise_for_problem(response: httpx.Response) -> None:
    """Raise the error that a response states, if it states one."""
    if response.is_success:
        return
    response.read()
    problem: Any = {}
    if "json" in response.headers.get("content-type", ""):
        problem = response.json()
    raise _BY_STATUS.get(response.status_code, ServiceError)(response.status_code, problem)
