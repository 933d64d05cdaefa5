import type { Browser, Page } from 'playwright-core';
import { type ApiProcess, startApiProcess } from './api-process.js';
import { openBrowser, signInToConsole, watchForErrors } from './browser.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { createOrganization, createUser, PASSWORD } from './fixtures.js';

/** The platform's organization: its numbers are the pool. */
export const POOL = '00000000-0000-7000-8000-000000000001';

/** A console with an API and a database of its own, and its admin at the screen. */
export interface OpenConsole {
  db: TestDatabase;
  url: string;
  page: Page;
  organizationId: string;
  /** What only a developer would have seen; a test ends with none. */
  errors: string[];
  close(): Promise<void>;
}

/** Before the first sign-in, the console asks whether a session can go on. */
const AT_THE_START = '401.*/auth/(refresh|me)';

interface OpenOptions {
  chromium: string;
  /** What is there before the admin signs in. */
  prepare?: (db: TestDatabase, organizationId: string) => Promise<unknown>;
  /** Refusals that the tests are about: the browser itself reports them. */
  refusals?: string;
}

export async function openConsole({ chromium, prepare, refusals }: OpenOptions): Promise<OpenConsole> {
  const opened: { db?: TestDatabase; api?: ApiProcess; browser?: Browser } = {};
  const close = async () => {
    await opened.browser?.close();
    await opened.api?.stop();
    await opened.db?.drop();
  };
  try {
    const db = (opened.db = await createTestDatabase());
    const organizationId = await createOrganization(db, { name: 'Acme' });
    await createUser(db, { organizationId, role: 'admin', email: 'admin@acme.test' });
    await prepare?.(db, organizationId);
    const { url } = (opened.api = await startApiProcess(db.url));
    opened.browser = await openBrowser(chromium);
    const page = await opened.browser.newPage({ viewport: { width: 1280, height: 860 } });
    page.setDefaultTimeout(10_000);
    const errors = watchForErrors(page, new RegExp([AT_THE_START, refusals].filter(Boolean).join('|')));
    await signInToConsole(page, url, 'admin@acme.test', PASSWORD);
    return { db, url, page, organizationId, errors, close };
  } catch (error) {
    await close();
    throw error;
  }
}
