import type { ApiKeyScope } from '#contracts';
import { newInvitationToken } from '../../apps/api/src/modules/auth/invitations/invitation-token.js';
import type { TestDatabase } from '../support/database.js';
import {
  createAgent,
  createApiKey,
  createAssignment,
  createOrganization,
  createPhoneNumber,
  createUser,
} from '../support/fixtures.js';
import { fillLedger } from '../support/ledger.js';

export const POOL = '00000000-0000-7000-8000-000000000001';

/** The word that stands in all text of the organization whose data no other one may see. */
export const CANARY = 'canary';

/**
 * Whose a record is inside the organization. `own`: of the agent and the client that callers are limited to. `other`: of
 * a colleague and of another client.
 */
export type Side = 'own' | 'other';

/** What the records of an organization belong to. */
export interface Household {
  organizationId: string;
  /** The user whose agents are the own ones. */
  agentUserId: string;
  clientIds: Record<Side, string>;
}

let serial = 0;
const ANALYZE_EVERY = 100;

/** Makes records of one organization and side, straight in the database, marked so that they are known again in an answer. */
export class Records {
  constructor(
    private readonly db: TestDatabase,
    readonly household: Household,
    readonly side: Side,
  ) {}

  /** Makes the record that a row of the access table names, and answers what stands for it in a path. */
  async make(kind: string): Promise<string> {
    const make = this.kinds[kind];
    if (!make) throw new Error(`There is no record "${kind}"; test/security/records.ts knows ${this.known.join(', ')}`);
    // PostgreSQL would come by itself, but later: without statistics it reads some lists in ways that take seconds.
    if ((serial += 1) % ANALYZE_EVERY === 0) await this.db.query('analyze');
    return make();
  }

  get known(): string[] {
    return Object.keys(this.kinds);
  }

  private readonly kinds: Record<string, () => Promise<string>> = {
    agent: () => this.agent(),
    'audit event': () => this.auditEvent(),
    'api-key': async () => (await this.apiKey(['calls:authorize'])).id,
    assigned: async () => (await this.assignment()).phoneNumberId,
    assignment: async () => (await this.assignment()).id,
    authorization: () => this.authorization(),
    claimed: () => this.claimed(),
    client: () => this.client(),
    'client of the limit': async () => (this.side === 'own' ? this.household.clientIds.own : this.client()),
    connected: () => this.connected(),
    'e164 of a number': () => this.e164Of(this.number()),
    import: () => this.finishedImport(),
    invitation: async () => (await this.invitation()).id,
    'import under way': () => this.waitingImport(),
    number: () => this.number(),
    organization: () => this.organization(),
    'pool number': () => this.poolNumber(),
    reserved: () => this.reserved(),
    user: () => this.user(),
  };

  async agent(): Promise<string> {
    const { organizationId, agentUserId, clientIds } = this.household;
    const userId = this.side === 'own' ? agentUserId : undefined;
    // A user signs in as one agent at most: the newest.
    if (userId) await this.db.query('update agents set user_id = null where user_id = $1', [userId]);
    const id = await createAgent(this.db, { organizationId, name: this.text('agent'), userId });
    await this.db.query('update agents set client_id = $2 where id = $1', [id, clientIds[this.side]]);
    return id;
  }

  async number(): Promise<string> {
    const { organizationId, clientIds } = this.household;
    const facts = { organizationId, e164: this.e164(), label: this.text('number') };
    const id = await createPhoneNumber(this.db, facts);
    await this.db.query('update phone_numbers set client_id = $2 where id = $1', [id, clientIds[this.side]]);
    return id;
  }

  async assignment(): Promise<{ id: string; agentId: string; phoneNumberId: string }> {
    const { organizationId } = this.household;
    const [agentId, phoneNumberId] = [await this.agent(), await this.number()];
    const id = await createAssignment(this.db, { organizationId, agentId, phoneNumberId, callsMadeToday: 1 });
    return { id, agentId, phoneNumberId };
  }

  /** An authorization of the last minute, with the assignment that it was counted on; the own ones were the agent's. */
  async authorization(): Promise<string> {
    const { organizationId, agentUserId } = this.household;
    const { id: assignmentId, agentId, phoneNumberId } = await this.assignment();
    const [authorizationId] = await fillLedger(this.db, {
      organizationId,
      calls: 1,
      from: new Date(Date.now() - 60_000),
      agentId,
      phoneNumberId,
    });
    await this.db.query(
      `update call_authorizations l
       set assignment_id = $3, from_number = n.e164, local_date = a.last_reset_date, authorized_by = $4
       from agent_phone_numbers a, phone_numbers n
       where l.organization_id = $1 and l.id = $2 and a.id = $3 and n.id = a.phone_number_id`,
      [organizationId, authorizationId, assignmentId, this.side === 'own' ? agentUserId : organizationId],
    );
    return authorizationId!;
  }

  async apiKey(scopes: ApiKeyScope[], expiresAt?: Date): Promise<{ id: string; key: string }> {
    const { organizationId } = this.household;
    return createApiKey(this.db, { organizationId, scopes, name: this.text('key'), expiresAt });
  }

  client(): Promise<string> {
    return insertClient(this.db, this.household.organizationId, this.text('client'));
  }

  async user(): Promise<string> {
    const { organizationId } = this.household;
    const email = `${this.text('user')}@example.test`;
    return createUser(this.db, { organizationId, role: 'agent', email, name: this.text('user') });
  }

  /** An open invitation by the eldest owner of the organization. */
  async invitation(): Promise<{ id: string; token: string }> {
    const { token, tokenHash } = newInvitationToken();
    const [row] = await this.db.query(
      `insert into invitations (organization_id, email, role, token_hash, invited_by, expires_at)
       select organization_id, $2, 'agent', $3, user_id, now() + interval '7 days'
       from memberships where organization_id = $1 and role = 'owner' order by user_id limit 1
       returning id`,
      [this.household.organizationId, `${this.text('invited').toLowerCase()}@example.test`, tokenHash],
    );
    return { id: row!['id'] as string, token };
  }

  async poolNumber(): Promise<string> {
    return createPhoneNumber(this.db, { organizationId: POOL });
  }

  async claimed(): Promise<string> {
    const id = await this.number();
    const asItWas = { provider: 'telnyx', tags: [], capabilities: {}, metadata: {} };
    await this.db.query(`update phone_numbers set claimed_from = $2 where id = $1`, [id, asItWas]);
    return id;
  }

  async reserved(): Promise<string> {
    const id = await this.poolNumber();
    const { organizationId } = this.household;
    await this.db.query(
      `update phone_numbers set reserved_by = $2, reserved_until = now() + interval '1 hour' where id = $1`,
      [id, organizationId],
    );
    return id;
  }

  async connected(): Promise<string> {
    const [id, agentId] = [await this.number(), await this.agent()];
    await this.db.query('update phone_numbers set inbound_agent_id = $2 where id = $1', [id, agentId]);
    return id;
  }

  async finishedImport(): Promise<string> {
    return this.insertImport(`'completed', now()`);
  }

  async waitingImport(): Promise<string> {
    return this.insertImport(`'pending', null`);
  }

  async auditEvent(): Promise<string> {
    const [row] = await this.db.query(
      `insert into audit_events (organization_id, actor_kind, actor_label, action, subject_type, changes)
       values ($1, 'system', $2, 'usage.reset', 'organization', '{}') returning id`,
      [this.household.organizationId, this.text('actor')],
    );
    return row!['id'] as string;
  }

  /** An organization of its own, for what a platform administrator does to one. */
  organization(): Promise<string> {
    return createOrganization(this.db, { name: this.text('organization') });
  }

  private async insertImport(state: string): Promise<string> {
    const [row] = await this.db.query(
      `insert into import_jobs (organization_id, mode, file_name, received_at, status, finished_at)
       values ($1, 'create', $2, now(), ${state}) returning id`,
      [this.household.organizationId, this.text('file')],
    );
    return row!['id'] as string;
  }

  private async e164Of(number: Promise<string>): Promise<string> {
    const [row] = await this.db.query('select e164 from phone_numbers where id = $1', [await number]);
    return row!['e164'] as string;
  }

  /** Marked as what it is: `canary-other-agent-17`. */
  private text(kind: string): string {
    serial += 1;
    return `${CANARY}-${this.side}-${kind}-${serial}`;
  }

  private e164(): string {
    serial += 1;
    return `${E164_OF[this.side]}${String(serial).padStart(5, '0')}`;
  }
}

/** How the numbers of each side begin. */
export const E164_OF: Record<Side, string> = { own: '+141561', other: '+141571' };

export async function insertClient(db: TestDatabase, organizationId: string, name: string): Promise<string> {
  const [row] = await db.query('insert into clients (organization_id, name) values ($1, $2) returning id', [
    organizationId,
    name,
  ]);
  return row!['id'] as string;
}
