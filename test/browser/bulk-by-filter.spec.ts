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

/** The browser itself reports the refusal that the last test is about. */
const EXPECTED_ERRORS = /401.*\/auth\/(refresh|me)|400.*\/phone-numbers\/bulk/;
const TELNYX = 30;

describeInBrowser('bulk operations on all that a filter finds, in a browser', () => {
  let db: TestDatabase;
  let api: ApiProcess;
  let browser: Browser;
  let page: Page;
  let errors: string[];
  let organizationId: string;

  beforeAll(async () => {
    db = await createTestDatabase();
    organizationId = await createOrganization(db);
    await createUser(db, { organizationId, role: 'admin', email: 'admin@acme.test' });
    const agentId = await createAgent(db, { organizationId, name: 'Robin' });
    const number = (e164: string, provider: 'telnyx' | 'twilio') =>
      createPhoneNumber(db, { organizationId, e164, provider });
    for (let at = 0; at < TELNYX; at += 1) await number(`+12025550${100 + at}`, 'telnyx');
    await number('+14155550132', 'twilio');
    const phoneNumberId = await number('+14155550133', 'twilio');
    await createAssignment(db, { organizationId, agentId, phoneNumberId });
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

  it('changes every number that matches, also beyond the page, after a preview', async () => {
    await showNumbersOf('telnyx');
    await choose(`All ${TELNYX} that match`, 'Assign');
    const dialog = page.getByRole('dialog', { name: `Assign: all ${TELNYX} numbers that match` });
    await dialog.getByRole('combobox', { name: 'Agent' }).fill('Rob');
    await page.getByRole('option', { name: 'Robin' }).click();
    await dialog.getByLabel('Daily limit').fill('40');
    await dialog.getByLabel("Use the organization's allowed countries").uncheck();
    await dialog.getByRole('combobox', { name: 'Allowed countries' }).fill('Canada');
    await page.getByRole('option', { name: 'Canada' }).click();
    await dialog.getByRole('combobox', { name: 'Also allow calls to' }).fill('Premium');
    await page.getByRole('option', { name: 'Premium-rate numbers' }).click();
    await dialog.getByRole('button', { name: 'Preview' }).click();
    await dialog
      .getByRole('status')
      .filter({ hasText: `${TELNYX} numbers will change.` })
      .waitFor();
    await dialog.getByText(`Robin: ${TELNYX}`).waitFor();
    await dialog.getByText('Calls a day from each number: 40').waitFor();
    await dialog.getByText('Also calls to: Premium-rate numbers').waitFor();
    expect(await assigned()).toEqual({ telnyx: 0, twilio: 1 });

    await dialog.getByRole('button', { name: `Assign ${TELNYX}` }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(await assigned()).toEqual({ telnyx: TELNYX, twilio: 1 });
    expect(
      await db.query(
        `select a.daily_limit, a.allowed_countries, a.allowed_number_types, count(*)::int as numbers
         from agent_phone_numbers a join phone_numbers n on n.id = a.phone_number_id
         where n.provider = 'telnyx' and a.ended_at is null group by 1, 2, 3`,
      ),
    ).toEqual([
      { daily_limit: 40, allowed_countries: ['CA'], allowed_number_types: ['PREMIUM_RATE'], numbers: TELNYX },
    ]);
  });

  it('changes what was previewed, and not what the filter finds since', async () => {
    await showNumbersOf('telnyx');
    await choose(`All ${TELNYX} that match`, 'Unassign');
    const dialog = page.getByRole('dialog', { name: /^Unassign/ });
    await dialog
      .getByRole('status')
      .filter({ hasText: `${TELNYX} numbers will change.` })
      .waitFor();
    await db.query(`update phone_numbers set provider = 'telnyx' where e164 = '+14155550133'`);
    await dialog.getByRole('button', { name: `Unassign ${TELNYX}` }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(await assigned()).toEqual({ telnyx: 1, twilio: 0 });
    await db.query(`update phone_numbers set provider = 'twilio' where e164 = '+14155550133'`);
  });

  it('says which numbers it cannot delete and why, and deletes the others only', async () => {
    await showNumbersOf('twilio');
    await choose('All 2 that match', 'Delete');
    const dialog = page.getByRole('dialog', { name: 'Delete: all 2 numbers that match' });
    await dialog.getByRole('status').filter({ hasText: '1 number will change, 1 cannot.' }).waitFor();
    const refusal = dialog.getByRole('alert').filter({ hasText: '1 number: the phone number is assigned' });
    await refusal.getByText("Unassign it from the agent 'Robin' first.").waitFor();

    await dialog.getByRole('button', { name: 'Delete 1' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(await db.query(`select e164 from phone_numbers where lifecycle = 'released'`)).toEqual([
      { e164: '+14155550132' },
    ]);
  });

  it('says "more than" where the total was not counted, and shows that the API refuses so many', async () => {
    await db.query(
      `insert into phone_numbers (organization_id, e164, country_code, provider)
       select $1, '+1312' || (5550000 + n), 'US', 'other' from generate_series(1, 10001) n`,
      [organizationId],
    );
    await show({ q: '1312' });
    await page.getByText('1–25 of more than 5,000').waitFor();
    await page.getByRole('button', { name: 'Go to next page' }).click();
    await page.getByText('26–50 of more than 5,000').waitFor();

    await choose('All (more than 5,000) that match', 'Deactivate');
    const dialog = page.getByRole('dialog', { name: 'Deactivate: all numbers that match (more than 5,000)' });
    await dialog.getByRole('alert').filter({ hasText: 'more than 10,000 numbers' }).waitFor();
    expect(await db.query(`select 1 from phone_numbers where lifecycle = 'inactive'`)).toEqual([]);
  });

  const showNumbersOf = (provider: string): Promise<void> => show({ provider });

  async function show(by: Record<string, string>): Promise<void> {
    const filter = encodeURIComponent(JSON.stringify(by));
    await page.goto(`${api.url}/#/phone-numbers?filter=${filter}`);
    await page.reload();
  }

  async function choose(all: string, operation: string): Promise<void> {
    await page.getByRole('button', { name: all }).click();
    await page.getByRole('menuitem', { name: operation, exact: true }).click();
  }

  /** Live assignments by provider. */
  async function assigned(): Promise<Record<string, number>> {
    const rows = await db.query(
      `select n.provider, count(a.id)::int as assigned
       from phone_numbers n left join agent_phone_numbers a on a.phone_number_id = n.id and a.ended_at is null
       where n.lifecycle = 'active' group by n.provider`,
    );
    return Object.fromEntries(rows.map((row) => [row['provider'], row['assigned']]));
  }
});
