import { Baseline1795969000000 } from './1795969000000-Baseline.js';
import { OutboxAndJobs1795970400000 } from './1795970400000-OutboxAndJobs.js';

/** Every versioned migration, in order. A migration that has landed is never edited. */
export const migrations = [Baseline1795969000000, OutboxAndJobs1795970400000];
