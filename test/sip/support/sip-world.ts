import { eventually } from '../../support/eventually.js';
import { type ApiProcess, startApiProcess } from '../../support/api-process.js';
import { createTestDatabase, type Row, type TestDatabase } from '../../support/database.js';
import {
  createAgent,
  createApiKey,
  createAssignment,
  createOrganization,
  createPhoneNumber,
} from '../../support/fixtures.js';
import { Carrier } from './carrier.js';
import { Dialer } from './dialer.js';
import type { SipServer, StartSipServer } from './sip-server.js';

export const CALLER_ID = '+12025550123';

/** A gate, a carrier, a SIP server between them, and a dialer: all real but the carrier and the dialer. */
export class SipWorld {
  private constructor(
    readonly db: TestDatabase,
    readonly assignmentId: string,
    readonly apiKey: string,
    readonly carrier: Carrier,
    private apiPort: string,
    public api: ApiProcess,
    public server: SipServer,
    public dialer: Dialer,
  ) {}

  static async open(start: StartSipServer): Promise<SipWorld> {
    const db = await createTestDatabase();
    const organizationId = await createOrganization(db);
    const agentId = await createAgent(db, { organizationId });
    const phoneNumberId = await createPhoneNumber(db, { organizationId, e164: CALLER_ID });
    const assignmentId = await createAssignment(db, {
      organizationId,
      agentId,
      phoneNumberId,
      allowedCountries: ['CA'],
      dailyLimit: 1_000,
    });
    const scopes = ['calls:authorize', 'calls:settle'] as const;
    const { key } = await createApiKey(db, { organizationId, scopes: [...scopes] });
    const api = await startApiProcess(db.url);
    const carrier = await Carrier.open();
    const server = await start({ gateUrl: api.url, apiKey: key, carrierPort: carrier.port, agentId }).catch(
      async (error: unknown) => {
        // Or the run would not end.
        await Promise.all([api.stop(), carrier.close()]);
        await db.drop();
        throw error;
      },
    );
    const dialer = await Dialer.open(server.port);
    return new SipWorld(db, assignmentId, key, carrier, new URL(api.url).port, api, server, dialer);
  }

  /** A new day: nothing counted, nothing rang. */
  async reset(dailyLimit: number): Promise<void> {
    await this.everythingIsSettled();
    await this.db.query('update agent_phone_numbers set daily_limit = $2, calls_made_today = 0 where id = $1', [
      this.assignmentId,
      dailyLimit,
    ]);
    await this.db.query('truncate call_authorizations, idempotency_keys, usage_daily');
    this.carrier.invites.length = 0;
    this.carrier.requests.length = 0;
    this.carrier.behaviors.clear();
  }

  /** Starts the API again where the proxy looks for it. */
  async restartApi(): Promise<void> {
    this.api = await startApiProcess(this.db.url, { PORT: this.apiPort });
  }

  async ledger(): Promise<Row[]> {
    return this.db.query(
      `select destination, decision, reason_code, status, disposition, sip_code, duration_seconds, void_reason
      from call_authorizations order by id`,
    );
  }

  /** Calls that count: allowed and not given back. */
  async counted(): Promise<number> {
    const [row] = await this.db.query('select calls_made_today from agent_phone_numbers where id = $1', [
      this.assignmentId,
    ]);
    return Number(row!['calls_made_today']);
  }

  /** Waits until no allowed call is without its settlement. */
  everythingIsSettled(): Promise<void> {
    return eventually(async () => {
      const [row] = await this.db.query(
        `select count(*)::int as open from call_authorizations where status = 'authorized'`,
      );
      return row!['open'] === 0;
    }, 15_000);
  }

  async close(): Promise<void> {
    await this.dialer?.close();
    await this.server?.stop();
    await this.carrier?.close();
    await this.api?.stop();
    await this.db?.drop();
  }
}
