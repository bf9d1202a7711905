export { Client, type ClientOptions, type RequestOptions } from "./client.js";
export { GoneError, InvalidRequestError, NotFoundError, ServiceError } from "./errors.js";
export type { components, operations, paths } from "./schema.js";
export type { Body, GetPath, Item, ListPath, Parameters, Problem, Schemas } from "./types.js";
