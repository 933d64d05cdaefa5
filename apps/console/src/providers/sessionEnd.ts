/** What nobody has to be told: the sign-in page, which comes in its place, says that the session has ended. */
export class SessionEnded extends Error {
  constructor() {
    super('Your session has ended. Sign in again.');
  }
}

/**
 * Whether an answer stands in for one. When the server refuses the session, react-admin signs out and resolves `{ data: {} }` or
 * `{ data: [] }` to whoever waits, as if the server had said yes. No answer of the API looks like that: a record has an id, and a
 * list has a total.
 */
export function isStandIn(answer: unknown): boolean {
  if (typeof answer !== 'object' || answer === null || Object.keys(answer).join() !== 'data') return false;
  const { data } = answer as { data: unknown };
  return typeof data === 'object' && data !== null && Object.keys(data).length === 0;
}

/** The same functions, which reject with `SessionEnded` where the answer only stands in for one. */
export function refusingStandIns<Api extends object>(api: Api): Api {
  return new Proxy(api, {
    get: (target, name) => {
      const found: unknown = Reflect.get(target, name);
      if (typeof found !== 'function') return found;
      return async (...parameters: unknown[]) => {
        const answer: unknown = await (found as (...given: unknown[]) => unknown)(...parameters);
        if (isStandIn(answer)) throw new SessionEnded();
        return answer;
      };
    },
  });
}
