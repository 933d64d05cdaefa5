import Retell from 'retell-sdk';
import type { Call, Gate, Outcome, Placed, Settlement, VoidReason } from './gate.js';

type Reason = NonNullable<Retell.PhoneCallResponse['disconnection_reason']>;

/** How a call ended that was answered, or that was placed and not answered. */
const DISPOSITIONS: Partial<Record<Reason, Outcome['disposition']>> = {
  voicemail_reached: 'voicemail',
  dial_busy: 'busy',
  dial_no_answer: 'no_answer',
  dial_failed: 'failed',
  invalid_destination: 'failed',
  marked_as_spam: 'failed',
  user_declined: 'rejected',
};

/** What ended the call before it was placed. */
const NOT_PLACED: Partial<Record<Reason, VoidReason>> = {
  concurrency_limit_reached: 'not_dialed',
  no_concurrency_fallback: 'not_dialed',
  no_valid_payment: 'not_dialed',
  registered_call_timeout: 'not_dialed',
  error_user_not_joined: 'not_dialed',
  telephony_provider_permission_denied: 'trunk_unavailable',
  telephony_provider_unavailable: 'trunk_unavailable',
  sip_routing_error: 'trunk_unavailable',
};

interface EndedCall {
  call_id: string;
  disconnection_reason?: Reason;
  duration_ms?: number;
  metadata?: { authorizationId?: string };
}

export class RetellDialer {
  constructor(
    private readonly gate: Gate,
    private readonly client: Retell,
    /** The API key that signs webhooks. */
    private readonly apiKey: string,
  ) {}

  /** @param retellAgentId who speaks; without it the agent that Retell has for the caller ID */
  place(call: Call, retellAgentId?: string): Promise<Placed<Retell.PhoneCallResponse>> {
    return this.gate.place(call, ({ authorizationId, from, destination }) =>
      this.client.call.createPhoneCall(
        {
          from_number: from.phoneNumber,
          to_number: destination.phoneNumber,
          override_agent_id: retellAgentId,
          metadata: { authorizationId },
        },
        { maxRetries: 0 },
      ),
    );
  }

  async webhook(request: Request): Promise<Response> {
    const body = await request.text();
    const signature = request.headers.get('x-retell-signature') ?? '';
    if (!(await Retell.verify(body, this.apiKey, signature))) return new Response(null, { status: 403 });
    const { event, call } = JSON.parse(body) as { event: string; call: EndedCall };
    const authorizationId = call.metadata?.authorizationId;
    if (event === 'call_ended' && authorizationId) await this.gate.settle(authorizationId, settlementOf(call));
    return new Response(null, { status: 204 });
  }
}

function settlementOf({ call_id, disconnection_reason: reason, duration_ms }: EndedCall): Settlement {
  const notPlaced = reason && NOT_PLACED[reason];
  if (notPlaced) return { void: notPlaced };
  const seconds = Math.round((duration_ms ?? 0) / 1_000);
  const unanswered = reason === 'manual_stopped' ? 'canceled' : 'failed';
  const disposition = (reason && DISPOSITIONS[reason]) ?? (duration_ms ? 'answered' : unanswered);
  const spoke = disposition === 'answered' || disposition === 'voicemail';
  return { complete: { disposition, durationSeconds: spoke ? seconds : undefined, externalCallId: call_id } };
}
