import type { JambonzClient } from '@jambonz/sdk/client';
import { WebhookResponse } from '@jambonz/sdk/webhook';
import { bySipCode, type Call, type Gate, type Placed, type Settlement } from './gate.js';

interface JambonzSettings {
  /** The application that the answered call speaks with. Its call status hook is where `webhook` is served. */
  applicationSid: string;
  /** The secret of the account that webhooks are signed with. */
  webhookSecret: string;
}

interface CallStatus {
  call_sid: string;
  call_status: string;
  sip_status?: number;
  /** Seconds since the answer. */
  duration?: number;
  /** Of the other end of a call that was bridged. */
  parent_call_sid?: string;
  customerData?: { authorizationId?: string };
  customer_data?: { authorizationId?: string };
}

export class JambonzDialer {
  constructor(
    private readonly gate: Gate,
    private readonly client: JambonzClient,
    private readonly settings: JambonzSettings,
  ) {}

  place(call: Call): Promise<Placed<unknown>> {
    return this.gate.place(
      call,
      ({ authorizationId, from, destination }) =>
        this.client.calls.create({
          application_sid: this.settings.applicationSid,
          from: from.phoneNumber,
          to: { type: 'phone', number: destination.phoneNumber },
          tag: { authorizationId },
        }),
      // The client says the status in its message only. After 408 the phone may be ringing.
      (error) => /^POST \S+ failed: 4(?!08)\d\d /.test((error as Error).message),
    );
  }

  async webhook(request: Request): Promise<Response> {
    const body = await request.text();
    if (!this.isSigned(body, request.headers.get('jambonz-signature'))) return new Response(null, { status: 403 });
    const call = JSON.parse(body) as CallStatus;
    const { authorizationId } = call.customerData ?? call.customer_data ?? {};
    const settlement = settlementOf(call);
    if (authorizationId && settlement && !call.parent_call_sid) await this.gate.settle(authorizationId, settlement);
    return new Response(null, { status: 204 });
  }

  /** The SDK verifies as a middleware of Express, which hands on an error for what is forged. */
  private isSigned(body: string, signature: string | null): boolean {
    let isSigned = false;
    const verify = WebhookResponse.verifySignature(this.settings.webhookSecret);
    const [request, response] = [{ headers: { 'jambonz-signature': signature }, body }, {}];
    verify(request as never, response as never, (error) => (isSigned = error === undefined));
    return isSigned;
  }
}

/** @returns null while the call goes on */
function settlementOf({ call_status, sip_status, duration, call_sid }: CallStatus): Settlement | null {
  const externalCallId = call_sid;
  switch (call_status) {
    case 'completed':
      return { complete: { disposition: 'answered', durationSeconds: duration, externalCallId } };
    case 'busy':
      return { complete: { disposition: 'busy', sipCode: sip_status, externalCallId } };
    case 'no-answer':
      return { complete: { disposition: 'no_answer', sipCode: sip_status, externalCallId } };
    case 'failed':
      return sip_status
        ? bySipCode(sip_status, externalCallId)
        : { complete: { disposition: 'failed', externalCallId } };
    default:
      return null;
  }
}
