import twilio from 'twilio';
import type { CallStatus } from 'twilio/lib/rest/api/v2010/account/call.js';
import type { Call, Gate, Outcome, Placed } from './gate.js';

/** Null: the call goes on. */
const DISPOSITIONS: Record<CallStatus, Outcome['disposition'] | null> = {
  queued: null,
  ringing: null,
  'in-progress': null,
  completed: 'answered',
  busy: 'busy',
  'no-answer': 'no_answer',
  canceled: 'canceled',
  failed: 'failed',
};

interface TwilioSettings {
  authToken: string;
  /** TwiML that speaks once the call is answered. */
  twimlUrl: string;
  /** Where `webhook` is served. */
  statusUrl: string;
}

export class TwilioDialer {
  constructor(
    private readonly gate: Gate,
    private readonly client: twilio.Twilio,
    private readonly settings: TwilioSettings,
  ) {}

  place(call: Call): Promise<Placed<{ sid: string }>> {
    const { twimlUrl, statusUrl } = this.settings;
    return this.gate.place(call, ({ authorizationId, from, destination }) =>
      this.client.calls.create({
        from: from.phoneNumber,
        to: destination.phoneNumber,
        url: twimlUrl,
        // The fragment tells Twilio to send a callback again that was not answered with 2xx.
        statusCallback: `${statusUrl}?authorizationId=${authorizationId}#rc=5&rp=all`,
        statusCallbackMethod: 'POST',
        statusCallbackEvent: ['completed'],
      }),
    );
  }

  async webhook(request: Request): Promise<Response> {
    const params = Object.fromEntries(new URLSearchParams(await request.text()));
    const signature = request.headers.get('x-twilio-signature') ?? '';
    const { authToken } = this.settings;
    if (!twilio.validateRequest(authToken, signature, request.url, params)) return new Response(null, { status: 403 });
    const outcome = outcomeOf(params);
    const authorizationId = new URL(request.url).searchParams.get('authorizationId');
    if (outcome && authorizationId) await this.gate.complete(authorizationId, outcome);
    return new Response(null, { status: 204 });
  }
}

/** @returns null while the call goes on */
function outcomeOf(params: Record<string, string>): Outcome | null {
  const disposition = DISPOSITIONS[params['CallStatus'] as CallStatus];
  if (!disposition) return null;
  // With answering machine detection, which `calls.create` takes as `machineDetection`.
  const isMachine = params['AnsweredBy']?.startsWith('machine') ?? false;
  const sipCode = Number(params['SipResponseCode']);
  return {
    disposition: disposition === 'answered' && isMachine ? 'voicemail' : disposition,
    durationSeconds: disposition === 'answered' ? Number(params['CallDuration'] ?? 0) : undefined,
    sipCode: sipCode >= 100 && sipCode <= 699 ? sipCode : undefined,
    externalCallId: params['CallSid'],
  };
}
