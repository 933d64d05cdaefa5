import { Injectable } from '@nestjs/common';
import type { ClientView } from '#contracts';
import { Database, type Transaction } from '../../platform/database/database.js';
import { isUniqueViolation } from '../../platform/database/sqlstate.js';
import { idsOf, textOf } from '../../platform/http/lists/list-filter.js';
import type { ListQuery, Page } from '../../platform/http/lists/list-query.js';
import { ProblemError } from '../../platform/http/problems/problem.error.js';
import { refuseReadOnlyChanges } from '../../platform/http/problems/read-only-fields.js';
import { AuditLog, type FieldChanges, fieldsCleared, fieldsSet } from '../audit/audit.public.js';
import { clientLimit, type RequestContext } from '../tenancy/tenancy.public.js';
import { ClientRemovalListeners } from './client-removal-listeners.js';
import { ClientsRepository } from './clients.repository.js';

/** Customers of an organization. A member who is limited to clients sees those only. */
@Injectable()
export class ClientsService {
  constructor(
    private readonly database: Database,
    private readonly repository: ClientsRepository,
    private readonly listeners: ClientRemovalListeners,
    private readonly audit: AuditLog,
  ) {}

  /** @throws ProblemError validation_failed for a wrong filter */
  list(context: RequestContext, query: ListQuery): Promise<Page<ClientView>> {
    const filter = { ids: idsOf(query), q: textOf(query, 'q'), limit: clientLimit(context) };
    return this.database.inTenant(context.organizationId, (tx) => this.repository.findPage(tx, context, filter, query));
  }

  /** @throws ProblemError record_not_found */
  get(context: RequestContext, id: string): Promise<ClientView> {
    return this.database.inTenant(context.organizationId, (tx) => this.view(tx, context, id));
  }

  /** @throws ProblemError conflict when the name is taken */
  create(context: RequestContext, name: string): Promise<ClientView> {
    return this.tellingWhatIsTaken(() =>
      this.database.inTenant(context.organizationId, async (tx) => {
        const id = await this.repository.insert(tx, context, name);
        await this.record(tx, context, id, 'created', fieldsSet({ name }));
        return this.view(tx, context, id);
      }),
    );
  }

  /** Merges. @throws ProblemError record_not_found, conflict, or validation_failed when a fixed field differs */
  update(context: RequestContext, id: string, changes: Partial<ClientView>): Promise<ClientView> {
    return this.tellingWhatIsTaken(() =>
      this.database.inTenant(context.organizationId, async (tx) => {
        await this.repository.lock(tx, context, id, 'no key update');
        const current = await this.view(tx, context, id);
        refuseReadOnlyChanges(current, changes, ['id', 'createdAt']);
        const { name } = changes;
        if (name === undefined || name === current.name) return current;
        await this.repository.rename(tx, context, id, name);
        await this.record(tx, context, id, 'updated', { name: { from: current.name, to: name } });
        return this.view(tx, context, id);
      }),
    );
  }

  /**
   * Deletes the client. Its own numbers are archived, those of the pool go back there, and no agent calls from them any
   * more. Its agents stay, without a client.
   *
   * @returns the client as it was
   * @throws ProblemError record_not_found
   */
  remove(context: RequestContext, id: string): Promise<ClientView> {
    return this.database.inTenant(context.organizationId, async (tx) => {
      await this.repository.lock(tx, context, id, 'no key update');
      const client = await this.view(tx, context, id);
      const done = await this.listeners.notify(tx, context, id);
      await this.repository.archive(tx, context, id);
      await this.record(tx, context, id, 'deleted', fieldsCleared({ name: client.name }), done);
      return client;
    });
  }

  private async view(tx: Transaction, context: RequestContext, id: string): Promise<ClientView> {
    const client = await this.repository.findOne(tx, context, { ids: [id], limit: clientLimit(context) });
    if (!client) throw new ProblemError('record_not_found', 'There is no such client. It may have been deleted.');
    return client;
  }

  private async record(
    tx: Transaction,
    context: RequestContext,
    id: string,
    what: 'created' | 'updated' | 'deleted',
    changes: FieldChanges,
    facts: object = {},
  ): Promise<void> {
    await this.audit.record(tx, context, {
      action: `client.${what}`,
      subjectType: 'client',
      subjectId: id,
      changes,
      facts: { ...facts },
    });
  }

  private async tellingWhatIsTaken<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!isUniqueViolation(error, 'clients_name_key')) throw error;
      const message = 'belongs to another client; choose another name';
      throw new ProblemError('conflict', `name: ${message}.`, { errors: { name: message } });
    }
  }
}
