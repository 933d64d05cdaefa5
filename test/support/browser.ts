import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

const SYSTEM_BROWSERS = [
  ...['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].flatMap((name) =>
    (process.env['PATH'] ?? '').split(path.delimiter).map((folder) => path.join(folder, name)),
  ),
  '/usr/bin/chromium',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** A browser under test reaches the test's own server and nothing else. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Where a Chromium is: CHROMIUM_PATH, one of the system's, Playwright's own, else one that Playwright can download now.
 *
 * @returns null when there is none; then a sentence for the end of the run is left behind
 * @throws Error when CHROMIUM_PATH leads nowhere, and under CI=true when there is none
 */
export function findChromium(): string | null {
  const named = process.env['CHROMIUM_PATH'];
  if (named) {
    if (!existsSync(named)) throw new Error(`CHROMIUM_PATH is ${named}, which does not exist`);
    return named;
  }
  const executable = [...SYSTEM_BROWSERS, chromium.executablePath()].find((file) => existsSync(file));
  if (executable) return executable;
  const cli = path.resolve('node_modules/playwright-core/cli.js');
  spawnSync(process.execPath, [cli, 'install', 'chromium'], { stdio: 'ignore', timeout: 180_000 });
  if (existsSync(chromium.executablePath())) return chromium.executablePath();
  const notRun = 'The browser tests did NOT run: no Chromium or Chrome was found, and none could be downloaded.';
  if (process.env['CI'] === 'true') throw new Error(notRun);
  const notes = process.env['RINGFENCE_NOT_RUN_FILE'];
  if (notes) appendFileSync(notes, `${notRun} Install one, or name it in CHROMIUM_PATH.\n`);
  return null;
}

export function openBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ARGUMENTS });
}

/**
 * Collects what a user would never see but a developer must: uncaught errors and errors in the browser's console.
 *
 * @param expected messages that belong to the job, such as the refused refresh before the first sign-in
 */
export function watchForErrors(page: Page, expected: RegExp): string[] {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(`page error: ${error.message}`));
  page.on('console', (message) => {
    const text = `${message.text()} (${message.location().url})`;
    if (message.type() === 'error' && !expected.test(text)) errors.push(`console error: ${text}`);
  });
  return errors;
}

/** Signs in on the console's first page, whoever was signed in before, and waits for the menu. */
export async function signInToConsole(page: Page, url: string, email: string, password: string): Promise<void> {
  await page.context().clearCookies();
  await page.goto(url);
  await page.reload();
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('menuitem', { name: 'Phone Numbers' }).waitFor();
}
