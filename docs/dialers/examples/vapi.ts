import { createHash, timingSafeEqual } from 'node:crypto';
import { type Call, type Gate, isRefusalByStatus, type Outcome, type Placed, type Settlement } from './gate.js';

/** How calls end that were placed and not answered by a human. */
const DISPOSITIONS: Record<string, Outcome['disposition']> = {
  voicemail: 'voicemail',
  'customer-busy': 'busy',
  'customer-did-not-answer': 'no_answer',
  'vonage-rejected': 'rejected',
  'manually-canceled': 'canceled',
  'twilio-failed-to-connect-call': 'failed',
  'twilio-reported-customer-misdialed': 'failed',
  'vonage-failed-to-connect-call': 'failed',
  'call.in-progress.error-sip-outbound-call-failed-to-connect': 'failed',
  'call.in-progress.error-providerfault-outbound-sip-403-forbidden': 'failed',
  'call.in-progress.error-providerfault-outbound-sip-407-proxy-authentication-required': 'failed',
  'call.in-progress.error-providerfault-outbound-sip-408-request-timeout': 'no_answer',
  'call.in-progress.error-providerfault-outbound-sip-480-temporarily-unavailable': 'no_answer',
};

const NO_CARRIER = 'call.in-progress.error-providerfault-outbound-sip-503-service-unavailable';

/** What ends a call before it is placed. */
const NOT_PLACED =
  /^(call\.start[.-]|call-start-|assistant-not-|assistant-request-|scheduled-call-deleted$|call-deleted$)/;

interface VapiSettings {
  apiKey: string;
  assistantId: string;
  /** The id that each number has at Vapi, by its E.164. */
  phoneNumberIds: Record<string, string>;
  /** What the assistant's server sends in the header x-vapi-secret. */
  webhookSecret: string;
  url?: string;
}

interface Report {
  type: string;
  endedReason?: string;
  startedAt?: string;
  endedAt?: string;
  call?: { id?: string; assistantOverrides?: { metadata?: { authorizationId?: string } } };
}

class VapiError extends Error {
  constructor(readonly status: number) {
    super(`Vapi answered ${status}.`);
  }
}

export class VapiDialer {
  constructor(
    private readonly gate: Gate,
    private readonly settings: VapiSettings,
  ) {}

  place(call: Call): Promise<Placed<{ id: string }>> {
    return this.gate.place(
      call,
      ({ authorizationId, from, destination }) =>
        this.create(authorizationId, from.phoneNumber, destination.phoneNumber),
      isRefusalByStatus,
    );
  }

  private async create(authorizationId: string, from: string, to: string): Promise<{ id: string }> {
    const { apiKey, assistantId, phoneNumberIds, url = 'https://api.vapi.ai' } = this.settings;
    const phoneNumberId = phoneNumberIds[from];
    // As if Vapi had said it: the call is given back.
    if (!phoneNumberId) throw new VapiError(404);
    const response = await fetch(`${url}/call`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        assistantId,
        assistantOverrides: { metadata: { authorizationId } },
        phoneNumberId,
        customer: { number: to },
      }),
      signal: AbortSignal.timeout(20_000),
    });
    if (!response.ok) throw new VapiError(response.status);
    return (await response.json()) as { id: string };
  }

  async webhook(request: Request): Promise<Response> {
    const secret = request.headers.get('x-vapi-secret') ?? '';
    if (!isSame(secret, this.settings.webhookSecret)) return new Response(null, { status: 403 });
    const { message } = (await request.json()) as { message: Report };
    const authorizationId = message.call?.assistantOverrides?.metadata?.authorizationId;
    if (message.type === 'end-of-call-report' && authorizationId) {
      await this.gate.settle(authorizationId, settlementOf(message));
    }
    return new Response(null, { status: 204 });
  }
}

function settlementOf({ endedReason = '', startedAt, endedAt, call }: Report): Settlement {
  if (endedReason === NO_CARRIER) return { void: 'trunk_unavailable' };
  if (NOT_PLACED.test(endedReason)) return { void: 'not_dialed' };
  const milliseconds = startedAt && endedAt ? Math.max(0, Date.parse(endedAt) - Date.parse(startedAt)) : 0;
  const disposition = DISPOSITIONS[endedReason] ?? (milliseconds > 0 ? 'answered' : 'failed');
  const spoke = disposition === 'answered' || disposition === 'voicemail';
  const durationSeconds = spoke ? Math.round(milliseconds / 1_000) : undefined;
  return { complete: { disposition, durationSeconds, externalCallId: call?.id } };
}

function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
