import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { type ApiProcess, startApiProcess } from '../support/api-process.js';
import { findChromium, openBrowser, signInToConsole, watchForErrors } from '../support/browser.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  createAgent,
  createAssignment,
  createOrganization,
  createPhoneNumber,
  createUser,
  PASSWORD,
} from '../support/fixtures.js';

const chromium = findChromium();
const describeInBrowser = chromium === null ? describe.skip : describe;

describeInBrowser('exporting assignments in a browser', () => {
  let db: TestDatabase;
  let api: ApiProcess;
  let browser: Browser;
  let page: Page;
  let errors: string[];
  let frontDesk: string;

  beforeAll(async () => {
    db = await createTestDatabase();
    const organizationId = await createOrganization(db);
    await createUser(db, { organizationId, role: 'admin', email: 'admin@acme.test' });
    const assign = async (name: string, e164: string) => {
      const agentId = await createAgent(db, { organizationId, name });
      const phoneNumberId = await createPhoneNumber(db, { organizationId, e164 });
      await createAssignment(db, { organizationId, agentId, phoneNumberId });
      return agentId;
    };
    frontDesk = await assign('Front desk', '+12025550101');
    await assign('Night shift', '+12025550102');
    api = await startApiProcess(db.url);
    browser = await openBrowser(chromium!);
    page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
    page.setDefaultTimeout(10_000);
    errors = watchForErrors(page, /401.*\/auth\/(refresh|me)/);
    await signInToConsole(page, api.url, 'admin@acme.test', PASSWORD);
  });

  afterAll(async () => {
    await browser?.close();
    await api?.stop();
    await db?.drop();
  });

  afterEach(() => {
    expect(errors.splice(0)).toEqual([]);
  });

  async function exported(address: string): Promise<string> {
    await page.goto(`${api.url}/#${address}`);
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export' }).click();
    return readFile(await (await download).path(), 'utf8');
  }

  it('downloads those of all agents, or of the one that is shown', async () => {
    const all = await exported('/agent-assignments');
    expect(all).toContain('+12025550101');
    expect(all).toContain('+12025550102');
    const one = await exported(`/agent-assignments?agent=${frontDesk}`);
    expect(one).toContain('+12025550101');
    expect(one).not.toContain('+12025550102');
  });
});
