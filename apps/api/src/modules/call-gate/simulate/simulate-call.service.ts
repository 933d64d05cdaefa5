import { Injectable } from '@nestjs/common';
import type { CallSimulationView } from '#contracts';
import { Database } from '../../../platform/database/database.js';
import { ownAgentsOnly, type RequestContext } from '../../tenancy/tenancy.public.js';
import { commandOf } from '../policy/call-command.js';
import type { CallRequest } from '../policy/call-request.js';
import { OwnCalls } from '../policy/own-calls.js';
import { simulationOf } from './simulate-call.answer.js';
import { SIMULATE_CALL, type SimulateCallRow } from './sql/simulate-call.sql.js';

/** Tells what the gate would decide, and by which rules. Nothing is counted, locked or written. */
@Injectable()
export class SimulateCallService {
  constructor(
    private readonly database: Database,
    private readonly ownCalls: OwnCalls,
  ) {}

  /** @throws ProblemError permission_denied when the call is of an agent that is not the user's */
  async simulate(context: RequestContext, request: CallRequest): Promise<CallSimulationView> {
    const ownUserId = ownAgentsOnly(context);
    const call = ownUserId === null ? request : await this.ownCalls.requireOwn(context, ownUserId, request);
    const command = commandOf(context, call, null);
    const rows = await this.database.inTenant(context.organizationId, async (tx) => {
      await tx.query('set transaction read only');
      return tx.query<SimulateCallRow>(SIMULATE_CALL, [
        command.organizationId,
        command.agentId,
        command.assignmentId,
        command.from,
        command.destinationCountry,
        command.destinationType,
        command.destinationRefusal,
        command.agentExternalId,
      ]);
    });
    return simulationOf(command, rows);
  }
}
