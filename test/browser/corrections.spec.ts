import { findChromium } from '../support/browser.js';
import { openConsole, type OpenConsole } from '../support/console.js';
import { createAgent, createApiKey, createAssignment, createPhoneNumber } from '../support/fixtures.js';
import { request } from '../support/http.js';

const chromium = findChromium();
const describeInBrowser = chromium === null ? describe.skip : describe;

describeInBrowser('a decision whose call was corrected', () => {
  let opened: OpenConsole;

  beforeAll(async () => {
    let callAndCorrect: (url: string) => Promise<void> = async () => {};
    opened = await openConsole({
      chromium: chromium!,
      prepare: async (db, organizationId) => {
        const agentId = await createAgent(db, { organizationId, name: 'Robin' });
        const phoneNumberId = await createPhoneNumber(db, { organizationId });
        await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit: 5, allowedCountries: ['CA'] });
        const dialer = await createApiKey(db, {
          organizationId,
          name: 'Dialer',
          scopes: ['calls:authorize', 'calls:settle'],
        });
        const prices = await createApiKey(db, {
          organizationId,
          name: 'Prices of the carrier',
          scopes: ['calls:settle', 'calls:settle-any'],
        });
        callAndCorrect = async (url) => {
          const post = (path: string, apiKey: string, body: object) =>
            request(`${url}/api/v1/call-gate/${path}`, { apiKey, body });
          const { body } = await post('authorize', dialer.key, { agentId, destination: '+14165550123' });
          const complete = (apiKey: string, facts: object) =>
            post('complete', apiKey, { authorizationId: body.authorizationId, disposition: 'answered', ...facts });
          await complete(dialer.key, { durationSeconds: 61 });
          await complete(prices.key, { durationSeconds: 62, cost: '0.0135', sipCode: 200 });
          await complete(prices.key, { cost: '0.0140', externalCallId: 'CA5d1f0c3e9b7a42d8' });
        };
      },
    });
    await callAndCorrect(opened.url);
  });

  afterAll(() => opened?.close());

  afterEach(() => {
    expect(opened.errors.splice(0)).toEqual([]);
  });

  it('shows the newest facts, and who changed what from what to what', async () => {
    const { page, url } = opened;
    await page.goto(`${url}/#/decisions`);
    await page.getByRole('row', { name: /Robin/ }).click();
    const details = page.getByRole('dialog', { name: 'Decision' });
    const corrections = details.getByRole('list', { name: 'Corrections' });
    await corrections.waitFor();
    const settlement = details.locator('dl[aria-label="Settlement"]');
    expect(await settlement.innerText()).toMatch(/62 s[^]*0\.0140 USD/);
    const texts = await corrections.locator('> li').allInnerTexts();
    expect(texts.map((text) => text.split('\n').filter(Boolean).slice(1))).toEqual([
      ['API key Prices of the carrier', 'Cost: 0.0135 USD → 0.0140 USD', 'Id at the dialer: CA5d1f0c3e9b7a42d8'],
      ['API key Prices of the carrier', 'Duration: 61 s → 62 s', 'Cost: 0.0135 USD', 'SIP code: 200'],
    ]);
  });
});
