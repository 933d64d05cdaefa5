import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** There is no terminal to ask on. */
class PromptRefusal extends Error {
  override readonly name = 'PromptRefusal';
}

/** @throws PromptRefusal without a terminal; `instead` is how the answer can be given then */
export function ask(question: string, instead: string): Promise<string> {
  return prompt(question, instead, process.stdout);
}

/** The same, without showing what is typed. */
export async function askSecretly(question: string, instead: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  if (process.stdin.isTTY) process.stdout.write(`${question}: `);
  const answer = await prompt(question, instead, nowhere);
  process.stdout.write('\n');
  return answer;
}

async function prompt(question: string, instead: string, output: NodeJS.WritableStream): Promise<string> {
  if (!process.stdin.isTTY) throw new PromptRefusal(`Nobody can be asked for "${question}" here: give ${instead}.`);
  const terminal = createInterface({ input: process.stdin, output, terminal: true });
  terminal.once('SIGINT', () => process.exit(130));
  try {
    return await terminal.question(`${question}: `);
  } finally {
    terminal.close();
  }
}
