import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import type { CallRequest } from './call-request.js';
import { IS_OWN_CALL, type OwnCallRow } from './sql/is-own-call.sql.js';

/** Binds people who dial by hand to the agents that they sign in as. */
@Injectable()
export class OwnCalls {
  constructor(private readonly database: Database) {}

  /**
   * @returns the call, held to the user's agent: an external id that moves to another agent before the decision names none then
   * @throws ProblemError permission_denied when the call is of an agent that is not the user's
   */
  async requireOwn<Call extends CallRequest>(context: RequestContext, userId: string, request: Call): Promise<Call> {
    const { agentId, agentExternalId, assignmentId } = request;
    const [row] = await this.database.inTenant(context.organizationId, (tx) =>
      tx.query<OwnCallRow>(IS_OWN_CALL, [userId, agentId, assignmentId, agentExternalId]),
    );
    if (!row?.own) {
      throw new ProblemError('permission_denied', 'You may only place calls of your own agent. Send its agentId.');
    }
    return row.named === null ? request : { ...request, agentId: row.named };
  }
}
