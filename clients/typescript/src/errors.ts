/** Errors: the problem documents of the service (RFC 9457) as exceptions. */

import type { Problem, Schemas } from "./types.js";

/** The service answered with an error; `problem` is the whole document. */
export class ServiceError extends Error {
  override readonly name: string = "ServiceError";
  readonly status: number;

  constructor(readonly problem: Problem) {
    super([problem.detail, ...(problem.errors ?? []).map((error) => error.message)].join(" "));
    this.status = problem.status;
  }
}

/** There is no such record; `didYouMean` lists the addresses of similar ones. */
export class NotFoundError extends ServiceError {
  override readonly name = "NotFoundError";

  get didYouMean(): readonly string[] {
    return this.problem.did_you_mean ?? [];
  }
}

/** The record was withdrawn; `successor` is the address of its replacement, if there is one. */
export class GoneError extends ServiceError {
  override readonly name = "GoneError";

  get successor(): string | null {
    return this.problem.successor ?? null;
  }
}

/** A parameter or its value is invalid; `errors` has an entry for each fault. */
export class InvalidRequestError extends ServiceError {
  override readonly name = "InvalidRequestError";

  get errors(): readonly Schemas["FieldProblem"][] {
    return this.problem.errors ?? [];
  }
}

const BY_STATUS: Record<number, typeof ServiceError> = {
  404: NotFoundError,
  410: GoneError,
  422: InvalidRequestError,
};

/** Return the error that a response states. */
export async function errorOf(response: Response): Promise<ServiceError> {
  const problem = (await problemOf(response)) ?? {
    // A proxy before the service has answered in a format of its own.
    type: "about:blank",
    title: response.statusText,
    status: response.status,
    detail: `${response.url} answered with the status ${response.status}.`,
    instance: response.url,
  };
  return new (BY_STATUS[problem.status] ?? ServiceError)(problem);
}

async function problemOf(response: Response): Promise<Problem | null> {
  if (!response.headers.get("content-type")?.includes("application/problem+json")) {
    return null;
  }
  return (await response.json()) as Problem;
}
