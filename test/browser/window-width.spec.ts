import { findChromium } from '../support/browser.js';
import { openConsole, type OpenConsole } from '../support/console.js';
import { createAgent, createAssignment, createPhoneNumber } from '../support/fixtures.js';

const chromium = findChromium();
const describeInBrowser = chromium === null ? describe.skip : describe;

const WIDE = { width: 1280, height: 860 };
const PHONE = { width: 390, height: 844 };

/** Each screen by something that shows when it is there. */
const SHOWN_ON = {
  'phone-numbers': 'Reception desk',
  'agent-assignments': 'Veterinary',
  agents: 'Veterinary',
  clients: 'No clients yet',
  imports: 'No uploads yet',
  users: 'admin@acme.test',
  decisions: 'Download CSV',
  audit: 'Session started',
} as const;
const SCREENS = Object.keys(SHOWN_ON) as (keyof typeof SHOWN_ON)[];

describeInBrowser('the width of a window', () => {
  let open: OpenConsole;

  beforeAll(async () => {
    open = await openConsole({
      chromium: chromium!,
      prepare: async (db, organizationId) => {
        const name = 'Appointments of the Northern Lights Veterinary Clinics';
        const agentId = await createAgent(db, { organizationId, name });
        const label = 'Reception desk of the main building, second floor';
        const phoneNumberId = await createPhoneNumber(db, { organizationId, label });
        await createAssignment(db, { organizationId, agentId, phoneNumberId });
      },
    });
  });

  afterAll(() => open?.close());

  afterEach(() => {
    expect(open.errors.splice(0)).toEqual([]);
  });

  it('made as narrow as a phone leaves the page open to everybody, with a menu that opens and closes', async () => {
    const { page } = open;
    await page.setViewportSize(PHONE);
    await page.getByRole('button', { name: 'Open menu' }).click();
    await page.getByRole('menuitem', { name: 'Agents' }).click();
    await page.getByRole('menuitem', { name: 'Agents' }).waitFor({ state: 'hidden' });
    await page.getByRole('link', { name: 'Add agent' }).waitFor();
    expect(await page.evaluate('document.body.style.overflow')).toBe('');
  });

  it('made large again has the menu beside the page', async () => {
    const { page } = open;
    await page.setViewportSize(WIDE);
    await page.getByRole('menuitem', { name: 'Clients' }).click();
    await page.getByRole('link', { name: 'Add client' }).waitFor();
    await page.getByRole('button', { name: 'Close menu' }).waitFor();
  });

  it.each([PHONE, { width: 1000, height: 800 }, WIDE])('shows whole pages at $width pixels', async (size) => {
    const { page } = open;
    await page.setViewportSize(size);
    const tooWide: string[] = [];
    for (const screen of SCREENS) {
      await page.goto(`${open.url}/#/${screen}`);
      await page.locator('main').getByText(SHOWN_ON[screen]).first().waitFor();
      const beyond = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      if (beyond > 0) tooWide.push(`${screen}: ${beyond} pixels`);
    }
    expect(tooWide).toEqual([]);
  });
});
