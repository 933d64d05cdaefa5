import type { Browser, Page } from 'playwright-core';
import { type ApiProcess, startApiProcess } from '../support/api-process.js';
import { findChromium, openBrowser, signInToConsole, watchForErrors } from '../support/browser.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createOrganization, createUser, PASSWORD, signIn } from '../support/fixtures.js';
import { request } from '../support/http.js';

const chromium = findChromium();
const describeInBrowser = chromium === null ? describe.skip : describe;

/** The browser itself reports the refusal that the second test is about. */
const EXPECTED_ERRORS = /401.*\/auth\/(refresh|me)|409.*\/imports\//;

describeInBrowser('undoing an upload in a browser', () => {
  let db: TestDatabase;
  let api: ApiProcess;
  let browser: Browser;
  let page: Page;
  let errors: string[];

  beforeAll(async () => {
    db = await createTestDatabase();
    const organizationId = await createOrganization(db);
    await createUser(db, { organizationId, role: 'admin', email: 'admin@acme.test' });
    api = await startApiProcess(db.url);
    browser = await openBrowser(chromium!);
    page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
    page.setDefaultTimeout(10_000);
    errors = watchForErrors(page, EXPECTED_ERRORS);
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

  it('says how many numbers go, and takes them away after a yes', async () => {
    await upload('+12025550123,telnyx,US\n+14155550132,twilio,US');
    await dialog().getByRole('button', { name: 'Undo upload' }).click();
    const question = page.getByRole('dialog', { name: 'Undo this upload?' });
    await question.getByText('2 numbers that it added are removed.').waitFor();
    await question.getByRole('button', { name: 'Cancel' }).click();
    await question.waitFor({ state: 'hidden' });
    expect(await numbers()).toEqual(['+12025550123', '+14155550132']);

    await undo();
    await dialog().getByText('Nothing of it is left.').waitFor();
    expect(await dialog().getByRole('button', { name: 'Undo upload' }).count()).toBe(0);
    expect(await numbers()).toEqual([]);
  });

  it('shows which number was changed since, and undoes nothing then; also on the page that the list of uploads leads to', async () => {
    await dialog().getByRole('button', { name: 'Close' }).click();
    await upload('+12025550124,telnyx,US\n+14155550133,twilio,US');
    const token = await signIn(api.url, 'admin@acme.test');
    const [number] = await db.query(`select id from phone_numbers where e164 = '+14155550133'`);
    const path = `/api/v1/phone-numbers/${number!['id'] as string}`;
    await request(api.url + path, { method: 'PUT', token, body: { label: 'Front desk' } });

    await undo();
    await dialog().getByRole('alert').filter({ hasText: 'changed or used since the import: +14155550133' }).waitFor();
    expect(await numbers()).toEqual(['+12025550124', '+14155550133']);

    await dialog().getByRole('link', { name: 'Earlier uploads' }).click();
    const rows = page.locator('tbody').getByRole('row');
    await rows.filter({ hasText: 'Undone' }).waitFor();
    const newest = rows.first().filter({ hasText: 'Completed' }).filter({ hasText: 'admin@acme.test' });
    await newest.getByRole('link', { name: 'Upload of 2 rows' }).click();
    await page.getByRole('status').filter({ hasText: '2 added' }).waitFor();
    await undo();
    await page.getByRole('alert').filter({ hasText: 'changed or used since the import: +14155550133' }).waitFor();
    expect(await numbers()).toEqual(['+12025550124', '+14155550133']);
  });

  it('takes back also what an upload has changed, which it does only when it is told to', async () => {
    await page.getByRole('menuitem', { name: 'Phone Numbers' }).click();
    await page.getByRole('button', { name: 'Bulk upload' }).click();
    await dialog()
      .getByRole('textbox', { name: 'Numbers' })
      .fill('phoneNumber,provider,label\n+12025550124,telnyx,Reception');
    await dialog().getByRole('button', { name: 'Check', exact: true }).click();
    await dialog().getByRole('status').filter({ hasText: '0 would be added, 1 skipped' }).waitFor();

    await dialog().getByLabel('Also change those that are there already').check();
    await dialog().getByRole('button', { name: 'Upload', exact: true }).click();
    await dialog().getByRole('status').filter({ hasText: '0 added, 1 updated' }).waitFor();
    expect(await labels()).toEqual(['Reception']);
    await undo();
    await dialog().getByText('Nothing of it is left.').waitFor();
    expect(await labels()).toEqual([null]);
  });

  it.each([
    [1280, 'light'],
    [1280, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const)('shows an upload without a good row as one that failed, at %i pixels, %s', async (width, mode) => {
    const token = await signIn(api.url, 'admin@acme.test');
    const headers = { 'content-type': 'text/csv', prefer: 'wait=30' };
    const { body } = await request(`${api.url}/api/v1/phone-numbers/bulk-upload`, { token, headers, body: 'x,telnyx' });
    expect(body).toMatchObject({ status: 'completed', total: 1, failed: 1 });
    await page.setViewportSize({ width, height: 860 });
    await page.evaluate((theme) => localStorage.setItem('RaStore.theme', JSON.stringify(theme)), mode);
    await page.goto(`${api.url}/#/imports`);
    await page.reload();
    const chip = page.locator('.MuiChip-root', { hasText: 'All rows failed' }).first();
    await chip.waitFor();
    expect(await chip.getAttribute('class')).toContain('MuiChip-colorError');
  });

  const dialog = () => page.getByRole('dialog', { name: 'Bulk upload' });

  async function upload(lines: string): Promise<void> {
    await page.getByRole('menuitem', { name: 'Phone Numbers' }).click();
    await page.getByRole('button', { name: 'Bulk upload' }).click();
    await dialog().getByRole('textbox', { name: 'Numbers' }).fill(lines);
    await dialog().getByRole('button', { name: 'Upload', exact: true }).click();
    await dialog().getByRole('status').filter({ hasText: '2 added' }).waitFor();
  }

  async function undo(): Promise<void> {
    await page.getByRole('button', { name: 'Undo upload' }).click();
    const question = page.getByRole('dialog', { name: 'Undo this upload?' });
    await question.getByRole('button', { name: 'Undo upload' }).click();
  }

  const labels = async () =>
    (await db.query(`select label from phone_numbers where e164 = '+12025550124'`)).map(
      (row) => row['label'] as unknown,
    );

  async function numbers(): Promise<unknown[]> {
    const rows = await db.query(`select e164 from phone_numbers where lifecycle <> 'released' order by e164`);
    return rows.map((row) => row['e164']);
  }
});
