import type { Browser, Locator, Page } from 'playwright-core';
import { type ApiProcess, startApiProcess } from '../support/api-process.js';
import { findChromium, openBrowser, watchForErrors } from '../support/browser.js';
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

const EXPECTED_ERRORS = /401.*\/auth\/(refresh|me)/;

describeInBrowser('testing a call in a browser', () => {
  let db: TestDatabase;
  let api: ApiProcess;
  let browser: Browser;
  let page: Page;
  let errors: string[];

  beforeAll(async () => {
    db = await createTestDatabase();
    const organizationId = await createOrganization(db, { slug: 'acme', defaultAllowedCountries: ['US'] });
    await createUser(db, { organizationId, role: 'admin', email: 'admin@acme.test' });
    await createUser(db, { organizationId, role: 'manager', email: 'manager@acme.test' });
    const agentId = await createAgent(db, { organizationId, name: 'Robin' });
    const number = (e164: string) => createPhoneNumber(db, { organizationId, e164 });
    await createAssignment(db, {
      organizationId,
      agentId,
      phoneNumberId: await number('+12025550123'),
      dailyLimit: 50,
    });
    await createAssignment(db, {
      organizationId,
      agentId,
      phoneNumberId: await number('+14155550132'),
      dailyLimit: 20,
      callsMadeToday: 5,
      allowedCountries: ['US', 'CA'],
    });
    api = await startApiProcess(db.url);
    browser = await openBrowser(chromium!);
    page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
    page.setDefaultTimeout(10_000);
    errors = watchForErrors(page, EXPECTED_ERRORS);
  });

  afterAll(async () => {
    await browser?.close();
    await api?.stop();
    await db?.drop();
  });

  afterEach(() => {
    expect(errors.splice(0)).toEqual([]);
  });

  it('shows whether a call is allowed, from which number, and which rule refuses the others', async () => {
    await openAssignmentsAs('admin@acme.test');
    await page.getByRole('button', { name: 'Test a call of Robin' }).click();
    await test('+14165550123');

    await verdict('Allowed').getByText('from +1 415 555 0132').waitFor();
    const used = dialog().getByRole('region', { name: /415 555 0132/ });
    expect(await used.locator('svg title').allTextContents()).toEqual(Array<string>(8).fill('Passed'));

    await dialog()
      .getByRole('button', { name: /202 555 0123.*Country not allowed/ })
      .click();
    const refused = checks('The organization allows US; the assignment inherits it.');
    expect(await refused.locator('title').textContent()).toBe('Failed');
    expect(await refused.getByRole('link', { name: 'Settings' }).getAttribute('href')).toBe('#/settings');
  });

  it('leads to the rule, and asks again after it was changed', async () => {
    await dialog().getByRole('combobox', { name: 'From' }).click();
    await page.getByRole('option', { name: '+1 415 555 0132' }).click();
    await test('+442071838750');
    await verdict('Denied').getByText('not among the allowed countries').waitFor();

    await checks('The assignment allows US, CA.').getByRole('button', { name: 'Assignment' }).click();
    const edit = page.getByRole('dialog', { name: '+1 415 555 0132 of Robin' });
    await edit
      .getByRole('switch', { name: /Paused/ })
      .or(edit.getByLabel(/Paused/))
      .first()
      .click();
    await edit.getByRole('button', { name: 'Save' }).click();
    await edit.waitFor({ state: 'hidden' });
    await verdict('Denied').getByText('The assignment is paused').waitFor();
    expect(await db.query('select count(*)::int as calls from call_authorizations')).toEqual([{ calls: 0 }]);
  });

  it('offers it to nobody who may not ask the gate', async () => {
    await page.context().clearCookies();
    await openAssignmentsAs('manager@acme.test');
    await page.getByRole('region', { name: 'Robin' }).getByText('+1 202 555 0123').waitFor();
    expect(await page.getByRole('button', { name: /Test a call/ }).count()).toBe(0);
  });

  const dialog = (): Locator => page.getByRole('dialog', { name: 'Test a call of Robin' });

  const verdict = (word: string): Locator => dialog().getByRole('status').filter({ hasText: word });

  const checks = (rule: string): Locator => dialog().getByRole('listitem').filter({ hasText: rule });

  async function test(destination: string): Promise<void> {
    await dialog().getByLabel('Destination').fill(destination);
    await dialog().getByRole('button', { name: 'Test', exact: true }).click();
  }

  async function openAssignmentsAs(email: string): Promise<void> {
    await page.goto(`${api.url}/`);
    await page.reload();
    await page.getByLabel(/e-?mail/i).fill(email);
    await page
      .getByLabel(/password/i)
      .first()
      .fill(PASSWORD);
    await page.getByRole('button', { name: /sign in/i }).click();
    await page.getByRole('menuitem', { name: /^(Agent )?Assignments$/ }).click();
  }
});
