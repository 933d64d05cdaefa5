import { Baseline1795969000000 } from './1795969000000-Baseline.js';
import { AddGateCheckTypes1795970100000 } from './1795970100000-AddGateCheckTypes.js';
import { NameDisposition1795970200000 } from './1795970200000-NameDisposition.js';
import { PartitionLedger1795970200001 } from './1795970200001-PartitionLedger.js';
import { OutboxAndJobs1795970400000 } from './1795970400000-OutboxAndJobs.js';
import { FilesThatRemove1795970500000 } from './1795970500000-FilesThatRemove.js';
import { NumberFormatOfUploads1795970600000 } from './1795970600000-NumberFormatOfUploads.js';
import { UploadNotices1795970700000 } from './1795970700000-UploadNotices.js';
import { GiveBackCallsOfGoneClients1795970800000 } from './1795970800000-GiveBackCallsOfGoneClients.js';
import { NamePlatformOfCaller1795970900000 } from './1795970900000-NamePlatformOfCaller.js';
import { KeepCorrections1795971000000 } from './1795971000000-KeepCorrections.js';

/** Every versioned migration, in order. A migration that has landed is never edited. */
export const migrations = [
  Baseline1795969000000,
  AddGateCheckTypes1795970100000,
  NameDisposition1795970200000,
  PartitionLedger1795970200001,
  OutboxAndJobs1795970400000,
  FilesThatRemove1795970500000,
  NumberFormatOfUploads1795970600000,
  UploadNotices1795970700000,
  GiveBackCallsOfGoneClients1795970800000,
  NamePlatformOfCaller1795970900000,
  KeepCorrections1795971000000,
];
