import { Baseline1795969000000 } from './1795969000000-Baseline.js';
import { NameDisposition1795970200000 } from './1795970200000-NameDisposition.js';
import { NumberFormatOfUploads1795970600000 } from './1795970600000-NumberFormatOfUploads.js';
import { UploadNotices1795970700000 } from './1795970700000-UploadNotices.js';

/** Every versioned migration, in order. A migration that has landed is never edited. */
export const migrations = [
  Baseline1795969000000,
  NameDisposition1795970200000,
  NumberFormatOfUploads1795970600000,
  UploadNotices1795970700000,
];
