/**
 * Generates clients from openapi.json into a folder, by the generators' own settings, puts the programs of `fixtures/` beside
 * them and checks the types of all of it. Prints what the compiler complains of, and ends with 1 when it does.
 */
import { createClient } from '@hey-api/openapi-ts';
import { cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import openapiTypescript, { astToString } from 'openapi-typescript';
import ts from 'typescript';

const [input, folder] = process.argv.slice(2).map((argument) => path.resolve(argument));
const generated = path.join(folder, 'generated');

rmSync(folder, { recursive: true, force: true });
cpSync(path.join(import.meta.dirname, 'fixtures'), folder, { recursive: true });
await createClient({
  input,
  // The extension is what it writes by itself in a project whose modules are those of Node.
  output: { path: path.join(generated, 'hey-api'), importFileExtension: '.js', tsConfigPath: null },
  logs: { level: 'silent', file: false },
});
writeFileSync(path.join(generated, 'schema.ts'), astToString(await openapiTypescript(pathToFileURL(input))));

const programs = readdirSync(folder).filter((name) => name.endsWith('.ts'));
const program = ts.createProgram(
  programs.map((name) => path.join(folder, name)),
  {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    types: [],
    strict: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: true,
    noEmit: true,
  },
);
const complaints = ts.getPreEmitDiagnostics(program);
const host = { getCanonicalFileName: (name) => name, getCurrentDirectory: () => folder, getNewLine: () => '\n' };
process.stdout.write(ts.formatDiagnostics(complaints, host));
process.exitCode = complaints.length > 0 ? 1 : 0;
