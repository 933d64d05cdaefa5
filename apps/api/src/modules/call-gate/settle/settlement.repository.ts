import { Injectable } from '@nestjs/common';
import type { AuthorizationView, CallDisposition, VoidReason } from '#contracts';
import type { Transaction } from '../../../platform/database/database.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { authorizationView, type AuthorizationRow } from '../decision-log/sql/authorization-view.sql.js';
import {
  AUTHORIZATION,
  COMPLETE_AUTHORIZATION,
  type CompleteResult,
  PARTIES_OF_AUTHORIZATION,
  type PartiesOfAuthorization,
  VOID_AUTHORIZATION,
  type VoidResult,
} from './sql/settle-call.sql.js';

/** How a call went. Everything but the disposition may be unknown. */
export interface CompletedCall {
  disposition: CallDisposition;
  durationSeconds: number | null;
  sipCode: number | null;
  externalCallId: string | null;
  /** Decimal, as text. */
  cost: string | null;
  /** null for that of the organization. */
  currency: string | null;
}

@Injectable()
export class SettlementRepository {
  async parties(tx: Transaction, context: RequestContext, id: string): Promise<PartiesOfAuthorization | undefined> {
    const [row] = await tx.query<PartiesOfAuthorization>(PARTIES_OF_AUTHORIZATION, [context.organizationId, id]);
    return row;
  }

  async view(tx: Transaction, context: RequestContext, id: string): Promise<AuthorizationView> {
    const [row] = await tx.query<AuthorizationRow>(AUTHORIZATION, [context.organizationId, id]);
    return authorizationView(row!);
  }

  async complete(
    tx: Transaction,
    context: RequestContext,
    id: string,
    settledBy: string,
    call: CompletedCall,
  ): Promise<CompleteResult> {
    const { disposition, durationSeconds, sipCode, externalCallId, cost, currency } = call;
    const [row] = await tx.query<{ result: CompleteResult }>(COMPLETE_AUTHORIZATION, [
      context.organizationId,
      id,
      settledBy,
      disposition,
      durationSeconds,
      sipCode,
      externalCallId,
      cost,
      currency,
    ]);
    return row!.result;
  }

  async void(
    tx: Transaction,
    context: RequestContext,
    id: string,
    settledBy: string,
    reason: VoidReason,
    windowSeconds: number,
  ): Promise<VoidResult> {
    const [row] = await tx.query<{ result: VoidResult }>(VOID_AUTHORIZATION, [
      context.organizationId,
      id,
      settledBy,
      reason,
      windowSeconds,
    ]);
    return row!.result;
  }
}
