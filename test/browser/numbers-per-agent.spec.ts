import { findChromium } from '../support/browser.js';
import { openConsole, type OpenConsole } from '../support/console.js';
import { createAgent, createAssignment, createPhoneNumber } from '../support/fixtures.js';

const chromium = findChromium();
const describeInBrowser = chromium === null ? describe.skip : describe;

describeInBrowser('how many numbers an agent has, in a browser', () => {
  let open: OpenConsole;

  beforeAll(async () => {
    open = await openConsole({
      chromium: chromium!,
      refusals: '409.*/(organizations/current|phone-numbers/[^/]+/assign)',
      prepare: async (db, organizationId) => {
        const agentId = await createAgent(db, { organizationId, name: 'Robin' });
        for (const e164 of ['+12025550123', '+14155550132']) {
          const phoneNumberId = await createPhoneNumber(db, { organizationId, e164 });
          await createAssignment(db, { organizationId, agentId, phoneNumberId });
        }
      },
    });
  });

  afterAll(() => open?.close());

  afterEach(() => {
    expect(open.errors.splice(0)).toEqual([]);
  });

  it('cannot be one each while an agent has two, and the settings say which agent', async () => {
    const { page } = open;
    await menu('Settings');
    expect(await page.getByRole('radio', { name: 'As many numbers as they are given' }).isChecked()).toBe(true);
    await save('One number each');
    await page.getByRole('radiogroup', { name: 'Agents have' }).locator('..').getByText('Robin').waitFor();
    expect(await setting()).toBe('many');
  });

  it('is one each from then on that no agent has more, and a second number is refused', async () => {
    const { page, db } = open;
    await menu('Assignments');
    await page.getByRole('button', { name: 'Remove +1 415 555 0132' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('button', { name: 'Remove +1 415 555 0132' }).waitFor({ state: 'detached' });
    await menu('Settings');
    await save('One number each');
    await page.getByRole('alert').filter({ hasText: 'The settings are saved' }).waitFor();
    expect(await setting()).toBe('one');

    await menu('Assignments');
    await assignSecondNumber();
    await page.getByRole('alert').filter({ hasText: 'Unassign +12025550123 first' }).waitFor();
    expect(await db.query('select 1 from agent_phone_numbers where ended_at is null')).toHaveLength(1);
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  });

  it('may be many again, and the second number is taken', async () => {
    const { page, db } = open;
    await menu('Settings');
    await save('As many numbers as they are given');
    await page.getByRole('alert').filter({ hasText: 'The settings are saved' }).waitFor();
    await menu('Assignments');
    await assignSecondNumber();
    await page.getByRole('button', { name: 'Remove +1 415 555 0132' }).waitFor();
    expect(await db.query('select 1 from agent_phone_numbers where ended_at is null')).toHaveLength(2);
  });

  const menu = (screen: string) => open.page.getByRole('menuitem', { name: screen, exact: true }).click();

  async function save(choice: string): Promise<void> {
    await open.page.getByRole('radio', { name: choice }).check();
    await open.page.getByRole('button', { name: 'Save settings' }).click();
  }

  async function assignSecondNumber(): Promise<void> {
    const { page } = open;
    await page.getByRole('button', { name: 'Assign number to Robin' }).click();
    const dialog = page.getByRole('dialog', { name: 'Assign a number to Robin' });
    await dialog.getByLabel('Phone number').fill('4155550132');
    await page.getByRole('option', { name: /415.?555.?0132/ }).click();
    await dialog.getByRole('button', { name: 'Assign', exact: true }).click();
  }

  async function setting(): Promise<string> {
    const [row] = await open.db.query('select numbers_per_agent from organizations where id = $1', [
      open.organizationId,
    ]);
    return row!['numbers_per_agent'] as string;
  }
});
