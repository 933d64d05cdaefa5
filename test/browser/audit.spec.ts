import type { Browser, Page } from 'playwright-core';
import { auditActions } from '#contracts';
import { type ApiProcess, startApiProcess } from '../support/api-process.js';
import { findChromium, openBrowser, watchForErrors } from '../support/browser.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  createAgent,
  createOrganization,
  createPhoneNumber,
  createUser,
  PASSWORD,
  signIn,
} from '../support/fixtures.js';
import { request } from '../support/http.js';

const chromium = findChromium();
const describeInBrowser = chromium === null ? describe.skip : describe;

describeInBrowser('the audit log in a browser', () => {
  let db: TestDatabase;
  let api: ApiProcess;
  let browser: Browser;
  let page: Page;
  let errors: string[];
  let phoneNumberId: string;

  beforeAll(async () => {
    db = await createTestDatabase();
    const organizationId = await createOrganization(db, { defaultAllowedCountries: ['US'] });
    await createUser(db, { organizationId, role: 'admin', email: 'admin@acme.test', name: 'Ada' });
    const agentId = await createAgent(db, { organizationId, name: 'Robin' });
    phoneNumberId = await createPhoneNumber(db, { organizationId, e164: '+12025550123' });
    api = await startApiProcess(db.url);
    const token = await signIn(api.url, 'admin@acme.test');
    const send = (path: string, body: unknown, method = 'POST') =>
      request(`${api.url}/api/v1${path}`, { token, body, method });
    const { body } = await send(`/phone-numbers/${phoneNumberId}/assign`, { agentId, dailyLimit: 50 });
    await send(`/agent-assignments/${body.id}`, { dailyLimit: 60, allowedCountries: ['US', 'CA'] }, 'PUT');
    browser = await openBrowser(chromium!);
    page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
    page.setDefaultTimeout(10_000);
    errors = watchForErrors(page, /401.*\/auth\/(refresh|me)/);
    await page.goto(api.url);
    await page.getByLabel('E-mail').fill('admin@acme.test');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('menuitem', { name: 'Audit Log' }).click();
  });

  afterAll(async () => {
    await browser?.close();
    await api?.stop();
    await db?.drop();
  });

  it('offers every action of the catalogue, and keeps one of another version that an address names', async () => {
    await page.getByLabel('Action').click();
    const options = page.getByRole('option');
    await options.first().waitFor();
    expect(await options.count()).toBe(auditActions.length + 1);
    await page.getByRole('option', { name: 'Session started' }).click();
    const events = page.getByRole('main').getByRole('listitem');
    await events.filter({ hasText: 'Agent assignment updated' }).first().waitFor({ state: 'detached' });
    await events.filter({ hasText: 'Session started' }).first().waitFor();
    await page.goto(`${api.url}/#/audit?action=agent.teleported`);
    await page.getByRole('combobox', { name: 'Action' }).getByText('Agent teleported').waitFor();
    await page.getByText('Nothing here').waitFor();
    await page.goto(`${api.url}/#/audit`);
    expect(errors.splice(0)).toEqual([]);
  });

  it('shows what changed from what to what, filtered by field', async () => {
    await page.getByLabel('Changed field').fill('allowedCountries');
    await page.getByText('Agent assignment updated').waitFor();
    await page.getByText('Session started').first().waitFor({ state: 'detached' });
    const event = page.getByRole('main').getByRole('listitem').filter({ hasText: 'Daily limit: 50 → 60' }).first();
    await event.getByText('admin@acme.test').waitFor();
    expect(errors.splice(0)).toEqual([]);
  });

  it('checks the chain', async () => {
    await page.getByRole('button', { name: 'Check the log' }).click();
    await page.getByText(/are as they were written/).waitFor();
    expect(errors.splice(0)).toEqual([]);
  });

  it('has the history of a number on its page', async () => {
    await page.goto(`${api.url}/#/phone-numbers/${phoneNumberId}`);
    await page.getByRole('heading', { name: 'History' }).waitFor();
    await page.getByText('Daily limit: 50 → 60').waitFor();
    expect(errors.splice(0)).toEqual([]);
  });
});
