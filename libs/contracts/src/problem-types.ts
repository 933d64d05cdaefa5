/**
 * Every problem (RFC 9457) that the API can answer. `type` is the address of the docs page `docs/problems/<code>.md`;
 * `title` is the same for every occurrence, `detail` says what happened this time and what to do.
 */
export const problemTypes = {
  validation_failed: { status: 400, title: 'The request has invalid fields' },
  malformed_request: { status: 400, title: 'The request could not be read' },
  invalid_credentials: { status: 401, title: 'E-mail or password is wrong' },
  authentication_required: { status: 401, title: 'Sign in or send an API key' },
  refresh_token_invalid: { status: 401, title: 'The session has ended' },
  permission_denied: { status: 403, title: 'Not permitted' },
  not_found: { status: 404, title: 'No such address' },
  record_not_found: { status: 404, title: 'No such record' },
  invitation_invalid: { status: 404, title: 'The invitation is not valid' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  request_timeout: { status: 408, title: 'The request took too long to arrive' },
  conflict: { status: 409, title: 'The change conflicts with the current state' },
  phone_number_exists: { status: 409, title: 'The phone number exists already' },
  phone_number_assigned: { status: 409, title: 'The phone number is assigned' },
  phone_number_connected: { status: 409, title: 'The phone number is connected' },
  phone_number_taken: { status: 409, title: 'The phone number has left the pool' },
  phone_number_reserved: { status: 409, title: 'The phone number is reserved' },
  pool_quota_reached: { status: 409, title: 'The quota of pool numbers is used up' },
  number_cannot_call: { status: 409, title: 'The phone number cannot call' },
  agent_has_number: { status: 409, title: 'The agent has a phone number already' },
  agent_inactive: { status: 409, title: 'The agent is not active' },
  authorization_settled: { status: 409, title: 'The authorization is settled already' },
  authorization_not_settleable: { status: 409, title: 'The authorization cannot be settled like this' },
  payload_too_large: { status: 413, title: 'The request is too large' },
  unsupported_media_type: { status: 415, title: 'The content type is not supported' },
  csv_invalid: { status: 422, title: 'The CSV file cannot be read' },
  idempotency_key_reused: { status: 422, title: 'The idempotency key belongs to another request' },
  too_many_requests: { status: 429, title: 'Too many requests' },
  void_limit_reached: { status: 429, title: 'Too many calls of the day were voided' },
  internal_error: { status: 500, title: 'Something went wrong on our side' },
  gate_unavailable: { status: 503, title: 'The call gate cannot decide right now' },
  service_unavailable: { status: 503, title: 'The service is not ready' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof problemTypes;
export const problemCodeList = Object.keys(problemTypes) as ProblemCode[];

/** The body of every answer with a 4xx or 5xx status (`application/problem+json`). */
export interface Problem {
  type: string;
  code: ProblemCode;
  title: string;
  status: number;
  detail: string;
  /** The same words as `detail`: react-admin shows `message`. */
  message: string;
  /** Messages by field path, where the problem lies in fields. */
  errors?: Record<string, string>;
  requestId?: string;
}
