import { findChromium } from '../support/browser.js';
import { openConsole, type OpenConsole } from '../support/console.js';
import { createAgent, createApiKey, createAssignment, createPhoneNumber } from '../support/fixtures.js';
import { request } from '../support/http.js';
import { REFUSED_FOR_IT, refuseForAnUnknownReason, UNKNOWN_REASON } from '../support/unknown-reason.js';

const chromium = findChromium();
const describeInBrowser = chromium === null ? describe.skip : describe;

/** A console of before an upgrade shows what the database of after it has decided. */
describeInBrowser('a reason that the console does not know', () => {
  let opened: OpenConsole;

  beforeAll(async () => {
    let dial: (url: string) => Promise<unknown> = async () => {};
    opened = await openConsole({
      chromium: chromium!,
      prepare: async (db, organizationId) => {
        await refuseForAnUnknownReason(db);
        const agentId = await createAgent(db, { organizationId, name: 'Robin' });
        const phoneNumberId = await createPhoneNumber(db, { organizationId });
        await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit: 5, allowedCountries: ['JM'] });
        const { key } = await createApiKey(db, { organizationId, scopes: ['calls:authorize'] });
        dial = (url) =>
          request(`${url}/api/v1/call-gate/authorize`, {
            apiKey: key,
            body: { agentId, destination: REFUSED_FOR_IT },
          });
      },
    });
    expect(await dial(opened.url)).toMatchObject({ status: 200, body: { reasonCode: UNKNOWN_REASON } });
  });

  afterAll(() => opened?.close());

  afterEach(() => {
    expect(opened.errors.splice(0)).toEqual([]);
  });

  it('stands by its name in the decision log and in a single decision', async () => {
    const { page, url } = opened;
    await page.goto(`${url}/#/decisions`);
    await page.reload();
    const row = page.getByRole('row', { name: /Robin/ });
    await row.getByText(UNKNOWN_REASON, { exact: true }).waitFor();
    await row.click();
    await page.getByText(`for the reason ${UNKNOWN_REASON}`).first().waitFor();
  });

  it('is counted on the dashboard', async () => {
    const { page, url } = opened;
    await page.goto(`${url}/#/`);
    await page.reload();
    await page.getByRole('listitem').filter({ hasText: UNKNOWN_REASON }).getByText('1', { exact: true }).waitFor();
  });

  it('is what a test of a call shows', async () => {
    const { page, url } = opened;
    await page.goto(`${url}/#/agent-assignments`);
    await page.getByRole('button', { name: 'Test a call of Robin' }).click();
    const dialog = page.getByRole('dialog', { name: 'Test a call of Robin' });
    await dialog.getByLabel('Destination').fill(REFUSED_FOR_IT);
    await dialog.getByRole('button', { name: 'Test', exact: true }).click();
    await dialog.getByText(`for the reason ${UNKNOWN_REASON}`).first().waitFor();
    await dialog.getByText(UNKNOWN_REASON, { exact: true }).first().waitFor();
  });
});
