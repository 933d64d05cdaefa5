import { checkArchive, checkReplay } from './check-ledger.js';
import { checkReports } from './check-reports.js';
import type { Evidence } from './evidence.js';
import type { ChaosRecord } from './record.js';
import { Timelines } from './timelines.js';
import { Violations } from './violations.js';

/**
 * Holds what the database has against what callers were told and what admins were acknowledged. It shares no code with
 * the gate: dates come from ICU and not from PostgreSQL, countries from a fixed table, the order of decisions from the
 * commit times that the server keeps.
 */
export function check(record: ChaosRecord, evidence: Evidence): Violations {
  const violations = new Violations();
  const timelines = new Timelines(record);
  checkReports(record, evidence, timelines, violations);
  checkReplay(record, evidence, violations);
  checkArchive(record, evidence, timelines, violations);
  return violations;
}
