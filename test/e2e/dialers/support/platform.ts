import type { Call, Gate, Placed } from '../../../../docs/dialers/examples/gate.js';
import type { Webhook } from '../../../../docs/dialers/examples/server.js';
import type { Row } from '../../../support/database.js';
import type { Received, Reply, StubPlatform } from './stub-platform.js';

export type Post = (path: string, headers: Record<string, string>, body: string) => Promise<number>;

interface Dialer {
  place(call: Call): Promise<Placed<unknown>>;
  webhook: Webhook;
}

/** How the tests see one platform. `Facts` is what its last webhook says of a call. */
export interface PlatformUnderTest<Facts = never> {
  name: string;
  /** Makes the page's dialer with the platform's SDK, which is pointed at the stub. */
  open(gate: Gate, stub: StubPlatform): Dialer;
  /** Answers a request that succeeds. */
  reply(request: Received): Reply;
  isCreation(request: Received): boolean;
  /** What the platform was asked to dial, and the id that travels with the call. */
  creation(request: Received): { from: unknown; to: unknown; authorizationId: unknown };
  /** The caller ID as the platform is told it. */
  callerId: string;
  /** How the platform says no. */
  refusal: Reply;
  /** Sends the webhooks of a call, and answers the status of the last. */
  deliver(post: Post, authorizationId: string, facts: Facts, stub: StubPlatform): Promise<number>;
  /** Sends the last webhook with a signature that is wrong, and then with none. */
  forge(post: Post, authorizationId: string): Promise<number[]>;
  /** The first is an answered call. */
  ends: [what: string, facts: Facts, record: Row][];
}
