import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findChromium } from '../support/browser.js';
import { openConsole, type OpenConsole } from '../support/console.js';

const chromium = findChromium();
const describeInBrowser = chromium === null ? describe.skip : describe;

const GERMAN = [
  'Büro;Nr. außen;Netz;Bemerkung',
  'Empfang München;030 23125000;telnyx;',
  'Küche;089 2330000;Twilio;neu',
];

describeInBrowser('files in the upload dialog', () => {
  let open: OpenConsole;
  let folder: string;

  beforeAll(async () => {
    open = await openConsole({ chromium: chromium! });
    folder = mkdtempSync(path.join(tmpdir(), 'ringfence-upload-'));
  });

  afterAll(async () => {
    await open?.close();
    if (folder) rmSync(folder, { recursive: true });
  });

  beforeEach(async () => {
    await open.page.getByRole('menuitem', { name: 'Phone Numbers' }).click();
    await open.page.getByRole('button', { name: 'Bulk upload' }).click();
  });

  afterEach(async () => {
    await dialog().getByRole('button', { name: 'Close' }).click();
    await dialog().waitFor({ state: 'hidden' });
    expect(open.errors.splice(0)).toEqual([]);
  });

  it('reads Latin-1 with unknown headers and national numbers, as people say', async () => {
    await choose('büros.csv', Buffer.from(GERMAN.join('\r\n'), 'latin1'));
    await dialog().getByRole('group', { name: 'Chosen file' }).getByText('büros.csv').waitFor();
    await preview().getByText('Empfang München').waitFor();
    await dialog().getByText('No column is read as Phone number.').waitFor();
    expect(await button('Check').isDisabled()).toBe(true);
    expect(await button('Upload').isDisabled()).toBe(true);

    await readAs('Nr. außen', 'Phone number');
    await readAs('Netz', 'Provider');
    await readAs('Büro', 'Provider');
    await dialog().getByText('More than one column is read as Provider.').waitFor();
    expect(await button('Upload').isDisabled()).toBe(true);
    await readAs('Büro', 'Label');
    await dialog().getByText('3 of 4 are read').waitFor();
    await button('Check').click();
    await seeStatus('0 would be added, 2 would fail');

    await dialog().getByRole('combobox', { name: 'Country of numbers without one' }).fill('Germany');
    await open.page.getByRole('option', { name: 'Germany' }).click();
    await button('Check').click();
    await seeStatus('2 would be added, 0 would fail');
    await button('Upload').click();
    await seeStatus('2 added, 0 failed');
    expect(await uploaded()).toEqual([
      { e164: '+493023125000', provider: 'telnyx', label: 'Empfang München' },
      { e164: '+49892330000', provider: 'twilio', label: 'Küche' },
    ]);
    expect(await open.db.query('select distinct file_name from import_jobs')).toEqual([{ file_name: 'büros.csv' }]);
  });

  it.each([
    ['with a mark', '\ufeff'],
    ['without one', ''],
  ])('sends a small file of UTF-16 %s as it is', async (_, mark) => {
    const number = mark === '' ? '+12025550124' : '+12025550123';
    const label = 'Łódź, 東京';
    const lines = `phoneNumber\tprovider\tlabel\n${number}\ttelnyx\t${label}\n`;
    await choose('numbers.txt', Buffer.from(mark + lines, 'utf16le'));
    await preview().getByText(label).waitFor();
    await dialog().getByText('all are read').waitFor();
    expect(await dialog().getByRole('combobox', { name: 'Read phoneNumber as' }).isVisible()).toBe(false);
    await button('Upload').click();
    await seeStatus('1 added');
    expect(await uploaded(number)).toEqual([{ e164: number, provider: 'telnyx', label }]);
    expect(await open.db.query('select encoding from import_jobs order by created_at desc limit 1')).toEqual([
      { encoding: 'utf-16le' },
    ]);
  });

  it('lets people take a file away and paste instead, with columns of its own', async () => {
    await choose('numbers.csv', Buffer.from('Tel,provider\n+12025550126,telnyx\n'));
    await readAs('Tel', 'Phone number');
    await dialog().getByRole('button', { name: 'Remove file' }).click();
    await dialog()
      .getByRole('textbox', { name: 'Numbers' })
      .fill('Note,number,provider\nx,+12025550127,telnyx\ny,+12025550128,telnyx');
    await dialog().getByText('2 of 3 are read').waitFor();
    await readAs('Note', 'Label');
    await readAs('Note', 'Leave out');
    await button('Upload').click();
    await seeStatus('2 added');
    expect(await uploaded('+12025550126', '+12025550127', '+12025550128')).toEqual([
      { e164: '+12025550127', provider: 'telnyx', label: null },
      { e164: '+12025550128', provider: 'telnyx', label: null },
    ]);
  });

  it('asks for a file again that was saved anew, and then reads what it has now', async () => {
    const file = path.join(folder, 'numbers.csv');
    writeFileSync(file, '12345,telnyx,US\n');
    const asked = open.page.waitForEvent('filechooser');
    await button('Choose a file').press('Enter');
    await (await asked).setFiles(file);
    await button('Check').click();
    await seeStatus('0 would be added, 1 would fail');
    writeFileSync(file, '+12025550129,telnyx,US\n+12025550130,telnyx,US\n');
    await button('Check').click();
    await dialog().getByRole('alert').filter({ hasText: 'Choose it again.' }).waitFor();

    await input().setInputFiles(file);
    await preview().getByText('+12025550130').waitFor();
    await button('Check').click();
    await seeStatus('2 would be added, 0 would fail');
  });

  it('reads the header of a file that is larger than its preview as the API does', async () => {
    const rows = Array.from({ length: 9_000 }, (_, row) => `+49302312${10_000 + row};telnyx;Büro ${row}`);
    await choose('large.csv', Buffer.from(['Rufnummer;Anbieter;Büro', ...rows].join('\n'), 'latin1'));
    await dialog().getByText('The first lines:').waitFor();
    await readAs('Rufnummer', 'Phone number');
    await readAs('Anbieter', 'Provider');
    await readAs('Büro', 'Label');
    await button('Check').click();
    await seeStatus('9,000 would be added, 0 would fail');
  });

  it('takes a file that is dropped, and only one at a time', async () => {
    await drop('first.csv', 'second.csv');
    await dialog().getByRole('alert').filter({ hasText: 'These are several files.' }).waitFor();
    expect(await button('Upload').isDisabled()).toBe(true);
    await drop('first.csv');
    await preview().getByText('first.csv').waitFor();
    expect(await dialog().getByText('These are several files.').count()).toBe(0);
    await button('Check').click();
    await seeStatus('1 would be added, 0 would fail');
  });

  it('takes a file of errors that was mended as it is', async () => {
    const lines = [
      'line,column,code,message,value,phoneNumber,provider',
      '4,,too_long,Shorten it,x,+12025550131,telnyx',
    ];
    await choose('upload-errors.csv', Buffer.from(lines.join('\n')));
    await dialog().getByText('all are read').waitFor();
    expect(await dialog().getByRole('combobox', { name: 'Read line as' }).count()).toBe(0);
    await button('Check').click();
    await seeStatus('1 would be added, 0 would fail');
  });

  it('leaves it to the API to say what a file is that is no text', async () => {
    await choose('numbers.xlsx', Buffer.from([0x50, 0x4b, 3, 4, 20, 0, 6, 0, 8, 0, 0, 0, 33, 0]));
    await dialog().getByText('This file is no text.').waitFor();
    expect(await preview().count()).toBe(0);
    await button('Check').click();
    await dialog().getByText('it is a ZIP archive or an Excel workbook').waitFor();
    open.errors.splice(0);
  });

  const dialog = () => open.page.getByRole('dialog', { name: 'Bulk upload' });
  const input = () => dialog().locator('input[type=file]');
  const preview = () => dialog().getByRole('table', { name: 'Preview' });
  const button = (name: string) => dialog().getByRole('button', { name, exact: true });
  const seeStatus = (text: string) => dialog().getByRole('status').filter({ hasText: text }).waitFor();

  const choose = (name: string, buffer: Buffer) => input().setInputFiles({ name, mimeType: 'text/csv', buffer });

  /** Drops files that have one row each, labeled with the name of the file. */
  async function drop(...names: string[]): Promise<void> {
    const dataTransfer = await open.page.evaluateHandle(`(() => {
      const dropped = new DataTransfer();
      for (const name of ${JSON.stringify(names)}) {
        dropped.items.add(new File(['+12025550132,telnyx,US,' + name], name));
      }
      return dropped;
    })()`);
    await dialog().getByText('One number a line').dispatchEvent('drop', { dataTransfer });
  }

  async function readAs(name: string, column: string): Promise<void> {
    await dialog()
      .getByRole('combobox', { name: `Read ${name} as` })
      .click();
    await open.page.getByRole('option', { name: column, exact: true }).click();
  }

  const uploaded = (...numbers: string[]) =>
    open.db.query(
      `select e164, provider, label from phone_numbers
        where e164 = any (case when cardinality($1::text[]) = 0 then array(select e164 from phone_numbers) else $1 end)
        order by e164`,
      [numbers],
    );
});
