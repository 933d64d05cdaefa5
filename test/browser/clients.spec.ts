import { findChromium } from '../support/browser.js';
import { openConsole, type OpenConsole } from '../support/console.js';
import { createAgent, createPhoneNumber } from '../support/fixtures.js';

const chromium = findChromium();
const describeInBrowser = chromium === null ? describe.skip : describe;

const GONE = '01a1feba-0010-7ca5-8a75-000000000000';

describeInBrowser('clients in a browser', () => {
  let open: OpenConsole;

  beforeAll(async () => {
    open = await openConsole({
      chromium: chromium!,
      refusals: `404.*${GONE}`,
      prepare: async (db, organizationId) => {
        await createPhoneNumber(db, { organizationId, e164: '+12025550123' });
        await createPhoneNumber(db, { organizationId, e164: '+14155550132' });
        await createAgent(db, { organizationId, name: 'Robin' });
        await createAgent(db, { organizationId, name: 'Sandy' });
      },
    });
  });

  afterAll(() => open?.close());

  afterEach(() => {
    expect(open.errors.splice(0)).toEqual([]);
  });

  it('are not asked for while there is none', async () => {
    await menu('Phone Numbers');
    await edit('+1 202 555 0123');
    await open.page.getByRole('button', { name: 'Save' }).waitFor();
    expect(await open.page.getByRole('combobox', { name: 'Client' }).count()).toBe(0);
  });

  it('are added, and get a number and an agent', async () => {
    const { page, db } = open;
    await menu('Clients');
    await page.getByText('No clients yet').waitFor();
    await page.getByRole('link', { name: 'Add client' }).click();
    await page.getByLabel('Name').fill('Globex');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('row').filter({ hasText: 'Globex' }).filter({ hasText: '0 numbers' }).waitFor();

    await menu('Phone Numbers');
    await edit('+1 202 555 0123');
    await giveTo('Globex');
    await menu('Agents');
    await edit('Robin');
    await giveTo('Globex');

    await menu('Clients');
    const client = page.getByRole('row').filter({ hasText: 'Globex' });
    await client.filter({ hasText: '1 number' }).filter({ hasText: '1 agent' }).waitFor();
    expect(
      await db.query(
        `select (select array_agg(e164) from phone_numbers n where n.client_id = c.id) as numbers,
                (select array_agg(name) from agents a where a.client_id = c.id) as agents from clients c`,
      ),
    ).toEqual([{ numbers: ['+12025550123'], agents: ['Robin'] }]);
  });

  it('lead to their numbers and agents, and to no others', async () => {
    const { page } = open;
    await page.getByRole('link', { name: '1 number' }).click();
    expect(await rows('+1 202 555 0123')).toBe(1);
    await menu('Clients');
    await page.getByRole('link', { name: '1 agent' }).click();
    expect(await rows('Robin')).toBe(1);
  });

  it('are a filter of the numbers', async () => {
    const { page } = open;
    await page.goto(`${open.url}/#/phone-numbers?filter=%7B%7D`);
    expect(await rows('+1 415 555 0132')).toBe(2);
    await page.getByRole('button', { name: /Add filter/i }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Client' }).click();
    await page.getByRole('combobox', { name: 'Client' }).fill('Glob');
    await page.getByRole('option', { name: 'Globex' }).click();
    await row('+1 415 555 0132').waitFor({ state: 'detached' });
    expect(await rows('+1 202 555 0123')).toBe(1);
  });

  it('are said to be gone where an address still names one', async () => {
    const { page, url } = open;
    await page.goto(`${url}/#/clients/${GONE}`);
    await page.getByRole('alert').filter({ hasText: 'It is not there any more, or you may not see it.' }).waitFor();
  });

  const menu = (screen: string) => open.page.getByRole('menuitem', { name: screen, exact: true }).click();
  const edit = (name: string) => open.page.getByRole('link', { name: `Edit ${name}` }).click();
  const row = (name: string) => open.page.locator('tbody').getByRole('row').filter({ hasText: name });

  /** How many rows there are, once one of them is the named one. */
  async function rows(name: string): Promise<number> {
    await row(name).waitFor();
    return open.page.locator('tbody').getByRole('row').count();
  }

  async function giveTo(client: string): Promise<void> {
    const { page } = open;
    await page.getByRole('combobox', { name: 'Client' }).fill(client);
    await page.getByRole('option', { name: client }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').filter({ hasText: 'is saved' }).waitFor();
  }
});
