import { Baseline1795969000000 } from './1795969000000-Baseline.js';
import { NumberFormatOfUploads1795970600000 } from './1795970600000-NumberFormatOfUploads.js';

/** Every versioned migration, in order. A migration that has landed is never edited. */
export const migrations = [Baseline1795969000000, NumberFormatOfUploads1795970600000];
