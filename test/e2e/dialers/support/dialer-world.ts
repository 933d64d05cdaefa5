import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveWebhooks, type Webhook } from '../../../../docs/dialers/examples/server.js';
import { type RunningApi, startApi } from '../../../support/api.js';
import { createTestDatabase, type Row, type TestDatabase } from '../../../support/database.js';
import {
  createAgent,
  createApiKey,
  createAssignment,
  createOrganization,
  createPhoneNumber,
} from '../../../support/fixtures.js';
import { GateProxy } from './gate-proxy.js';
import { StubPlatform } from './stub-platform.js';

export const CALLER_ID = '+12025550123';
export const CANADA = '+14165550123';
/** Where the platforms believe that webhooks are served. */
export const PUBLIC_URL = 'https://dialer.example';

/** The real gate behind a proxy that can fail, a platform that is a stub, and the server of a dialer's webhooks. */
export class DialerWorld {
  private webhooks: Server | null = null;

  private constructor(
    readonly db: TestDatabase,
    readonly api: RunningApi,
    readonly apiKey: string,
    readonly agentId: string,
    readonly assignmentId: string,
    readonly proxy: GateProxy,
    readonly platform: StubPlatform,
  ) {}

  static async open(): Promise<DialerWorld> {
    const db = await createTestDatabase();
    const api = await startApi({ databaseUrl: db.url });
    const organizationId = await createOrganization(db);
    const scopes = ['calls:authorize', 'calls:settle'] as const;
    const { key } = await createApiKey(db, { organizationId, scopes: [...scopes] });
    const agentId = await createAgent(db, { organizationId });
    const phoneNumberId = await createPhoneNumber(db, { organizationId, e164: CALLER_ID });
    const assignmentId = await createAssignment(db, {
      organizationId,
      agentId,
      phoneNumberId,
      allowedCountries: ['CA'],
      dailyLimit: 10_000,
    });
    const [proxy, platform] = [await GateProxy.open(api.url), await StubPlatform.open()];
    return new DialerWorld(db, api, key, agentId, assignmentId, proxy, platform);
  }

  reset(): void {
    this.proxy.reset();
    this.platform.reset();
  }

  /** What a client of the gate is made with. */
  get gateOptions() {
    return { url: this.proxy.url, apiKey: this.apiKey };
  }

  call(destination = CANADA) {
    return { id: `call-${crypto.randomUUID()}`, agentId: this.agentId, destination };
  }

  async serve(webhook: Webhook): Promise<void> {
    await this.stopServing();
    const server = serveWebhooks(PUBLIC_URL, { '/status': webhook });
    this.webhooks = server;
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  }

  /** Sends a webhook as the platform does, and answers the status. */
  async post(path: string, headers: Record<string, string>, body: string): Promise<number> {
    const { port } = this.webhooks!.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', headers, body });
    return response.status;
  }

  /** The record of one authorization, or of the only one of a call. */
  async record(idOrKey: string): Promise<Row> {
    const [row] = await this.db.query(
      `select l.id, l.decision, l.status, l.disposition, l.duration_seconds, l.sip_code, l.external_call_id, l.void_reason
       from call_authorizations l left join idempotency_keys k on k.authorization_id = l.id
       where l.id::text = $1 or k.key = $1`,
      [idOrKey],
    );
    return row!;
  }

  /** How often settlements were written to the audit log for one authorization. */
  async settlements(authorizationId: string): Promise<number> {
    const [row] = await this.db.query(
      `select count(*)::int as n from audit_events
       where subject_id::text = $1 and action in ('authorization.completed', 'authorization.voided')`,
      [authorizationId],
    );
    return Number(row!['n']);
  }

  async counted(): Promise<number> {
    const [row] = await this.db.query('select calls_made_today from agent_phone_numbers where id = $1', [
      this.assignmentId,
    ]);
    return Number(row!['calls_made_today']);
  }

  async close(): Promise<void> {
    await this.stopServing();
    await this.proxy?.close();
    await this.platform?.close();
    await this.api?.close();
    await this.db?.drop();
  }

  private async stopServing(): Promise<void> {
    const server = this.webhooks;
    this.webhooks = null;
    server?.closeAllConnections();
    await new Promise<void>((closed) => (server ? server.close(() => closed()) : closed()));
  }
}
