/** Types of requests and responses, derived from the generated types of the OpenAPI document. */

import type { components, paths } from "./schema.js";

export type Schemas = components["schemas"];

/** A problem document (RFC 9457): `detail` says what would work. */
export type Problem = Schemas["Problem"];

/** A path that answers GET, as it is written in the OpenAPI document. */
export type GetPath = {
  [P in keyof paths]: paths[P] extends { get: object } ? P : never;
}[keyof paths];

type Operation<P extends GetPath> = paths[P]["get"];
type Part<P extends GetPath, Place extends "path" | "query"> =
  Operation<P> extends { parameters: infer All }
    ? Place extends keyof All
      ? [NonNullable<All[Place]>] extends [never]
        ? unknown
        : NonNullable<All[Place]>
      : unknown
    : unknown;
type Flat<T> = { [K in keyof T]: T[K] };

/** The parameters of a path, those in the address and those of the query in one object. */
export type Parameters<P extends GetPath> = Flat<Part<P, "path"> & Part<P, "query">>;

/** The parameters of a request for complete records. */
export type CompleteParameters<P extends GetPath> = Omit<Parameters<P>, "fields">;

/** The parameters of a request for some fields of each record. */
export type PartialParameters<P extends GetPath> =
  "fields" extends keyof Parameters<P>
    ? Flat<CompleteParameters<P> & { fields: NonNullable<Parameters<P>["fields"]> }>
    : never;

type JsonContent<Content> = Content[Extract<keyof Content, `application/${string}json`>];

/** The JSON document that a path answers with. */
export type Body<P extends GetPath> =
  Operation<P> extends { responses: { 200: { content: infer Content } } }
    ? JsonContent<Content>
    : never;

type PartialData<Data> = Data extends readonly (infer Item)[] ? Partial<Item>[] : Partial<Data>;

/** The JSON document of a request with `fields`: its records are partial. */
export type PartialBody<P extends GetPath> =
  Body<P> extends { data: infer Data }
    ? Flat<Omit<Body<P>, "data"> & { data: PartialData<Data> }>
    : never;

type HasPages = { data: readonly unknown[]; page: { next: string | null } };

/** A path that answers with a page of a list. */
export type ListPath = {
  [P in GetPath]: Body<P> extends HasPages ? P : never;
}[GetPath];

/** One item of a list. */
export type Item<P extends ListPath> = Body<P> extends { data: readonly (infer T)[] } ? T : never;

/** Arguments after the path: parameters may be left out where none is required. */
export type Arguments<T, Options> = Record<never, never> extends T
  ? [parameters?: T, options?: Options]
  : [parameters: T, options?: Options];
