import { problemTypes, type ProblemCode } from '#contracts';

/** An expected refusal. The filter turns it into `application/problem+json`. */
export class ProblemError extends Error {
  readonly status: number;

  /**
   * @param code which problem of the catalogue
   * @param detail what happened this time and what to do about it, for the person who reads it
   * @param options.errors messages by field path
   * @param options.headers headers of the answer, such as Retry-After
   * @param options.cause what lies behind it: for the log, never for the caller
   */
  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    readonly options: {
      errors?: Record<string, string>;
      headers?: Record<string, string | string[]>;
      cause?: unknown;
    } = {},
  ) {
    super(detail, { cause: options.cause });
    this.name = 'ProblemError';
    this.status = problemTypes[code].status;
  }
}
