import type { OpenAPIObject } from '@nestjs/swagger';

/** An operation of the description, with the extensions that the decorators of routes write. */
export type Operation = NonNullable<OpenAPIObject['paths'][string]['get']> & Record<`x-${string}`, unknown>;

export type RequestBodyObject = Extract<NonNullable<Operation['requestBody']>, { content: unknown }>;

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
const METHODS: readonly Method[] = ['get', 'post', 'put', 'patch', 'delete'];

export function operationsOf(document: OpenAPIObject): Operation[] {
  return Object.values(document.paths).flatMap((path) =>
    METHODS.flatMap((method) => (path[method] as Operation | undefined) ?? []),
  );
}

/** The media types that an operation takes as its body. */
export function bodyTypesOf({ requestBody }: Operation): string[] {
  return requestBody && 'content' in requestBody ? Object.keys(requestBody.content) : [];
}

/** The names of an operation's parameters in the path or the query. */
export function parametersOf({ parameters }: Operation, place: 'path' | 'query') {
  return (parameters ?? []).flatMap((parameter) => ('in' in parameter && parameter.in === place ? [parameter] : []));
}
