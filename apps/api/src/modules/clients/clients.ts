import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../platform/database/database.js';
import { ProblemError } from '../../platform/http/problems/problem.error.js';
import { clientLimit, type RequestContext } from '../tenancy/tenancy.public.js';
import { ClientsRepository } from './clients.repository.js';

/** What other modules ask about clients. */
@Injectable()
export class Clients {
  constructor(private readonly repository: ClientsRepository) {}

  /**
   * The client that a record shall belong to. It stays until the transaction ends. A caller who is limited to one client
   * means that one; one who is limited to several has to say which.
   *
   * @throws ProblemError validation_failed for a client that there is not, or that the caller may not use
   */
  async choose(tx: Transaction, context: RequestContext, clientId: string | null): Promise<string | null> {
    const limit = clientLimit(context);
    const chosen = clientId ?? (limit?.length === 1 ? limit[0]! : null);
    if (chosen === null) {
      if (limit === null) return null;
      throw invalid('is needed: you are limited to clients, so say to which of them it shall belong');
    }
    const allowed = limit === null || limit.includes(chosen);
    if (!allowed || !(await this.repository.lock(tx, context, chosen, 'share'))) {
      throw invalid('names no client of the organization; choose one of GET /clients');
    }
    return chosen;
  }
}

function invalid(message: string): ProblemError {
  return new ProblemError('validation_failed', `clientId: ${message}.`, { errors: { clientId: message } });
}
