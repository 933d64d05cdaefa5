import { mkdirSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import type { ReasonCode } from '#contracts';
import { type ApiProcess, startApiProcess } from '../support/api-process.js';
import { findChromium, openBrowser, watchForErrors } from '../support/browser.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createApiKey, createOrganization, createUser, PASSWORD } from '../support/fixtures.js';
import { request } from '../support/http.js';
import { addPlausibleUsage } from '../support/plausible-usage.js';

const chromium = findChromium();
const describeInBrowser = chromium === null ? describe.skip : describe;

/** Before the first sign-in, the console asks whether a session can go on. */
const EXPECTED_ERRORS = /401.*\/auth\/(refresh|me)/;

const UPLOAD = [
  'phoneNumber,provider,countryCode',
  '+12025550123,telnyx,US',
  '+14155550132,twilio,US',
  '12345,telnyx,US',
  '+442071838750,carrier pigeon,GB',
  '+12025550123,telnyx,US',
].join('\n');

describeInBrowser('the main job in a browser', () => {
  let db: TestDatabase;
  let api: ApiProcess;
  let browser: Browser;
  let page: Page;
  let errors: string[];
  let apiKey: string;
  let organizationId: string;

  beforeAll(async () => {
    db = await createTestDatabase();
    organizationId = await createOrganization(db, { slug: 'acme', name: 'Acme' });
    await createUser(db, { organizationId, role: 'admin', email: 'admin@acme.test', name: 'Ada Admin' });
    await createUser(db, { organizationId, role: 'manager', email: 'manager@acme.test', name: 'Max Manager' });
    ({ key: apiKey } = await createApiKey(db, { organizationId, scopes: ['calls:authorize'] }));
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

  it('lets an admin upload a CSV file: good rows land, bad ones are reported by line', async () => {
    await signIn('admin@acme.test');
    await open('Phone Numbers');
    await page.getByRole('button', { name: 'Bulk upload' }).click();
    const dialog = page.getByRole('dialog', { name: 'Bulk upload' });
    await dialog
      .locator('input[type=file]')
      .setInputFiles({ name: 'numbers.csv', mimeType: 'text/csv', buffer: Buffer.from(UPLOAD) });
    await dialog.getByRole('button', { name: 'Upload', exact: true }).click();

    await dialog.getByRole('status').filter({ hasText: '2 added, 1 skipped, 2 failed' }).waitFor();
    const refused = dialog.getByRole('table', { name: 'Rows that were not taken' }).getByRole('row');
    expect((await refused.allTextContents()).slice(1).map((row) => row.slice(0, 1))).toEqual(['4', '5', '6']);
    await dialog.getByRole('button', { name: 'Close' }).click();

    await numberRow().waitFor();
    expect(await db.query('select e164 from phone_numbers order by e164')).toEqual([
      { e164: '+12025550123' },
      { e164: '+14155550132' },
    ]);
  });

  it('lets an admin add an agent and assign it a number with a limit and countries', async () => {
    await open('Agents');
    await page.getByRole('link', { name: 'Add agent' }).click();
    await page.getByLabel('Name').fill('Robin');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('row').filter({ hasText: 'Robin' }).waitFor();

    await open(/^(Agent )?Assignments$/);
    await page.getByRole('button', { name: 'Assign number to Robin' }).click();
    const dialog = page.getByRole('dialog', { name: 'Assign a number to Robin' });
    await dialog.getByLabel('Phone number').fill('2025550123');
    await page.getByRole('option', { name: /202.?555.?0123/ }).click();
    await dialog.getByLabel('Daily limit').fill('2');
    await dialog.getByLabel("Use the organization's allowed countries").uncheck();
    await dialog.getByRole('combobox', { name: 'Allowed countries' }).fill('United States');
    await page
      .getByRole('option')
      .filter({ hasText: /^\W*United States$/ })
      .click();
    await dialog.getByRole('button', { name: 'Assign', exact: true }).click();

    await dialog.waitFor({ state: 'hidden' });
    await usageOfRobin('0 of 2').waitFor();
    expect(await db.query('select daily_limit, allowed_countries from agent_phone_numbers')).toEqual([
      { daily_limit: 2, allowed_countries: ['US'] },
    ]);
  });

  it('lets a dialer call up to the limit and only to the allowed country', async () => {
    expect(await askGate('+442071838750')).toBe('country_not_allowed');
    expect(await askGate('+14155550199')).toBe('allowed');
    expect(await askGate('+14155550199')).toBe('allowed');
    expect(await askGate('+14155550199')).toBe('daily_limit_reached');
  });

  it('shows a manager the usage of today, and offers nothing that a manager may not do', async () => {
    await signOut();
    await signIn('manager@acme.test');
    await page.getByRole('listitem').filter({ hasText: 'Robin' }).filter({ hasText: '2 of 2' }).waitFor();
    await page.getByRole('listitem').filter({ hasText: 'Country not allowed' }).waitFor();
    await page.getByRole('listitem').filter({ hasText: 'Daily limit reached' }).waitFor();

    await open('Decisions');
    const decisions = page.getByRole('table', { name: 'Decisions' }).getByRole('row').filter({ hasText: 'Robin' });
    await decisions.filter({ hasText: 'Country not allowed' }).waitFor();
    expect(await decisions.count()).toBe(4);
    await decisions.filter({ hasText: 'Daily limit reached' }).click();
    const details = page.getByRole('dialog', { name: 'Decision' });
    await details.getByText('2 of 2').waitFor();
    await details.getByRole('button', { name: 'Close' }).click();
    await details.waitFor({ state: 'hidden' });
    expect(await offered()).toEqual([]);
    await open('Phone Numbers');
    await numberRow().waitFor();
    expect(await offered()).toEqual([]);
    await open('Agents');
    await page.getByRole('row').filter({ hasText: 'Robin' }).waitFor();
    expect(await offered()).toEqual([]);
    await open(/^(Agent )?Assignments$/);
    await usageOfRobin('2 of 2').waitFor();
    expect(await offered()).toEqual([]);
  });

  // The picture in the README is renewed only on demand: fonts differ from machine to machine.
  if (process.env['UPDATE_SCREENSHOTS'] === '1') {
    it('takes the picture for the README', async () => {
      await addPlausibleUsage(db, api.url, organizationId, apiKey);
      await open('Dashboard');
      await page.getByRole('button', { name: 'Refresh' }).first().click();
      await page.getByRole('listitem').filter({ hasText: 'Priya Nair' }).waitFor();
      await page.setViewportSize({ width: 1280, height: 1180 });
      await page.mouse.move(0, 0);
      await page.getByRole('tooltip').waitFor({ state: 'detached' });
      await page.waitForLoadState('networkidle');
      mkdirSync('docs/images', { recursive: true });
      await page.screenshot({ path: 'docs/images/console.png', animations: 'disabled' });
    });
  }

  it('offers an admin what a manager is not offered', async () => {
    await signOut();
    await signIn('admin@acme.test');
    await open('Phone Numbers');
    await numberRow().waitFor();
    expect(await offered()).toEqual(expect.arrayContaining(['Add number', 'Bulk upload']));
  });

  async function signIn(email: string): Promise<void> {
    await page.goto(`${api.url}/`);
    await page.getByLabel(/e-?mail/i).fill(email);
    await page
      .getByLabel(/password/i)
      .first()
      .fill(PASSWORD);
    await page.getByRole('button', { name: /sign in/i }).click();
    await page.getByRole('menuitem', { name: 'Phone Numbers' }).waitFor();
  }

  async function signOut(): Promise<void> {
    await page.getByRole('button', { name: /Ada Admin|Max Manager|Profile/ }).click();
    await page.getByRole('menuitem', { name: /log ?out|sign out/i }).click();
    await page.getByRole('button', { name: /sign in/i }).waitFor();
  }

  async function open(screen: string | RegExp): Promise<void> {
    await page.getByRole('menuitem', { name: screen, exact: true }).click();
    await page.locator('#react-admin-title').getByText(screen).waitFor();
  }

  const numberRow = () => page.getByRole('row').filter({ hasText: /202.?555.?0123/ });

  const usageOfRobin = (used: string) => page.getByRole('region', { name: 'Robin' }).getByText(used).first();

  /** The names of all buttons and links in the main area that change something. */
  async function offered(): Promise<string[]> {
    const changes = /^(add (?!filter)|bulk|create|claim|assign|unassign|edit|delete|remove|reset|release|save)/i;
    const main = page.locator('main');
    const names = await Promise.all(
      (['button', 'link'] as const).map((role) => main.getByRole(role, { name: changes }).allTextContents()),
    );
    return names.flat();
  }

  async function askGate(destination: string): Promise<ReasonCode> {
    const [agent] = await db.query(`select id from agents where name = 'Robin'`);
    const answer = await request<{ reasonCode: ReasonCode }>(`${api.url}/api/v1/call-gate/authorize`, {
      apiKey,
      body: { agentId: agent!['id'] as string, destination },
    });
    expect(answer.status).toBe(200);
    return answer.body.reasonCode;
  }
});
