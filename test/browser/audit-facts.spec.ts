import { findChromium } from '../support/browser.js';
import { openConsole, type OpenConsole } from '../support/console.js';
import { createAgent, createPhoneNumber, signIn } from '../support/fixtures.js';
import { request } from '../support/http.js';

const chromium = findChromium();
const describeInBrowser = chromium === null ? describe.skip : describe;

describeInBrowser('an event of the audit log, in a browser', () => {
  let open: OpenConsole;
  let agentId: string;
  let numberId: string;
  let goneId: string;
  let uploadId: string;

  beforeAll(async () => {
    open = await openConsole({
      chromium: chromium!,
      prepare: async (db, organizationId) => {
        agentId = await createAgent(db, { organizationId, name: 'Robin' });
        numberId = await createPhoneNumber(db, { organizationId, e164: '+12025550123' });
        goneId = await createPhoneNumber(db, { organizationId, e164: '+12025550124' });
      },
    });
    const token = await signIn(open.url, 'admin@acme.test');
    const send = (path: string, method: string, body?: unknown) =>
      request(`${open.url}/api/v1${path}`, { token, method, body });
    await send(`/agents/${agentId}`, 'PUT', { status: 'inactive' });
    await send(`/agents/${agentId}`, 'PUT', { status: 'active' });
    await send(`/phone-numbers/${numberId}`, 'PUT', { label: 'Front desk' });
    await send(`/phone-numbers/${numberId}/assign`, 'POST', { agentId, dailyLimit: 50 });
    await send(`/phone-numbers/${goneId}`, 'PUT', { label: 'Old desk' });
    await send(`/phone-numbers/${goneId}`, 'DELETE');
    const form = new FormData();
    const csv = `phone_number,provider\n+12025550131,telnyx\n'+12025550132,telnyx\n+12025550123,telnyx\n123,telnyx\n`;
    form.set('file', new Blob([csv], { type: 'text/csv' }), 'june.csv');
    const headers = { prefer: 'wait=10' };
    const path = '/api/v1/phone-numbers/bulk-upload?mode=upsert';
    uploadId = (await request(open.url + path, { token, headers, body: form })).body.id;
  });

  afterAll(() => open?.close());

  afterEach(() => {
    expect(open.errors.splice(0)).toEqual([]);
  });

  it('tells of an upload its file, its mode, what became of it and its counts, always in this order', async () => {
    await open.page.goto(`${open.url}/#/imports/${uploadId}`);
    const event = eventOf('Phone numbers uploaded');
    await event.getByText('Repaired').waitFor();
    const facts = await event.locator('dl > div').allInnerTexts();
    expect(facts).toEqual([
      'File: june.csv',
      'Mode: Add and change numbers',
      'Status: Completed',
      'Rows: 4',
      'Added: 2',
      'Updated: 0',
      'Skipped: 1',
      'Failed: 1',
      'Repaired: 1',
    ]);
  });

  it('leads to the upload, the number, the agent, and of an assignment to its agent', async () => {
    await follow('Phone numbers uploaded', 'june.csv', `#/imports/${uploadId}`);
    await follow('Phone number updated', '+1 202 555 0123', `#/phone-numbers/${numberId}`);
    await follow('Agent updated', 'Robin', `#/agent-assignments?agent=${agentId}`);
    await follow('Agent assignment created', 'Robin, +12025550123', `#/agent-assignments?agent=${agentId}`);
  });

  it('leads nowhere when its record is gone', async () => {
    await open.page.goto(`${open.url}/#/audit?recordId=${goneId}`);
    await eventOf('Phone number deleted').getByText('+1 202 555 0124').first().waitFor();
    expect(await open.page.getByRole('main').getByRole('link', { name: '+1 202 555 0124' }).count()).toBe(0);
  });

  function eventOf(label: string) {
    return open.page.getByRole('main').getByRole('listitem').filter({ hasText: label }).first();
  }

  async function follow(label: string, name: string, hash: string): Promise<void> {
    await open.page.goto(`${open.url}/#/audit`);
    const events = open.page.getByRole('main').getByRole('listitem').filter({ hasText: label });
    await events.getByRole('link', { name, exact: true }).first().click();
    await open.page.waitForURL(`${open.url}/${hash}`);
  }
});
