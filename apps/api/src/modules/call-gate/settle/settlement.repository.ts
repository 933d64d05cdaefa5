import { Injectable } from '@nestjs/common';
import type { AuthorizationView, CallDisposition, CorrectionView, VoidReason } from '#contracts';
import type { Transaction } from '../../../platform/database/database.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { CORRECTIONS, type CorrectionRow } from '../decision-log/sql/corrections.sql.js';
import { authorizationView, type AuthorizationRow } from '../decision-log/sql/authorization-view.sql.js';
import {
  AUTHORIZATION,
  COMPLETE_AUTHORIZATION,
  type CompleteResult,
  PARTIES_OF_AUTHORIZATION,
  PARTIES_OF_KEY,
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

/** Who settles: the user or API key, and what it is called. */
export interface Settler {
  kind: 'user' | 'api_key';
  id: string;
  label: string;
}

/** How a caller names an authorization: by its id, or by the Idempotency-Key that it was asked for with. */
export type CallName = { id: string } | { idempotencyKey: string };

@Injectable()
export class SettlementRepository {
  async parties(tx: Transaction, context: RequestContext, name: CallName): Promise<PartiesOfAuthorization | undefined> {
    const [row] =
      'id' in name
        ? await tx.query<PartiesOfAuthorization>(PARTIES_OF_AUTHORIZATION, [context.organizationId, name.id])
        : await tx.query<PartiesOfAuthorization>(PARTIES_OF_KEY, [context.organizationId, name.idempotencyKey]);
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
    settler: Settler,
    call: CompletedCall,
  ): Promise<CompleteResult> {
    const { disposition, durationSeconds, sipCode, externalCallId, cost, currency } = call;
    const [row] = await tx.query<{ result: CompleteResult }>(COMPLETE_AUTHORIZATION, [
      context.organizationId,
      id,
      settler.id,
      settler.kind,
      settler.label,
      disposition,
      durationSeconds,
      sipCode,
      externalCallId,
      cost,
      currency,
    ]);
    return row!.result;
  }

  /** What the last correction of an authorization changed. */
  async lastChanges(tx: Transaction, context: RequestContext, id: string): Promise<CorrectionView['changes']> {
    const rows = await tx.query<CorrectionRow>(CORRECTIONS, [context.organizationId, id]);
    return rows.at(-1)!.changes;
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
