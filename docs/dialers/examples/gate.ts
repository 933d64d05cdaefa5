import { setTimeout as after } from 'node:timers/promises';

export interface Call {
  /** The dialer's own id of this call, the same in each retry: it is the Idempotency-Key. */
  id: string;
  agentId: string;
  destination: string;
}

export interface Allowed {
  allowed: true;
  authorizationId: string;
  /** The caller ID to dial with. */
  from: { phoneNumber: string };
  /** The number to dial, in E.164. */
  destination: { phoneNumber: string };
}

export interface Denied {
  allowed: false;
  reasonCode: string;
  message: string;
}

export interface Outcome {
  disposition: 'answered' | 'no_answer' | 'busy' | 'rejected' | 'failed' | 'canceled' | 'voicemail';
  durationSeconds?: number;
  sipCode?: number;
  /** The platform's id of the call. */
  externalCallId?: string;
}

export type VoidReason = 'not_dialed' | 'caller_abandoned' | 'trunk_unavailable' | 'duplicate_request' | 'test_call';

export type Settlement = { complete: Outcome } | { void: VoidReason };

/** What became of a call: denied, or created at the platform. */
export type Placed<Created> = { denied: Denied } | { authorizationId: string; created: Created };

/** The gate did not decide. Do not dial; ask again later, with the same id. */
export class NotDecided extends Error {}

/** The gate did not take the settlement. Settle again later; never dial again for it. */
export class NotSettled extends Error {}

/** The gate took the request and refused it: a wrong key, a wrong field. Retrying does not help. */
export class RequestRefused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
  ) {
    super(`The call gate answered ${status} ${code}.`);
  }
}

export class Gate {
  private readonly base: string;

  /**
   * @param options.url such as https://ringfence.example, without a path
   * @param options.apiKey with the scopes calls:authorize and calls:settle
   * @param options.timeoutMs how long one request may take. The gate itself gives up after 2 seconds.
   * @param options.attempts how often a request is sent that gets no decision
   */
  constructor(private readonly options: { url: string; apiKey: string; timeoutMs?: number; attempts?: number }) {
    this.base = `${options.url}/api/v1/call-gate`;
  }

  /**
   * Asks the gate, and creates the call if it is allowed. A call that the platform refused is given back.
   *
   * @param create creates the call at the platform, once: its client must not retry by itself
   * @param isRefusal whether the error of `create` is certain that there is no call
   * @throws NotDecided, RequestRefused: nothing was created
   * @throws NotSettled the platform refused the call, and the gate did not take it back
   * @throws the error of `create`
   */
  async place<Created>(
    call: Call,
    create: (allowed: Allowed) => Promise<Created>,
    isRefusal: (error: unknown) => boolean = isRefusalByStatus,
  ): Promise<Placed<Created>> {
    const decision = await this.authorize(call);
    if (!decision.allowed) return { denied: decision };
    const { authorizationId } = decision;
    try {
      return { authorizationId, created: await create(decision) };
    } catch (error) {
      if (isRefusal(error)) await this.void(authorizationId, 'not_dialed');
      throw error;
    }
  }

  authorize({ id, agentId, destination }: Call): Promise<Allowed | Denied> {
    return this.post('authorize', { agentId, destination }, { 'idempotency-key': id });
  }

  settle(authorizationId: string, settlement: Settlement): Promise<void> {
    return 'void' in settlement
      ? this.void(authorizationId, settlement.void)
      : this.complete(authorizationId, settlement.complete);
  }

  /** Tells how the call went. The first settlement of a call stays; a second one changes nothing. */
  complete(authorizationId: string, outcome: Outcome): Promise<void> {
    return this.postSettlement('complete', { authorizationId, ...outcome });
  }

  /** Gives back a call that was not placed. */
  void(authorizationId: string, reason: VoidReason): Promise<void> {
    return this.postSettlement('void', { authorizationId, reason });
  }

  /** Gives up a call that stayed undecided: if the gate has counted it, it is given back. */
  async giveUp(id: string): Promise<void> {
    try {
      await this.postSettlement('void', { idempotencyKey: id, reason: 'not_dialed' });
    } catch (error) {
      // The gate has never decided a call with this id.
      if (!(error instanceof RequestRefused && error.status === 404)) throw error;
    }
  }

  private async postSettlement(path: string, body: object): Promise<void> {
    try {
      await this.post(path, body);
    } catch (error) {
      if (error instanceof NotDecided) throw new NotSettled(error.message);
      // 409: the call was settled before, or can no longer be given back.
      if (!(error instanceof RequestRefused && error.status === 409)) throw error;
    }
  }

  private async post<Answer>(path: string, body: object, headers: Record<string, string> = {}): Promise<Answer> {
    const { apiKey, timeoutMs = 3_000, attempts = 3 } = this.options;
    for (let attempt = 1; ; attempt += 1) {
      const response = await fetch(`${this.base}/${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(timeoutMs),
      }).then(read, () => null);
      if (response?.status === 200) return response.body as Answer;
      if (response && response.status < 500 && response.status !== 429) {
        throw new RequestRefused(response.status, (response.body as { code?: string } | null)?.code ?? '');
      }
      if (attempt === attempts)
        throw new NotDecided(`The call gate gave no decision (${response?.status ?? 'no answer'}).`);
      await after(1_000 * (response?.retryAfterSeconds ?? 1));
    }
  }
}

/** @returns null when the answer broke off, or is no JSON */
async function read(response: Response) {
  const seconds = Number(response.headers.get('retry-after') ?? 1);
  return response
    .json()
    .then((body: unknown) => ({
      status: response.status,
      retryAfterSeconds: Number.isFinite(seconds) ? seconds : 1,
      body,
    }))
    .catch(() => null);
}

/** The platform read the request and said no. After 408, 5xx or no answer the phone may be ringing. */
export function isRefusalByStatus(error: unknown): boolean {
  const { status } = error as { status?: unknown };
  return typeof status === 'number' && status >= 400 && status < 500 && status !== 408;
}

/** What the final response of a call that was not answered means (RFC 3261). After 503 there was no carrier for it. */
export function bySipCode(sipCode: number, externalCallId?: string): Settlement {
  if (sipCode === 503) return { void: 'trunk_unavailable' };
  return { complete: { disposition: dispositionOf(sipCode), sipCode, externalCallId } };
}

function dispositionOf(sipCode: number): Outcome['disposition'] {
  if ([486, 600].includes(sipCode)) return 'busy';
  if ([603, 607, 608].includes(sipCode)) return 'rejected';
  return [408, 480, 487].includes(sipCode) ? 'no_answer' : 'failed';
}
