import { createRingfenceClient } from '#api-client';
import { HttpError } from 'react-admin';
import { ApiProblem, callApi } from './session';

/** react-admin shows `body.message`, and puts `body.errors` beside the fields of a form. */
export function asHttpError(error: unknown): never {
  if (error instanceof ApiProblem) throw new HttpError(error.message, error.status, error.body);
  throw error;
}

/** What each function of the generated client takes here: it calls this server in the session of this tab, and throws. */
export const here = {
  client: createRingfenceClient({ baseUrl: '', fetch: (request) => callApi(request as Request) }),
  throwOnError: true,
} as const;

export async function dataOf<T>(answer: Promise<{ data: T }>): Promise<T> {
  return (await answer.catch(asHttpError)).data;
}

/** The bytes of an export, which the types of the client call a text. */
export const fileOf = (answer: Promise<{ data: unknown }>) => dataOf(answer) as Promise<Blob>;
