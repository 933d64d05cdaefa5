import { Injectable } from '@nestjs/common';
import { apiKeyStatuses, type ApiKeyView, type NewApiKeyView } from '#contracts';
import { Database, type Transaction } from '../../../platform/database/database.js';
import { idsOf, oneOf, textOf } from '../../../platform/http/lists/list-filter.js';
import type { ListQuery, Page } from '../../../platform/http/lists/list-query.js';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import { refuseReadOnlyChanges } from '../../../platform/http/problems/read-only-fields.js';
import { AuditLog, fieldsSet } from '../../audit/audit.public.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { ApiKeyPrincipals } from '../access/api-key-principals.js';
import { newApiKey } from './api-key-format.js';
import { ApiKeysRepository, type ApiKeyFields } from './api-keys.repository.js';

const SUBJECT = 'api_key';

@Injectable()
export class ApiKeysService {
  constructor(
    private readonly database: Database,
    private readonly repository: ApiKeysRepository,
    private readonly principals: ApiKeyPrincipals,
    private readonly audit: AuditLog,
  ) {}

  /** @throws ProblemError validation_failed for a wrong filter */
  list(context: RequestContext, query: ListQuery): Promise<Page<ApiKeyView>> {
    const filter = { ids: idsOf(query), q: textOf(query, 'q'), status: oneOf(query, 'status', apiKeyStatuses) };
    return this.database.inTenant(context.organizationId, (tx) => this.repository.findPage(tx, context, filter, query));
  }

  /** @throws ProblemError record_not_found */
  get(context: RequestContext, id: string): Promise<ApiKeyView> {
    return this.database.inTenant(context.organizationId, (tx) => this.view(tx, context, id));
  }

  /**
   * Creates a key. The answer is the only place where the key itself is ever shown.
   *
   * @throws ProblemError validation_failed when it would have expired already, or a scope lacks the one that it widens
   */
  create(context: RequestContext, fields: ApiKeyFields): Promise<NewApiKeyView> {
    if (fields.expiresAt !== null && fields.expiresAt.getTime() <= Date.now()) {
      throw new ProblemError('validation_failed', 'expiresAt: must lie in the future', {
        errors: { expiresAt: 'must lie in the future' },
      });
    }
    if (fields.scopes.includes('calls:settle-any') && !fields.scopes.includes('calls:settle')) {
      const message = 'calls:settle-any widens calls:settle; give the key both';
      throw new ProblemError('validation_failed', `scopes: ${message}`, { errors: { scopes: message } });
    }
    const { key, prefix, keyHash } = newApiKey();
    const { principal } = context;
    const createdBy = principal.kind === 'user' ? principal.userId : null;
    return this.database.inTenant(context.organizationId, async (tx) => {
      const id = await this.repository.insert(tx, context, { ...fields, prefix, keyHash, createdBy });
      await this.audit.record(tx, context, {
        action: 'api_key.created',
        subjectType: SUBJECT,
        subjectId: id,
        changes: fieldsSet({ ...fields, prefix }),
      });
      return { ...(await this.view(tx, context, id)), key };
    });
  }

  /**
   * A key can be renamed, nothing else: the dialer that uses it relies on what it may do.
   *
   * @param sent the new name, and the fixed fields of the record as far as they were sent
   * @throws ProblemError record_not_found, or validation_failed when a fixed field differs
   */
  rename(context: RequestContext, id: string, sent: { name?: string; scopes?: unknown }): Promise<ApiKeyView> {
    return this.database.inTenant(context.organizationId, async (tx) => {
      const current = await this.view(tx, context, id);
      // Lists are compared by what they hold, so the list that was answered goes back in for an equal one.
      const { name, scopes = current.scopes } = sent;
      const sameScopes = JSON.stringify(scopes) === JSON.stringify(current.scopes);
      const fixed = { ...sent, scopes: sameScopes ? current.scopes : scopes };
      refuseReadOnlyChanges(current, fixed, ['id', 'prefix', 'scopes', 'expiresAt', 'createdAt']);
      if (name === undefined || name === current.name) return current;
      await this.repository.rename(tx, context, id, name);
      await this.audit.record(tx, context, {
        action: 'api_key.renamed',
        subjectType: SUBJECT,
        subjectId: id,
        changes: { name: { from: current.name, to: name } },
      });
      return { ...current, name };
    });
  }

  /**
   * Ends a key for good. Doing it twice is the same as doing it once.
   *
   * @throws ProblemError record_not_found
   */
  async revoke(context: RequestContext, id: string): Promise<ApiKeyView> {
    const { revoked, apiKey } = await this.database.inTenant(context.organizationId, async (tx) => {
      const revoked = await this.repository.revoke(tx, context, id);
      const apiKey = await this.view(tx, context, id);
      if (revoked) {
        await this.audit.record(tx, context, {
          action: 'api_key.revoked',
          subjectType: SUBJECT,
          subjectId: id,
          changes: { revokedAt: { from: null, to: apiKey.revokedAt } },
          facts: { name: apiKey.name },
        });
      }
      return { revoked, apiKey };
    });
    if (revoked) this.principals.forget(revoked);
    return apiKey;
  }

  private async view(tx: Transaction, context: RequestContext, id: string): Promise<ApiKeyView> {
    const apiKey = await this.repository.findOne(tx, context, id);
    if (apiKey === null) throw new ProblemError('record_not_found', 'There is no such API key.');
    return apiKey;
  }
}
