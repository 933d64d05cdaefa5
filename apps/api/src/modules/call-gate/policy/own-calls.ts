import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import type { CallRequest } from './call-request.js';
import { IS_OWN_CALL } from './sql/is-own-call.sql.js';

/** Binds people who dial by hand to the agents that they sign in as. */
@Injectable()
export class OwnCalls {
  constructor(private readonly database: Database) {}

  /** @throws ProblemError permission_denied when the call is of an agent that is not the user's */
  async requireOwn(context: RequestContext, userId: string, request: CallRequest): Promise<void> {
    const { agentId, assignmentId } = request;
    const rows = await this.database.inTenant(context.organizationId, (tx) =>
      tx.query<{ own: boolean }>(IS_OWN_CALL, [userId, agentId, assignmentId]),
    );
    if (!rows[0]?.own) {
      throw new ProblemError('permission_denied', 'You may only place calls of your own agent. Send its agentId.');
    }
  }
}
