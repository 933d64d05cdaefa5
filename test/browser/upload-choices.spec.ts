import { findChromium } from '../support/browser.js';
import { openConsole, type OpenConsole } from '../support/console.js';
import { encoded } from '../support/encoded.js';

const chromium = findChromium();
const describeInBrowser = chromium === null ? describe.skip : describe;

describeInBrowser('what can be said about an upload', () => {
  let open: OpenConsole;

  beforeAll(async () => {
    open = await openConsole({ chromium: chromium! });
  });

  afterAll(() => open?.close());

  beforeEach(async () => {
    await open.page.getByRole('menuitem', { name: 'Phone Numbers' }).click();
    await open.page.getByRole('button', { name: 'Bulk upload' }).click();
  });

  afterEach(async () => {
    await dialog().getByRole('button', { name: 'Close' }).click();
    await dialog().waitFor({ state: 'hidden' });
    expect(open.errors.splice(0)).toEqual([]);
  });

  it('is its encoding: the preview shows the guess, and letters anew when another is chosen', async () => {
    const file = 'phone;provider;label\n+493012345001;telnyx;"Ïðîäàæè, Äîì"\n';
    await choose('numbers.csv', encoded(file, 'windows-1252'));
    await preview().getByText('Продажи, Дом').waitFor();
    await dialog().getByText('letters are Cyrillic (Windows-1251)').waitFor();
    await dialog().getByText('The encoding of the file is a guess.').waitFor();
    await pick('Encoding of the file', 'Western European (Windows-1252)');
    await preview().getByText('Ïðîäàæè, Äîì').waitFor();
    expect(await dialog().getByText('The encoding of the file is a guess.').count()).toBe(0);
    await button('Check').click();
    await told('1 would be added, 0 would fail');
    await dialog()
      .getByText(/Read as: Western European .* values between semicolons .* 3 of 3 columns read/)
      .waitFor();
    await pick('Encoding of the file', 'Found by its content');
    await button('Upload').click();
    await told('1 added, 0 failed, 1 notice');
    await dialog().getByRole('table', { name: 'Notices' }).getByText('read as windows-1251').waitFor();
    const [row] = await open.db.query(`select label from phone_numbers where e164 = '+493012345001'`);
    expect(row).toEqual({ label: 'Продажи, Дом' });
  });

  it('is its provider: none is needed where the header tells it, and one can be chosen for a list of numbers', async () => {
    await choose('twilio.csv', Buffer.from('AccountSid,FriendlyName,PhoneNumber,Sid\nAC1,Desk,+493012345002,PN1\n'));
    await dialog().getByText('Twilio, by the header').waitFor();
    await dialog().getByText('2 of 4 are read').waitFor();
    await button('Check').click();
    await told('1 would be added, 0 would fail, 2 notices');
    await dialog().getByText('left out: AccountSid, Sid').waitFor();
    await dialog().getByRole('button', { name: 'Remove file' }).click();

    await dialog().getByRole('textbox', { name: 'Numbers' }).fill('phone,label\n+493012345003,Desk');
    await dialog().getByText('No column is read as Provider.').waitFor();
    expect(await button('Upload').isDisabled()).toBe(true);
    await pick('Provider of numbers without one', 'Bandwidth');
    await button('Upload').click();
    await told('1 added, 0 failed');
    const [row] = await open.db.query(`select provider from phone_numbers where e164 = '+493012345003'`);
    expect(row).toEqual({ provider: 'bandwidth' });
  });

  it('is what becomes of a column that may say what can be called', async () => {
    await choose('limits.csv', Buffer.from('phone,provider,Max calls\n+493012345004,telnyx,5\n'));
    await dialog().getByText('The column “Max calls” may say what can be called.').waitFor();
    expect(await button('Upload').isDisabled()).toBe(true);
    await pick('Read Max calls as', 'Leave out');
    await button('Upload').click();
    await told('1 added, 0 failed');
  });

  const dialog = () => open.page.getByRole('dialog', { name: 'Bulk upload' });
  const preview = () => dialog().getByRole('table', { name: 'Preview' });
  const button = (name: string) => dialog().getByRole('button', { name, exact: true });
  const told = (text: string) => dialog().getByRole('status').filter({ hasText: text }).waitFor();
  const choose = (name: string, buffer: Buffer) =>
    dialog().locator('input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer });

  async function pick(field: string, option: string): Promise<void> {
    await dialog().getByRole('combobox', { name: field }).click();
    await open.page.getByRole('option', { name: option, exact: true }).click();
  }
});
