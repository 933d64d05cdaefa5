import { type RoomServiceClient, type SipClient, SipCallError, type WebhookReceiver } from 'livekit-server-sdk';
import { bySipCode, type Call, type Gate, isRefusalByStatus, type Placed } from './gate.js';

const AUTHORIZATION = 'ringfence.authorizationId';
const ANSWERED_AT = 'ringfence.answeredAt';

interface LiveKitSettings {
  /** The outbound trunk, which has the numbers of the agents. */
  trunkId: string;
  ringSeconds: number;
}

interface Answered {
  room: string;
  participantIdentity: string;
}

export class LiveKitDialer {
  /** @param sip made with `failover: false`: its retry at another region would be a second call */
  constructor(
    private readonly gate: Gate,
    private readonly sip: SipClient,
    private readonly rooms: RoomServiceClient,
    private readonly receiver: WebhookReceiver,
    private readonly settings: LiveKitSettings,
  ) {}

  /** Waits until the phone is answered. A call that was placed and not answered is settled when this throws. */
  place(call: Call): Promise<Placed<Answered>> {
    return this.gate.place(
      call,
      async ({ authorizationId, from, destination }) => {
        try {
          const at = await this.dial(authorizationId, from.phoneNumber, destination.phoneNumber);
          await this.noteAnswer(authorizationId, at);
          return at;
        } catch (error) {
          const sipCode = error instanceof SipCallError && error.sipStatusCode;
          if (sipCode) await this.gate.settle(authorizationId, bySipCode(sipCode));
          throw error;
        }
      },
      (error) => !(error instanceof SipCallError) && isRefusalByStatus(error),
    );
  }

  /** The webhook of the end says when the participant came to the room, which is before the phone was answered. */
  private async noteAnswer(authorizationId: string, { room, participantIdentity }: Answered): Promise<void> {
    const attributes = { [ANSWERED_AT]: new Date().toISOString() };
    try {
      await this.rooms.updateParticipant(room, participantIdentity, { attributes });
    } catch {
      // The call is over already, or will end without the mark: nothing else would settle it.
      await this.gate.complete(authorizationId, { disposition: 'answered' });
    }
  }

  private async dial(authorizationId: string, fromNumber: string, to: string): Promise<Answered> {
    const room = `call-${authorizationId}`;
    const { participantIdentity } = await this.sip.createSipParticipant(this.settings.trunkId, to, room, {
      fromNumber,
      participantIdentity: `phone-${authorizationId}`,
      participantAttributes: { [AUTHORIZATION]: authorizationId },
      waitUntilAnswered: true,
      ringingTimeout: this.settings.ringSeconds,
    });
    return { room, participantIdentity };
  }

  async webhook(request: Request): Promise<Response> {
    const header = request.headers.get('authorization') ?? undefined;
    const event = await this.receiver.receive(await request.text(), header).catch(() => null);
    if (!event) return new Response(null, { status: 403 });
    const { attributes = {} } = event.participant ?? {};
    const authorizationId = attributes[AUTHORIZATION];
    const answeredAt = attributes[ANSWERED_AT];
    // An unanswered call ends in `place`, which knows the SIP code; `disconnectReason` is no certain word for it.
    if (event.event === 'participant_left' && authorizationId && answeredAt) {
      const seconds = Math.round(Number(event.createdAt) - Date.parse(answeredAt) / 1_000);
      await this.gate.complete(authorizationId, {
        disposition: 'answered',
        durationSeconds: Math.max(0, seconds),
        externalCallId: attributes['sip.callID'],
      });
    }
    return new Response(null, { status: 204 });
  }
}
