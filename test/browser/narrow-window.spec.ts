import { findChromium } from '../support/browser.js';
import { openConsole, type OpenConsole } from '../support/console.js';

const chromium = findChromium();
const describeInBrowser = chromium === null ? describe.skip : describe;

const WIDE = { width: 1280, height: 860 };
const PHONE = { width: 390, height: 844 };

describeInBrowser('a window that becomes as narrow as a phone', () => {
  let open: OpenConsole;

  beforeAll(async () => {
    open = await openConsole({ chromium: chromium! });
  });

  afterAll(() => open?.close());

  afterEach(() => {
    expect(open.errors.splice(0)).toEqual([]);
  });

  it('has its page open to everybody, with a menu that opens and closes', async () => {
    const { page } = open;
    await page.setViewportSize(PHONE);
    await page.getByRole('button', { name: 'Open menu' }).click();
    await page.getByRole('menuitem', { name: 'Agents' }).click();
    await page.getByRole('menuitem', { name: 'Agents' }).waitFor({ state: 'hidden' });
    await page.getByRole('link', { name: 'Add agent' }).waitFor();
    expect(await page.evaluate('document.body.style.overflow')).toBe('');
  });

  it('has the menu beside the page again when it is wide again', async () => {
    const { page } = open;
    await page.setViewportSize(WIDE);
    await page.getByRole('menuitem', { name: 'Clients' }).click();
    await page.getByRole('link', { name: 'Add client' }).waitFor();
    await page.getByRole('button', { name: 'Close menu' }).waitFor();
  });
});
