import { Baseline1795969000000 } from './1795969000000-Baseline.js';
import { FilesThatRemove1795970500000 } from './1795970500000-FilesThatRemove.js';

/** Every versioned migration, in order. A migration that has landed is never edited. */
export const migrations = [Baseline1795969000000, FilesThatRemove1795970500000];
