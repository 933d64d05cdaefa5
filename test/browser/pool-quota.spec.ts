import { findChromium } from '../support/browser.js';
import { openConsole, type OpenConsole, POOL } from '../support/console.js';
import { createPhoneNumber } from '../support/fixtures.js';

const chromium = findChromium();
const describeInBrowser = chromium === null ? describe.skip : describe;

describeInBrowser('the quota of pool numbers in a browser', () => {
  let open: OpenConsole;

  beforeAll(async () => {
    open = await openConsole({
      chromium: chromium!,
      refusals: '409.*/phone-numbers/[^/]+/claim',
      prepare: async (db, organizationId) => {
        await db.query('update organizations set pool_quota = 1 where id = $1', [organizationId]);
        for (const e164 of ['+12025550123', '+14155550132'])
          await createPhoneNumber(db, { organizationId: POOL, e164 });
      },
    });
  });

  afterAll(() => open?.close());

  afterEach(() => {
    expect(open.errors.splice(0)).toEqual([]);
  });

  it('refuses a claim beyond it, and says how many are held and whom to ask', async () => {
    await menu('Phone Numbers');
    await open.page.getByRole('tab', { name: 'Available pool' }).click();
    await claim('+1 202 555 0123');
    await notice('+1 202 555 0123 is yours');
    await claim('+1 415 555 0132');
    await notice('holds 1 numbers of the pool, claimed or reserved, and its quota is 1');
    await open.page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  });

  it('is shown to the admin in the settings, and changed by a platform administrator there', async () => {
    const { page, db, organizationId } = open;
    const field = () => page.getByLabel('Numbers of the pool');
    await menu('Settings');
    expect(await field().inputValue()).toBe('1');
    expect(await field().isEditable()).toBe(false);
    await page.getByText('The platform administrator changes it.').waitFor();

    await db.query(`update users set platform_admin = true where email = 'admin@acme.test'`);
    await page.reload();
    await page.getByText('How many the organization may hold').waitFor();
    await field().fill('2');
    await page.getByRole('button', { name: 'Save settings' }).click();
    await notice('The settings are saved');
    expect(await db.query('select pool_quota from organizations where id = $1', [organizationId])).toEqual([
      { pool_quota: 2 },
    ]);
  });

  const menu = (screen: string) => open.page.getByRole('menuitem', { name: screen, exact: true }).click();
  const notice = (text: string) => open.page.getByRole('alert').filter({ hasText: text }).waitFor();

  async function claim(number: string): Promise<void> {
    await open.page.getByRole('button', { name: `Claim ${number}` }).click();
    await open.page.getByRole('dialog').getByRole('button', { name: 'Claim' }).click();
  }
});
