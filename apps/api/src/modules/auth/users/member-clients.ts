import { Injectable } from '@nestjs/common';
import type { Role } from '#contracts';
import { Database } from '../../../platform/database/database.js';
import { invalidField } from '../../../platform/http/problems/invalid-field.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { requireUnlimitedOwner } from './member-rules.js';
import { UsersRepository } from './users.repository.js';

/** The clients that a member, or a person who is invited, is limited to. */
@Injectable()
export class MemberClients {
  constructor(
    private readonly database: Database,
    private readonly repository: UsersRepository,
  ) {}

  /** @throws ProblemError validation_failed for clients that there are not, and for an owner */
  async require(context: RequestContext, role: Role | undefined, clientIds: readonly string[] | null): Promise<void> {
    if (clientIds === null) return;
    requireUnlimitedOwner(role, clientIds);
    const existing = await this.database.inTenant(context.organizationId, (tx) =>
      this.repository.clientsAmong(tx, context, clientIds),
    );
    if (clientIds.every((id) => existing.includes(id.toLowerCase()))) return;
    throw invalidField('clientIds', 'names a client that the organization does not have');
  }
}
