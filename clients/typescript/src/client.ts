/** The client: requests with retries, lists over all pages. */

import { errorOf } from "./errors.js";
import { secondsToWait, wait } from "./retries.js";
import type {
  Arguments,
  Body,
  CompleteParameters,
  GetPath,
  Item,
  ListPath,
  Parameters,
  PartialBody,
  PartialParameters,
} from "./types.js";

export interface ClientOptions {
  /** Release to read from, such as "2"; by default the current data. */
  release?: string;
  /** How often a request is sent that the service asks to repeat later: 4. */
  attempts?: number;
  /** Longest wait before a repetition, in seconds: 30. A longer one is an error at once. */
  maxWaitSeconds?: number;
  /** Headers of every request. */
  headers?: Record<string, string>;
  /** Replacement of the global `fetch`. */
  fetch?: typeof fetch;
}

export interface RequestOptions {
  /** Aborts the request and the wait before a repetition. */
  signal?: AbortSignal;
}

type Values = Record<string, unknown>;
type Page = { data: unknown[]; page: { next: string | null } };

/** A client of one service. */
export class Client {
  readonly #base: string;
  readonly #options: ClientOptions;

  /** @param url Address of the service, with its path prefix if it has one. */
  constructor(url: string, options: ClientOptions = {}) {
    this.#base = url.replace(/\/+$/, "");
    this.#options = options;
  }

  /** Return the JSON document of a path, such as `/v1/claims/{slug}`. */
  async get<P extends GetPath>(
    path: P,
    ...rest: Arguments<CompleteParameters<P>, RequestOptions>
  ): Promise<Body<P>>;
  async get<P extends GetPath>(
    path: P,
    parameters: PartialParameters<P>,
    options?: RequestOptions,
  ): Promise<PartialBody<P>>;
  async get(path: string, parameters: Values = {}, options: RequestOptions = {}): Promise<unknown> {
    return (await this.#send(path, parameters, options)).json();
  }

  /** Iterate over the pages of a list; the next page is read when it is needed. */
  pages<P extends ListPath>(
    path: P,
    ...rest: Arguments<CompleteParameters<P>, RequestOptions>
  ): AsyncGenerator<Body<P>, void>;
  pages<P extends ListPath>(
    path: P,
    parameters: PartialParameters<P>,
    options?: RequestOptions,
  ): AsyncGenerator<PartialBody<P>, void>;
  pages(
    path: string,
    parameters: Values = {},
    options: RequestOptions = {},
  ): AsyncGenerator<unknown, void> {
    return this.#pages(path, parameters, options);
  }

  /** Iterate over the items of a list, over all its pages. */
  list<P extends ListPath>(
    path: P,
    ...rest: Arguments<CompleteParameters<P>, RequestOptions>
  ): AsyncGenerator<Item<P>, void>;
  list<P extends ListPath>(
    path: P,
    parameters: PartialParameters<P>,
    options?: RequestOptions,
  ): AsyncGenerator<Partial<Item<P>>, void>;
  async *list(path: string, parameters: Values = {}, options: RequestOptions = {}) {
    for await (const page of this.#pages(path, parameters, options)) {
      yield* page.data;
    }
  }

  /** Return the text of an export, such as `/v1/claims.{format}` as CSV or BibTeX. */
  async text<P extends GetPath>(
    path: P,
    ...rest: Arguments<Parameters<P>, RequestOptions>
  ): Promise<string> {
    return (await this.response(path, ...rest)).text();
  }

  /** Return the response of a path, to read its headers or its bytes. */
  async response<P extends GetPath>(
    path: P,
    ...rest: Arguments<Parameters<P>, RequestOptions>
  ): Promise<Response> {
    const [parameters, options] = rest;
    return this.#send(path, (parameters ?? {}) as Values, options ?? {});
  }

  async *#pages(
    path: string,
    parameters: Values,
    options: RequestOptions,
  ): AsyncGenerator<Page, void> {
    let cursor: string | null = null;
    do {
      const query: Values = cursor === null ? parameters : { ...parameters, cursor };
      const response = await this.#send(path, query, options);
      const page = (await response.json()) as Page;
      yield page;
      cursor = page.page.next;
    } while (cursor !== null);
  }

  async #send(path: string, parameters: Values, { signal }: RequestOptions): Promise<Response> {
    const { attempts = 4, maxWaitSeconds = 30, headers = {}, release } = this.#options;
    const send = this.#options.fetch ?? fetch;
    const values = release === undefined ? parameters : { release, ...parameters };
    const url = this.#base + addressOf(path, values);
    for (let attempt = 1; ; attempt += 1) {
      const response = await send(url, signal === undefined ? { headers } : { headers, signal });
      if (response.ok) {
        return response;
      }
      const seconds = secondsToWait(response);
      if (seconds === null || seconds > maxWaitSeconds || attempt >= attempts) {
        throw await errorOf(response);
      }
      await response.body?.cancel();
      await wait(seconds, signal);
    }
  }
}

/** Return the path with its parameters: those named in braces in it, all others in the query. */
function addressOf(path: string, parameters: Values): string {
  const rest = { ...parameters };
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest[name];
    if (value === undefined || value === "") {
      throw new TypeError(`${path} needs the parameter ${name}.`);
    }
    delete rest[name];
    return encodeURIComponent(String(value));
  });
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(rest)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined && item !== null) {
        query.append(name, String(item));
      }
    }
  }
  return query.size > 0 ? `${filled}?${query}` : filled;
}
