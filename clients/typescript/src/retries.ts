/** Repetition of requests that the service cannot serve now. */

// Too many requests, and a service that is not available: the request was not processed.
const RETRIED = new Set([429, 503]);

/**
 * Return the seconds to wait before a request is repeated, or null if it is not to be.
 *
 * `Retry-After` is a number of seconds or a date (RFC 9110); without it the wait is a second.
 */
export function secondsToWait(response: Response, now = Date.now()): number | null {
  if (!RETRIED.has(response.status)) {
    return null;
  }
  const header = response.headers.get("retry-after") ?? "";
  if (/^\d+$/.test(header)) {
    return Number(header);
  }
  const date = Date.parse(header);
  return Number.isNaN(date) ? 1 : Math.max(0, (date - now) / 1000);
}

/** Wait; an abort of the signal rejects at once. */
export function wait(seconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, seconds * 1000);
    signal?.addEventListener("abort", abort, { once: true });
  });
}
