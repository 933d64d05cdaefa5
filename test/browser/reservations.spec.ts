import { findChromium } from '../support/browser.js';
import { openConsole, type OpenConsole, POOL } from '../support/console.js';
import { createOrganization, createPhoneNumber } from '../support/fixtures.js';

const chromium = findChromium();
const describeInBrowser = chromium === null ? describe.skip : describe;

describeInBrowser('reservations of the pool in a browser', () => {
  let open: OpenConsole;

  beforeAll(async () => {
    open = await openConsole({
      chromium: chromium!,
      prepare: async (db) => {
        const rival = await createOrganization(db);
        await createPhoneNumber(db, { organizationId: POOL, e164: '+12025550123' });
        const theirs = await createPhoneNumber(db, { organizationId: POOL, e164: '+14155550132' });
        await db.query(
          `update phone_numbers set reserved_by = $2, reserved_until = now() + interval '1 day' where id = $1`,
          [theirs, rival],
        );
      },
    });
    await open.page.getByRole('menuitem', { name: 'Phone Numbers' }).click();
    await open.page.getByRole('tab', { name: 'Available pool' }).click();
  });

  afterAll(() => open?.close());

  afterEach(() => {
    expect(open.errors.splice(0)).toEqual([]);
  });

  it('keep a number, and show for how long', async () => {
    await row('0123').filter({ hasText: 'Available' }).waitFor();
    await button('Reserve').click();
    await dialog('Reserve').getByLabel('For').click();
    await open.page.getByRole('option', { name: '3 days' }).click();
    await dialog('Reserve').getByRole('button', { name: 'Reserve' }).click();

    await row('0123')
      .filter({ hasText: 'Reserved by you' })
      .filter({ hasText: /until \w/ })
      .waitFor();
    const [reservation] = await reservations();
    expect(reservation).toEqual({ e164: '+12025550123', days: 3 });
  });

  it('of others are not offered; those who ask see that there is nothing to do but to wait', async () => {
    await open.page.getByText('1–1 of 1').waitFor();
    expect(await row('0132').count()).toBe(0);
    await choose('Reserved, also by others');
    const theirs = row('0132').filter({ hasText: 'Reserved by others' });
    await theirs.filter({ hasText: /until \w/ }).waitFor();
    expect(await theirs.getByRole('button').count()).toBe(0);
    await row('0123').filter({ hasText: 'Reserved by you' }).waitFor();
    await choose('Available');
    await row('0132').waitFor({ state: 'detached' });
  });

  it('are ended before their time', async () => {
    await button('End the reservation of').click();
    await dialog('End the reservation of').getByRole('button', { name: 'End reservation' }).click();
    await row('0123').filter({ hasText: 'Available' }).waitFor();
    expect(await reservations()).toEqual([]);
  });

  it('end with a claim, and the number is among the own ones', async () => {
    const { page, db, organizationId } = open;
    await button('Reserve').click();
    await dialog('Reserve').getByRole('button', { name: 'Reserve' }).click();
    await row('0123').filter({ hasText: 'Reserved by you' }).waitFor();
    await button('Claim').click();
    await dialog('Claim').getByRole('button', { name: 'Claim' }).click();
    await row('0123').waitFor({ state: 'detached' });
    await page.getByRole('tab', { name: 'My numbers' }).click();
    await row('0123').filter({ hasText: 'Unassigned' }).waitFor();
    expect(
      await db.query(`select organization_id, reserved_until from phone_numbers where e164 = '+12025550123'`),
    ).toEqual([{ organization_id: organizationId, reserved_until: null }]);
  });

  async function choose(status: string): Promise<void> {
    const { page } = open;
    if ((await page.getByLabel('Status').count()) === 0) {
      await page.getByRole('button', { name: 'Add filter' }).click();
      await page.getByRole('menuitemcheckbox', { name: 'Status' }).click();
    }
    await page.getByLabel('Status').click();
    await page.getByRole('option', { name: status, exact: true }).click();
  }

  const row = (ending: string) => open.page.getByRole('row').filter({ hasText: ending });
  const button = (verb: string) => open.page.getByRole('button', { name: `${verb} +1 202 555 0123`, exact: true });
  const dialog = (verb: string) => open.page.getByRole('dialog', { name: `${verb} +1 202 555 0123` });

  /** Of the own organization, in days from now. */
  const reservations = () =>
    open.db.query(
      `select e164, round(extract(epoch from reserved_until - now()) / 86400)::int as days
       from phone_numbers where reserved_by = $1`,
      [open.organizationId],
    );
});
