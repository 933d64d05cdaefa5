import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { projectRoot } from '../apps/api/src/config/project-root.js';
import { auditEvents, outboxEvents } from '../libs/contracts/src/events.js';
import { eventFaults, writtenEvents } from './event-catalogue/written-events.js';

/** `npm run lint:events`: every event of libs/contracts/src/events.ts is written somewhere, and no other is. */
const SOURCES = path.join(projectRoot, 'apps/api/src');
/** The command create-admin writes it, before there is an API. */
const BY_SCRIPTS = ['user.created'];

const configFile = path.join(projectRoot, 'tsconfig.json');
const config = ts.readConfigFile(configFile, (file) => readFileSync(file, 'utf8')).config as object;
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, projectRoot);
const files = ts.sys.readDirectory(SOURCES, ['.ts'], ['**/*.spec.ts']);
const program = ts.createProgram(files, { ...options, noEmit: true });
const written = writtenEvents(program, (file) => file.startsWith(SOURCES), {
  'AuditLog.record': { field: 'action', argument: 2 },
  'AuditLog.recordOfAccount': { field: 'action', argument: 1 },
  'AuditLog.recordOfSystem': { field: 'action', argument: 2 },
  'Outbox.record': { field: 'type', argument: 1 },
});

const audited = new Set([
  ...(written['AuditLog.record'] ?? []),
  ...(written['AuditLog.recordOfAccount'] ?? []),
  ...(written['AuditLog.recordOfSystem'] ?? []),
  ...BY_SCRIPTS,
]);
const faults = [
  ...eventFaults('auditEvents', Object.keys(auditEvents), audited),
  ...eventFaults('outboxEvents', Object.keys(outboxEvents), written['Outbox.record'] ?? new Set()),
];
if (faults.length > 0) {
  process.stderr.write(`${faults.join('\n')}\n`);
  process.exitCode = 1;
}
