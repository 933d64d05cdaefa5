import type { Page } from 'playwright-core';
import { findChromium, signInToConsole, watchForErrors } from '../support/browser.js';
import { openConsole, type OpenConsole } from '../support/console.js';
import { createOrganization, createUser, PASSWORD } from '../support/fixtures.js';

const chromium = findChromium();
const describeInBrowser = chromium === null ? describe.skip : describe;

const OWN_PASSWORD = 'a password of her own';

/** What the tests are about is refused now and then, and the browser itself reports it. */
const REFUSALS = '(400|401|404|409).*/(users|invitations/(preview|accept)|auth/(password|refresh|me))';

describeInBrowser('invitations in a browser', () => {
  let open: OpenConsole;
  const guests: { page: Page; errors: string[] }[] = [];

  beforeAll(async () => {
    open = await openConsole({
      chromium: chromium!,
      refusals: REFUSALS,
      prepare: async (db) => {
        const elsewhere = await createOrganization(db, { name: 'Elsewhere' });
        for (const name of ['Sam', 'Tina']) {
          const email = `${name.toLowerCase()}@elsewhere.test`;
          await createUser(db, { organizationId: elsewhere, role: 'agent', email, name });
        }
      },
    });
    await open.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  });

  afterAll(async () => {
    for (const { page } of guests) await page.context().close();
    await open?.close();
  });

  afterEach(() => {
    for (const errors of [open.errors, ...guests.map((guest) => guest.errors)]) expect(errors.splice(0)).toEqual([]);
  });

  /** A browser of somebody else, and every address that it asks for. */
  async function guest(): Promise<{ page: Page; asked: string[] }> {
    const context = await open.page.context().browser()!.newContext();
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    guests.push({ page, errors: watchForErrors(page, new RegExp(REFUSALS)) });
    return { page, asked };
  }

  async function signIn(page: Page, email: string): Promise<void> {
    await page.goto(`${open.url}/#/login`);
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('banner').getByText('Elsewhere').waitFor();
  }

  const users = () => open.page.getByRole('menuitem', { name: 'Users' }).click();
  const invited = (email: string) => open.page.getByRole('listitem').filter({ hasText: email });

  /** Invites on the screen of users and answers the link, which is shown once. */
  async function invite(email: string, role = 'Manager'): Promise<string> {
    const { page } = open;
    await users();
    await page.getByRole('button', { name: 'Invite' }).click();
    const dialog = page.getByRole('dialog', { name: 'Invite a user' });
    await dialog.getByLabel('E-mail').fill(email);
    await dialog.getByLabel('Role').click();
    await page.getByRole('option', { name: role }).click();
    await dialog.getByRole('button', { name: 'Invite' }).click();
    return linkOf('The invitation is made');
  }

  /** Reads the link of a dialog, by the way of the clipboard, and closes it. */
  async function linkOf(title: string): Promise<string> {
    const { page } = open;
    const dialog = page.getByRole('dialog', { name: title });
    await dialog.getByText('The link is shown only now.').waitFor();
    await dialog.getByRole('button', { name: 'Copy' }).click();
    await page.getByText('The link is copied').waitFor();
    const link = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(link).toBe(await dialog.getByLabel('Link').inputValue());
    await dialog.getByRole('button', { name: 'Done' }).click();
    await dialog.waitFor({ state: 'detached' });
    return link;
  }

  it('are made, shown once, and opened by their receiver, who chooses name and password', async () => {
    const link = await invite('nora@example.test');
    expect(link).toMatch(new RegExp(`^${open.url}/#/invitation/[\\w-]{43}$`));
    await invited('nora@example.test').filter({ hasText: 'Manager, invited by User' }).waitFor();

    const { page, asked } = await guest();
    await page.goto(link);
    await page.getByRole('heading', { name: 'Join Acme' }).waitFor();
    await page.getByText('nora@example.test is invited as manager').waitFor();
    const token = link.split('/').at(-1)!;
    expect(page.url()).toBe(`${open.url}/#/invitation`);
    await page.getByLabel('Your name').fill('Nora Newcomer');
    await page.getByLabel('Choose a password').fill('too short');
    await page.getByRole('button', { name: 'Join' }).click();
    await page.getByText('It must have 12 to 256 characters').waitFor();
    await page.getByLabel('Choose a password').fill(OWN_PASSWORD);
    await page.getByRole('button', { name: 'Show what is typed' }).click();
    expect(await page.getByLabel('Choose a password').getAttribute('type')).toBe('text');
    await page.getByRole('button', { name: 'Join' }).click();
    await page.getByRole('menuitem', { name: 'Dashboard' }).waitFor();
    await page.getByRole('button', { name: 'Profile' }).filter({ hasText: 'Nora Newcomer' }).waitFor();
    expect(asked.filter((address) => address.includes(token))).toEqual([]);
    const held = await page.evaluate<string>(
      'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])',
    );
    expect(held).not.toContain(token);
    await page.goBack();
    expect(page.url()).not.toContain(token);

    await open.page.reload();
    await users();
    await open.page.getByRole('row').filter({ hasText: 'Nora Newcomer' }).filter({ hasText: 'Manager' }).waitFor();
    expect(await invited('nora@example.test').count()).toBe(0);
  });

  it('say on the form that somebody is a member, or invited already', async () => {
    const { page } = open;
    await invite('twice@example.test');
    await page.getByRole('button', { name: 'Invite' }).click();
    const dialog = page.getByRole('dialog', { name: 'Invite a user' });
    for (const [email, expected] of [
      ['nora@example.test', 'is a member of the organization already'],
      ['twice@example.test', 'send that invitation again'],
    ] as const) {
      await dialog.getByLabel('E-mail').fill(email);
      await dialog.getByRole('button', { name: 'Invite' }).click();
      await dialog.getByText(expected).waitFor();
    }
    await dialog.getByLabel('Role').click();
    expect(await page.getByRole('option').allTextContents()).toEqual(['Admin', 'Manager', 'Agent']);
    await page.keyboard.press('Escape');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
  });

  it('get a new link, which ends the old one, and are revoked', async () => {
    const { page } = open;
    const old = await invite('slow@example.test', 'Agent');
    await page.getByRole('button', { name: 'New link for slow@example.test' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'New link' }).click();
    const renewed = await linkOf('A new link');
    const receiver = await guest();
    await receiver.page.goto(old);
    await receiver.page.getByText('This invitation is not valid (any longer). Ask for a new link.').waitFor();
    await receiver.page.goto(renewed);
    await receiver.page.getByRole('heading', { name: 'Join Acme' }).waitFor();

    await page.getByRole('button', { name: 'Revoke the invitation of slow@example.test' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await invited('slow@example.test').waitFor({ state: 'detached' });
    await receiver.page.getByLabel('Your name').fill('Slow');
    await receiver.page.getByLabel('Choose a password').fill(OWN_PASSWORD);
    await receiver.page.getByRole('button', { name: 'Join' }).click();
    await receiver.page.getByText('This invitation is not valid (any longer).').waitFor();
    await receiver.page.reload();
    await receiver.page.getByText('The address holds no invitation (any more).').waitFor();
  });

  it('are accepted with the password of an account that is there', async () => {
    const { page } = await guest();
    await page.goto(await invite('sam@elsewhere.test'));
    await page.getByLabel('Your name').fill('Somebody else');
    await page.getByLabel('Choose a password').fill('what an attacker chooses');
    await page.getByRole('button', { name: 'Join' }).click();
    await page.getByText('This e-mail has an account: its own password is needed.').waitFor();
    await page.getByLabel('Password of your account').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in and join' }).click();
    await page.getByRole('button', { name: 'Profile' }).filter({ hasText: 'Sam' }).waitFor();
    await page.getByRole('banner').getByText('Acme').waitFor();
  });

  it('are accepted by who is signed in with that e-mail, and not by another', async () => {
    const link = await invite('tina@elsewhere.test');
    const { page } = await guest();
    await signIn(page, 'sam@elsewhere.test');
    await page.goto(link);
    await page.getByText('You are signed in as sam@elsewhere.test.').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Your name').waitFor();

    await signIn(page, 'tina@elsewhere.test');
    await page.goto(link);
    await page.getByText('You are signed in as Tina.').waitFor();
    await page.getByRole('button', { name: 'Join' }).click();
    await page.getByRole('banner').getByText('Acme').waitFor();
  });

  it('lead to an account whose holder changes the own name and password', async () => {
    const [here, there] = [(await guest()).page, (await guest()).page];
    for (const page of [here, there]) await signInToConsole(page, open.url, 'nora@example.test', OWN_PASSWORD);
    await here.getByRole('button', { name: 'Profile' }).click();
    await here.getByRole('menuitem', { name: 'Your name' }).click();
    await here.getByRole('textbox', { name: 'Name' }).fill('Nora Known');
    await here.getByRole('button', { name: 'Save' }).click();
    await here.getByRole('button', { name: 'Profile' }).filter({ hasText: 'Nora Known' }).waitFor();

    await here.getByRole('button', { name: 'Profile' }).click();
    await here.getByRole('menuitem', { name: 'Change password' }).click();
    await here.getByLabel('Current password').fill('not this one');
    await here.getByLabel('New password').fill('another one of her own');
    await here.getByRole('button', { name: 'Change', exact: true }).click();
    await here.getByText('It is not your password; check it and try again').waitFor();
    await here.getByLabel('Current password').fill(OWN_PASSWORD);
    await here.getByRole('button', { name: 'Change', exact: true }).click();
    await here.getByText('You are signed out everywhere else.').waitFor();

    await there.reload();
    await there.getByRole('button', { name: 'Sign in' }).waitFor();
    await here.reload();
    await here.getByRole('button', { name: 'Profile' }).filter({ hasText: 'Nora Known' }).waitFor();
  });
});
