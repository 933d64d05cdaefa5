import type { MigrationInterface, QueryRunner } from 'typeorm';
import { type Change, rewriteFunction, undone } from './rewrite-function.js';

/**
 * Each void is a further call. Ten of them a day were given to every assignment, so that a limit of 1 admitted 11. What is
 * given back of a day is at most the daily limit now: no assignment is admitted more than twice what it may.
 */
export class LimitVoidsByTheLimit1796400001000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await rewriteFunction(queryRunner, 'void_authorization', CHANGES);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await rewriteFunction(queryRunner, 'void_authorization', undone(CHANGES));
  }
}

const CHANGES: Change[] = [
  {
    from: 'if coalesce(v_voided, 0) >= greatest(10, v_assignment.daily_limit / 10) then',
    to: 'if coalesce(v_voided, 0) >= least(v_assignment.daily_limit, greatest(10, v_assignment.daily_limit / 10)) then',
  },
];
