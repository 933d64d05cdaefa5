import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { auditEvents, outboxEvents } from '#contracts';
import { eventFaults, writtenEvents } from '../../scripts/event-catalogue/written-events.js';

/** A program of one file, without the library of the language. */
function programOf(source: string): ts.Program {
  const file = ts.createSourceFile('x.ts', source, ts.ScriptTarget.ES2023, true);
  const host: ts.CompilerHost = {
    ...{ getSourceFile: (name) => (name === 'x.ts' ? file : undefined), getDefaultLibFileName: () => 'lib.d.ts' },
    ...{ fileExists: (name) => name === 'x.ts', readFile: () => undefined, writeFile: () => undefined },
    ...{ getCurrentDirectory: () => '', getNewLine: () => '\n' },
    ...{ getCanonicalFileName: (name) => name, useCaseSensitiveFileNames: () => true },
  };
  return ts.createProgram(['x.ts'], { noLib: true, strict: true }, host);
}

describe('What the lint of events finds', () => {
  const WRITERS = { 'AuditLog.record': { field: 'action', argument: 1 } };
  const LOG = 'declare class AuditLog { record<A extends string>(tx: 1, entry: { action: A }): void }\n';
  const found = (body: string) => {
    const written = writtenEvents(programOf(`${LOG}declare const log: AuditLog;\n${body}`), () => true, WRITERS);
    return [...(written['AuditLog.record'] ?? [])].sort();
  };

  it.each([
    ["log.record(1, { action: 'a.b' })", ['a.b']],
    [
      "function f(what: 'made' | 'gone') { log.record(1, { action: `client.${what}` as const }) }",
      ['client.gone', 'client.made'],
    ],
    ["const entry = { action: 'a.b' } as const; log.record(1, entry)", ['a.b']],
    ["class S { constructor(private audit: AuditLog) {} f() { this.audit.record(1, { action: 'c.d' }) } }", ['c.d']],
    ['function f(action: string) { log.record(1, { action }) }', ['string']],
    [
      "declare class Other { record(tx: 1, entry: { action: string }): void }; declare const o: Other; o.record(1, { action: 'e.f' })",
      [],
    ],
    ["class S { f() { return { action: 'g.h' } } }", []],
  ])('%s', (body, events) => {
    expect(found(body)).toEqual(events);
  });

  it('bites on an event that is written and not listed, and on one that is listed and never written', () => {
    expect(eventFaults('auditEvents', ['a.b'], new Set(['a.b']))).toEqual([]);
    expect(eventFaults('auditEvents', ['a.b'], new Set(['c.d']))).toEqual([
      'c.d is written and not in auditEvents',
      'a.b is in auditEvents and never written',
    ]);
  });
});

describe('The catalogue of events', () => {
  it('is told in docs/events.md, event by event', () => {
    const page = readFileSync('docs/events.md', 'utf8');
    const rows = [...page.matchAll(/^\| `([a-z_.]+)`\s+\| ([a-z_`, ]+?)\s+\| (.+?)\s+\|$/gm)];
    const told = rows.map(([, name, subjects, description]) => [name, subjects, description]);
    const listed = [
      ...Object.entries(auditEvents).map(([name, { subjects, description }]) => [name, subjects, description] as const),
      ...Object.entries(outboxEvents).map(
        ([name, { subject, description }]) => [name, [subject], description] as const,
      ),
    ];
    const asCode = (subjects: readonly string[]) => subjects.map((each) => `\`${each}\``).join(', ');
    expect(told).toEqual(listed.map(([name, subjects, description]) => [name, asCode(subjects), description]));
  });

  it('names the event that create-admin writes past the API', () => {
    const [, written] = /'(\w+\.\w+)', 'user', \$2/.exec(readFileSync('scripts/create-admin.ts', 'utf8')) ?? [];
    expect(Object.keys(auditEvents)).toContain(written);
  });
});
