import type { Locator } from 'playwright-core';
import { findChromium } from '../support/browser.js';
import { openConsole, type OpenConsole } from '../support/console.js';
import { createPhoneNumber } from '../support/fixtures.js';

const chromium = findChromium();
const describeInBrowser = chromium === null ? describe.skip : describe;

const TICKED = { '+12025550121': '+1 202 555 0121', '+12025550133': '+1 202 555 0133' };
const OTHERS = 20;
/** The narrowest window that has a table. */
const TABLE = 1240;

describeInBrowser('ticked numbers, in a browser', () => {
  let open: OpenConsole;

  beforeAll(async () => {
    open = await openConsole({
      chromium: chromium!,
      prepare: async (db, organizationId) => {
        const number = (e164: string) => createPhoneNumber(db, { organizationId, e164, label: 'Reception desk' });
        for (let at = 0; at < OTHERS; at += 1) await number(`+120255501${40 + at}`);
        for (const e164 of Object.keys(TICKED)) await number(e164);
      },
    });
  });

  afterAll(() => open?.close());

  afterEach(() => {
    expect(open.errors.splice(0)).toEqual([]);
  });

  it.each([390, 768, 1024, 1240, 1280])('are changed together, and no others, at %i pixels', async (width) => {
    const { page, db } = open;
    await db.query(`update phone_numbers set lifecycle = 'active'`);
    await page.setViewportSize({ width, height: 860 });
    await page.goto(`${open.url}/#/phone-numbers`);
    await page.reload();
    for (const shown of Object.values(TICKED)) {
      const box = boxOf(shown, width);
      await box.check();
      await expectInWindow(box, width);
    }
    await page.getByText(/^2 (items )?selected$/).waitFor();
    expect(await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    for (const label of ['Assign', 'Tag', 'More for the selected numbers']) {
      await expectInWindow(page.getByRole('button', { name: label, exact: true }), width);
    }

    await page.getByRole('button', { name: 'More for the selected numbers' }).click();
    await page.getByRole('menuitem', { name: 'Deactivate' }).click();
    const dialog = page.getByRole('dialog', { name: 'Deactivate: 2 numbers' });
    await dialog.getByRole('button', { name: 'Deactivate 2' }).click();
    await dialog.waitFor({ state: 'hidden' });
    const changed = await db.query(`select e164 from phone_numbers where lifecycle = 'inactive' order by e164`);
    expect(changed).toEqual(Object.keys(TICKED).map((e164) => ({ e164 })));
    await page.getByText(/^2 (items )?selected$/).waitFor({ state: 'hidden' });
  });

  it('are all of a page with one tick on a phone, and none with another', async () => {
    const { page } = open;
    await page.setViewportSize({ width: 390, height: 860 });
    await page.goto(`${open.url}/#/phone-numbers`);
    await page.reload();
    const all = page.getByRole('checkbox', { name: 'Select all on this page' });
    await all.check();
    await page.getByText(`${OTHERS + 2} selected`).waitFor();
    await boxOf('+1 202 555 0121', 390).uncheck();
    await page.getByText(`${OTHERS + 1} selected`).waitFor();
    expect(await all.isChecked()).toBe(false);
    await all.check();
    await all.uncheck();
    await page.getByText(/selected$/).waitFor({ state: 'hidden' });
  });

  function boxOf(shown: string, width: number): Locator {
    if (width < TABLE) return open.page.getByRole('checkbox', { name: `Select ${shown}` });
    return open.page.getByRole('row').filter({ hasText: shown }).getByRole('checkbox');
  }

  async function expectInWindow(what: Locator, width: number): Promise<void> {
    const box = (await what.boundingBox())!;
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(width);
  }
});
