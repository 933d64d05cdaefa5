import { mkdirSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import type { ReasonCode } from '#contracts';
import { type ApiProcess, startApiProcess } from '../support/api-process.js';
import { findChromium, openBrowser, watchForErrors } from '../support/browser.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createApiKey, createOrganization, createUser, PASSWORD } from '../support/fixtures.js';
import { request } from '../support/http.js';

const chromium = findChromium();
const describeInBrowser = chromium === null ? describe.skip : describe;

/** Before anybody has signed in, the console asks whether a session can go on. */
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

  beforeAll(async () => {
    db = await createTestDatabase();
    const organizationId = await createOrganization(db, { slug: 'acme', name: 'Acme' });
    await createUser(db, { organizationId, role: 'admin', email: 'admin@acme.test', name: 'Ada Admin' });
    await createUser(db, { organizationId, role: 'manager', email: 'manager@acme.test', name: 'Max Manager' });
    ({ key: apiKey } = await createApiKey(db, { organizationId, scopes: ['calls:authorize'] }));
    api = await startApiProcess(db.url);
    browser = await openBrowser(chromium!);
    page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
    page.setDefaultTimeout(15_000);
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
    await page
      .getByRole('button', { name: /upload/i })
      .first()
      .click();
    const dialog = page.getByRole('dialog');
    await dialog
      .locator('input[type=file]')
      .setInputFiles({ name: 'numbers.csv', mimeType: 'text/csv', buffer: Buffer.from(UPLOAD) });
    await dialog.getByRole('button', { name: /^upload/i }).click();

    for (const [line, message] of [
      ['4', 'The phone number is not valid'],
      ['5', 'The provider is not known'],
      ['6', 'The phone number stands in the file twice'],
    ] as const) {
      const row = dialog.getByRole('row').filter({ hasText: message });
      await row.waitFor();
      expect(await row.textContent()).toContain(line);
    }
    await dialog.getByRole('button', { name: /close|done/i }).click();
    expect(await db.query('select e164 from phone_numbers order by e164')).toEqual([
      { e164: '+12025550123' },
      { e164: '+14155550132' },
    ]);
    await page
      .getByRole('row')
      .filter({ hasText: /555.?0123/ })
      .waitFor();
  });

  it('lets an admin create an agent and assign it a number with a limit and countries', async () => {
    await open('Agents');
    await page
      .getByRole('link', { name: /create|add/i })
      .first()
      .click();
    await page.getByLabel(/^name/i).fill('Robin');
    await choose('Kind', /^ai/i);
    await page.getByRole('button', { name: /save/i }).click();
    await page.getByText('Robin').first().waitFor();

    await open('Agent Assignments');
    await page
      .getByRole('button', { name: /assign/i })
      .first()
      .click();
    const dialog = page.getByRole('dialog');
    await choose('Agent', /Robin/);
    await choose('Phone number', /555.?0123/);
    await dialog.getByLabel(/daily limit/i).fill('2');
    await choose('Allowed countries', /^United States/);
    await page.keyboard.press('Escape').catch(() => undefined);
    await dialog.getByRole('button', { name: /^assign|^save/i }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page
      .getByText(/0 (of|\/) 2/)
      .first()
      .waitFor();
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
    await page.getByText('Country not allowed').first().waitFor();
    await page.getByText('Daily limit reached').first().waitFor();
    await page.getByText('Robin').first().waitFor();
    await page
      .getByText(/2 (of|\/) 2/)
      .first()
      .waitFor();
    await takeScreenshot();

    await open('Phone Numbers');
    await page
      .getByRole('row')
      .filter({ hasText: /555.?0123/ })
      .waitFor();
    expect(await page.getByRole('button', { name: /upload|add|create|delete|unassign/i }).count()).toBe(0);
    expect(await page.getByRole('link', { name: /add|create/i }).count()).toBe(0);
    await open('Agent Assignments');
    await page
      .getByText(/2 (of|\/) 2/)
      .first()
      .waitFor();
    expect(await page.getByRole('button', { name: /assign|remove|reset/i }).count()).toBe(0);
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
    await page.getByRole('button', { name: /profile/i }).click();
    await page.getByRole('menuitem', { name: /log ?out|sign out/i }).click();
    await page.getByRole('button', { name: /sign in/i }).waitFor();
  }

  async function open(screen: string): Promise<void> {
    await page.getByRole('menuitem', { name: screen }).click();
    await page.getByRole('heading', { name: screen }).or(page.getByRole('table')).first().waitFor();
  }

  /** Picks an option of a select or of a field that completes what is typed. */
  async function choose(label: string, option: RegExp): Promise<void> {
    await page.getByLabel(label, { exact: false }).last().click();
    await page.getByRole('option', { name: option }).first().click();
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

  /** The picture in the README, renewed only on demand: fonts differ from machine to machine. */
  async function takeScreenshot(): Promise<void> {
    if (process.env['UPDATE_SCREENSHOTS'] !== '1') return;
    mkdirSync('docs/images', { recursive: true });
    await page.screenshot({ path: 'docs/images/console.png', animations: 'disabled' });
  }
});
