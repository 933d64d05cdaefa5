import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../../platform/database/database.js';
import { copyText, type StagedRow } from '../read/staged-row.js';
import { AgentAssignmentRows } from '../../agent-assignments/agent-assignments.public.js';
import { PhoneNumberRegistry, type StagedNumbers } from '../../phone-numbers/phone-numbers.public.js';
import {
  COPY_STAGING,
  COUNT_OUTCOMES,
  CREATE_STAGING,
  FIND_AGENTS,
  FIND_CLIENTS,
  FIND_HOLDERS,
  HELD_AS_SAID,
  KEEP_ASSIGNMENTS,
  LOCK_AGENTS,
  NEW_WITHOUT_VOICE,
  NOT_GIVEN,
  NOTE_CREATED,
  NOTE_GIVEN_AGENTS,
  ONE_NUMBER_EACH,
  OWN_WITHOUT_VOICE,
  READ_GIVEN_AGENTS,
  READ_REFUSED,
  STAGED_ASSIGNMENTS,
} from './sql/merge-import.sql.js';
import { NOTE_NUMBERS } from './sql/note-changes.sql.js';

const SAVEPOINT = 'rehearsal';

export type RefusedOutcome =
  | 'own'
  | 'in_pool'
  | 'elsewhere'
  | 'client_unknown'
  | 'agent_unknown'
  | 'agent_ambiguous'
  | 'agent_inactive'
  | 'agent_has_number'
  | 'number_cannot_call'
  | 'assigned_elsewhere';
export type Outcome = 'created' | 'revived' | 'updated' | 'unchanged' | RefusedOutcome;

export interface RefusedRow {
  line: number;
  e164: string;
  outcome: RefusedOutcome;
  agent: string | null;
  client: string | null;
  /** The agent that has the number. */
  holder: string | null;
}

export interface MergeResult {
  outcomes: Partial<Record<Outcome, number>>;
  refused: RefusedRow[];
}

type ImportIds = readonly [organizationId: string, jobId: string];

/** Takes rows into an organization, a chunk at a time. */
@Injectable()
export class ImportMerge {
  constructor(
    private readonly registry: PhoneNumberRegistry,
    private readonly assignments: AgentAssignmentRows,
  ) {}

  /** Makes the place where rows are staged. Once in a transaction, before the first merge. */
  async prepare(tx: Transaction): Promise<void> {
    await tx.query(CREATE_STAGING);
  }

  /**
   * @param rows each number once
   * @param mode `create` leaves the organization's own numbers as they are and reports them
   */
  async merge(
    tx: Transaction,
    ids: ImportIds,
    rows: readonly StagedRow[],
    mode: 'create' | 'upsert',
  ): Promise<MergeResult> {
    return this.take(tx, ids, rows, mode, async () => {
      await this.registry.registerStaged(tx, ids[0], stagedNumbers(tx, ids));
      await tx.query(NOTE_CREATED, [...ids]);
    });
  }

  /**
   * What the merge would answer. Numbers are not inserted, and all else is taken back. Later chunks still know which agents
   * would have a number by then.
   */
  async rehearse(...[tx, ids, rows, mode]: Parameters<ImportMerge['merge']>): Promise<MergeResult> {
    await tx.query(`savepoint ${SAVEPOINT}`);
    const result = await this.take(tx, ids, rows, mode, async () => {
      await this.registry.rehearseStaged(tx, ids[0], stagedNumbers(tx, ids));
    });
    const assigns = rows.some(({ agent }) => agent !== null);
    const given = assigns ? await tx.query<{ agentId: string }>(READ_GIVEN_AGENTS, [ids[0]]) : [];
    await tx.query(`rollback to savepoint ${SAVEPOINT}`);
    if (given.length > 0) await tx.query(NOTE_GIVEN_AGENTS, [...ids, given.map(({ agentId }) => agentId)]);
    return result;
  }

  /** @param insert puts the numbers into the organization that can be, and says in the staging table which */
  private async take(
    tx: Transaction,
    ids: ImportIds,
    rows: readonly StagedRow[],
    mode: 'create' | 'upsert',
    insert: () => Promise<void>,
  ): Promise<MergeResult> {
    if (rows.length === 0) return { outcomes: {}, refused: [] };
    const [organizationId] = ids;
    const assigns = rows.some(({ agent }) => agent !== null);
    await tx.copyIn(COPY_STAGING, copyText(rows));
    if (rows.some(({ client }) => client !== null)) await tx.query(FIND_CLIENTS, [organizationId]);
    if (assigns) {
      await tx.query(FIND_AGENTS, [organizationId]);
      await tx.query(LOCK_AGENTS, [organizationId]);
      await tx.query(NEW_WITHOUT_VOICE, [organizationId]);
      await tx.query(ONE_NUMBER_EACH, [...ids]);
    }
    await insert();
    let outcomes = await this.outcomes(tx);
    if (mode === 'upsert' && assigns) await this.passHeld(tx, ids);
    if ((outcomes.elsewhere ?? 0) > 0) {
      await this.registry.findTaken(tx, organizationId, stagedNumbers(tx, ids));
      if (mode === 'upsert') await this.update(tx, ids, assigns);
    }
    if (assigns) {
      const rows = { from: STAGED_ASSIGNMENTS, keep: KEEP_ASSIGNMENTS, parameters: [ids[1]] };
      await this.assignments.put(tx, organizationId, rows);
    }
    if ((outcomes.created ?? 0) === rows.length) return { outcomes, refused: [] };
    outcomes = await this.outcomes(tx);
    return { outcomes, refused: await tx.query<RefusedRow>(READ_REFUSED, [organizationId]) };
  }

  /** A row that names an inactive agent, or several, is no error when it says what is so already. */
  private async passHeld(tx: Transaction, ids: ImportIds): Promise<void> {
    const same = await this.registry.sameOwn(tx, ids[0], stagedNumbers(tx, ids), NOT_GIVEN);
    if (same.length > 0) await tx.query(HELD_AS_SAID, [ids[0], same]);
  }

  private async update(tx: Transaction, ids: ImportIds, assigns: boolean): Promise<void> {
    const [organizationId] = ids;
    const own = stagedNumbers(tx, ids);
    await this.registry.lockOwn(tx, organizationId, own);
    if (assigns) {
      await tx.query(FIND_HOLDERS, [organizationId]);
      await tx.query(OWN_WITHOUT_VOICE, [organizationId]);
    }
    await this.registry.updateOwn(tx, organizationId, own);
  }

  private async outcomes(tx: Transaction): Promise<MergeResult['outcomes']> {
    const rows = await tx.query<{ outcome: Outcome; count: number }>(COUNT_OUTCOMES);
    return Object.fromEntries(rows.map(({ outcome, count }) => [outcome, count]));
  }
}

/** The staging table as the registry sees it. What numbers were before is written down, for undoing. */
function stagedNumbers(tx: Transaction, ids: ImportIds): StagedNumbers {
  return {
    table: 'import_staging',
    beforeChange: async (numbers) => {
      await tx.query(NOTE_NUMBERS, [...ids, numbers]);
    },
  };
}
