import type Telnyx from 'telnyx';
import type { Call, Gate, Outcome, Placed } from './gate.js';

type HangupCause = NonNullable<Telnyx.CallHangup.Payload['hangup_cause']>;

const DISPOSITIONS: Record<HangupCause, Outcome['disposition']> = {
  normal_clearing: 'answered',
  time_limit: 'answered',
  user_busy: 'busy',
  no_answer: 'no_answer',
  timeout: 'no_answer',
  call_rejected: 'rejected',
  originator_cancel: 'canceled',
  not_found: 'failed',
  unspecified: 'failed',
};

/** What travels with the call in `client_state`. */
interface ClientState {
  authorizationId: string;
  answeredAt?: string;
}

interface TelnyxSettings {
  /** The id of the Call Control application, whose webhook address is where `webhook` is served. */
  connectionId: string;
}

export class TelnyxDialer {
  /** @param client with the `publicKey` of the account, which webhooks are verified with */
  constructor(
    private readonly gate: Gate,
    private readonly client: Telnyx,
    private readonly settings: TelnyxSettings,
  ) {}

  place(call: Call): Promise<Placed<unknown>> {
    return this.gate.place(call, ({ authorizationId, from, destination }) =>
      this.client.calls.dial(
        {
          connection_id: this.settings.connectionId,
          from: from.phoneNumber,
          to: destination.phoneNumber,
          client_state: encode({ authorizationId }),
          // Telnyx ignores a second command with this id.
          command_id: authorizationId,
        },
        { maxRetries: 0 },
      ),
    );
  }

  async webhook(request: Request): Promise<Response> {
    const body = await request.text();
    const headers = Object.fromEntries(request.headers);
    const event = await this.client.webhooks.unwrap(body, { headers }).catch(() => null);
    if (!event) return new Response(null, { status: 403 });
    const data = 'data' in event ? event.data : undefined;
    if (data && 'event_type' in data) {
      if (data.event_type === 'call.answered') await this.noteAnswer(data.payload ?? {}, data.occurred_at);
      if (data.event_type === 'call.hangup') await this.settle(data.payload ?? {}, data.occurred_at);
    }
    return new Response(null, { status: 204 });
  }

  /** `call.hangup` says when the call began, not when it was answered. */
  private async noteAnswer(payload: { call_control_id?: string; client_state?: string }, occurredAt?: string) {
    const state = decode(payload.client_state);
    if (!state || !payload.call_control_id) return;
    const client_state = encode({ ...state, answeredAt: occurredAt });
    await this.client.calls.actions.updateClientState(payload.call_control_id, { client_state });
  }

  private async settle(payload: Telnyx.CallHangup.Payload, occurredAt?: string): Promise<void> {
    const state = decode(payload.client_state);
    if (!state) return;
    const { authorizationId, answeredAt } = state;
    const disposition = answeredAt ? 'answered' : DISPOSITIONS[payload.hangup_cause ?? 'unspecified'];
    const sipCode = Number(payload.sip_hangup_cause);
    await this.gate.complete(authorizationId, {
      disposition: disposition ?? 'failed',
      durationSeconds: answeredAt && occurredAt ? secondsBetween(answeredAt, occurredAt) : undefined,
      sipCode: sipCode >= 100 && sipCode <= 699 ? sipCode : undefined,
      externalCallId: payload.call_control_id,
    });
  }
}

const secondsBetween = (from: string, to: string): number =>
  Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1_000));

const encode = (state: ClientState): string => Buffer.from(JSON.stringify(state)).toString('base64');

/** @returns null for a call that was not placed here */
function decode(text: string | undefined): ClientState | null {
  try {
    const state = JSON.parse(Buffer.from(text ?? '', 'base64').toString()) as Partial<ClientState> | null;
    return typeof state?.authorizationId === 'string' ? (state as ClientState) : null;
  } catch {
    return null;
  }
}
