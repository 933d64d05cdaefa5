import { Injectable } from '@nestjs/common';
import type { AgentKind, AgentStatus, AgentUploadView } from '#contracts';
import { Database, type Transaction } from '../../platform/database/database.js';
import { AuditLog, fieldsSet } from '../audit/audit.public.js';
import { Clients } from '../clients/clients.public.js';
import { clientLimit, type RequestContext } from '../tenancy/tenancy.public.js';
import { type AgentFields, AgentsRepository, type FoundAgent } from './agents.repository.js';
import { takenMessage, tellingWhatIsTaken } from './taken-agent-fields.js';

/** An agent as a file names it. A field that is left out stays as it is. */
export interface ListedAgent {
  /** No two of a list have the same, in any case. */
  name: string;
  kind?: AgentKind;
  status?: AgentStatus;
  /** No two of a list have the same. */
  externalId?: string;
}

type Changes = Partial<Pick<AgentFields, 'kind' | 'status' | 'externalId'>>;

/** Adds and changes agents by a list of them, all or none. */
@Injectable()
export class AgentRegistry {
  constructor(
    private readonly database: Database,
    private readonly repository: AgentsRepository,
    private readonly clients: Clients,
    private readonly audit: AuditLog,
  ) {}

  /**
   * An agent that is there under its name is changed, in any case of the name, and every other is added. External ids may go from
   * one agent of the list to another.
   *
   * @param refuse told every row that cannot be taken; it throws
   * @throws ProblemError conflict when another request took a name or an external id in the same moment
   */
  put(
    context: RequestContext,
    listed: readonly ListedAgent[],
    refuse: (faults: readonly ListedFault[]) => never,
  ): Promise<AgentUploadView> {
    return tellingWhatIsTaken(() =>
      this.database.inTenant(context.organizationId, async (tx) => {
        const found = await this.repository.lockByName(
          tx,
          context,
          listed.map(({ name }) => name),
        );
        const agents = new Map(found.map((agent) => [agent.name.toLowerCase(), agent]));
        const planned = listed.map((row) => plan(context, row, agents.get(row.name.toLowerCase()) ?? null));
        await this.freeExternalIds(tx, context, planned);
        const faults = [...planned.flatMap(({ fault }) => fault ?? []), ...(await this.taken(tx, context, planned))];
        if (faults.length > 0) refuse(faults);
        for (const one of planned) await this.apply(tx, context, one);
        const count = (how: Planned['how']) => planned.filter((one) => one.how === how).length;
        return { created: count('create'), updated: count('update'), unchanged: count('keep') };
      }),
    );
  }

  /** So that ids may be swapped: the index holds at every statement. */
  private async freeExternalIds(tx: Transaction, context: RequestContext, planned: readonly Planned[]): Promise<void> {
    for (const { agent, changes } of planned) {
      if (!agent?.externalId || changes.externalId === undefined) continue;
      await this.repository.update(tx, context, agent.id, { externalId: null });
    }
  }

  private async taken(tx: Transaction, context: RequestContext, planned: readonly Planned[]): Promise<ListedFault[]> {
    const wanted = planned.flatMap(({ changes }) => changes.externalId ?? []);
    const taken = new Set(await this.repository.takenExternalIds(tx, context, wanted));
    return planned
      .filter(({ changes }) => taken.has(changes.externalId ?? ''))
      .map(({ row }) => ({ row, field: 'externalId', message: takenMessage('externalId') }));
  }

  private async apply(tx: Transaction, context: RequestContext, { how, row, agent, changes }: Planned): Promise<void> {
    if (how === 'create') {
      const { name, kind, status = 'active', externalId = null } = row;
      const clientId = await this.clients.choose(tx, context, null);
      const fields = { name, kind: kind!, status, externalId, userId: null, clientId };
      const subjectId = await this.repository.insert(tx, context, fields);
      const changed = { action: 'agent.created', subjectType: 'agent', subjectId } as const;
      await this.audit.record(tx, context, { ...changed, changes: fieldsSet(fields) });
    }
    if (how !== 'update' || agent === null) return;
    await this.repository.update(tx, context, agent.id, changes);
    const fields = Object.keys(changes) as (keyof Changes)[];
    await this.audit.record(tx, context, {
      action: 'agent.updated',
      subjectType: 'agent',
      subjectId: agent.id,
      changes: Object.fromEntries(fields.map((field) => [field, { from: agent[field], to: changes[field] ?? null }])),
    });
  }
}

export interface ListedFault {
  row: ListedAgent;
  field: keyof ListedAgent;
  message: string;
}

interface Planned {
  row: ListedAgent;
  how: 'create' | 'update' | 'keep';
  agent: FoundAgent | null;
  changes: Changes;
  fault: ListedFault | null;
}

function plan(context: RequestContext, row: ListedAgent, agent: FoundAgent | null): Planned {
  const wrong = (field: keyof ListedAgent, message: string): ListedFault => ({ row, field, message });
  if (agent === null) {
    const limit = clientLimit(context);
    const fault =
      row.kind === undefined
        ? wrong('kind', 'is needed to add an agent: human or ai')
        : limit !== null && limit.length !== 1
          ? wrong('name', 'is no agent of yours, and a file does not say whose it shall be; add it one by one')
          : null;
    return { row, how: 'create', agent, changes: { externalId: row.externalId }, fault };
  }
  const fields = ['kind', 'status', 'externalId'] as const;
  const changed = fields.filter((field) => row[field] !== undefined && row[field] !== agent[field]);
  const changes: Changes = Object.fromEntries(changed.map((field) => [field, row[field]]));
  const fault = !agent.isReachable
    ? wrong('name', takenMessage('name'))
    : changes.kind === 'ai' && agent.userId !== null
      ? wrong('kind', 'must stay human while a user signs in as the agent; unlink the user first')
      : null;
  return { row, how: changed.length > 0 ? 'update' : 'keep', agent, changes, fault };
}
