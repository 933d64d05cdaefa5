import { findChromium } from '../support/browser.js';
import { openConsole, type OpenConsole } from '../support/console.js';

const chromium = findChromium();
const describeInBrowser = chromium === null ? describe.skip : describe;

describeInBrowser('a file of numbers to delete', () => {
  let open: OpenConsole;

  beforeAll(async () => {
    open = await openConsole({ chromium: chromium! });
  });

  afterAll(() => open?.close());

  it('warns, asks with the count of the check, deletes, and brings the numbers back', async () => {
    const { page } = open;
    await page.getByRole('menuitem', { name: 'Phone Numbers' }).click();
    await page.getByRole('button', { name: 'Bulk upload' }).click();
    const dialog = page.getByRole('dialog', { name: 'Bulk upload' });
    const told = (text: string) => dialog.getByRole('status').filter({ hasText: text }).waitFor();
    const numbers = dialog.getByRole('textbox', { name: 'Numbers' });
    await numbers.fill('+12025550123,telnyx,US\n+14155550132,twilio,US');
    await dialog.getByRole('button', { name: 'Upload', exact: true }).click();
    await told('2 added');

    await dialog.getByRole('button', { name: 'Delete numbers' }).click();
    await dialog.getByRole('alert').filter({ hasText: 'Every number of the file is deleted.' }).waitFor();
    expect(await dialog.getByLabel('Also change those that are there already').count()).toBe(0);
    await numbers.fill('+12025550123\n+14155550132\n+14155550133');
    await dialog.getByRole('button', { name: 'Check', exact: true }).click();
    await told('2 would be deleted, 1 would fail');
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
    const question = page.getByRole('dialog', { name: 'Delete 2 numbers?' });
    await question.getByRole('button', { name: 'Delete 2 numbers' }).click();
    await told('2 deleted, 1 failed');

    await dialog.getByRole('button', { name: 'Undo upload' }).click();
    const undo = page.getByRole('dialog', { name: 'Undo this upload?' });
    await undo.getByText('2 numbers that it deleted come back as before.').waitFor();
    await undo.getByRole('button', { name: 'Undo upload' }).click();
    await dialog.getByText('All is as it was before.').waitFor();
    expect(open.errors.splice(0)).toEqual([]);
  });
});
