import { isNearly, isUploadRow, providerOfHeader, readUploadHeader } from '#contracts';

const read = (...names: string[]) => readUploadHeader(names).map(({ column }) => column);
const doubts = (name: string) => readUploadHeader(['phone', name])[1];

describe('the header of an upload', () => {
  it.each([
    'Max calls',
    'maxCalls',
    'cap',
    'Quota',
    'Countries',
    'destinations',
    'allowed',
    'blocklist',
    'paused',
    'Tageslimit',
  ])('has a column in doubt that sounds like a rule: %s', (name) => {
    expect(doubts(name)).toMatchObject({ column: null, doubt: 'rule' });
  });

  it.each([
    ['alowed_countries', 'allowedCountries'],
    ['dialy limit', 'dailyLimit'],
    ['phone_numbr', 'phoneNumber'],
    ['agnet', 'agent'],
    ['provder', 'provider'],
    ['contryCode', 'countryCode'],
  ])('has a column in doubt that is nearly one that decides: %s', (name, meant) => {
    expect(doubts(name)).toMatchObject({ column: null, doubt: 'nearly', meant });
  });

  it.each([
    'lable',
    'Status',
    'notes',
    'number_block_id',
    'call_forwarding_enabled',
    'Beta',
    'Uri',
    'purchased_at',
    'Capacity',
  ])('has no doubt of a column that decides nothing: %s', (name) => {
    expect(doubts(name)).toMatchObject({ column: null, doubt: null });
  });

  it("is known as a carrier's by what only its exports have, and gives way to our own names", () => {
    expect(providerOfHeader(['SID', 'Phone Number', 'account_sid'])).toBe('twilio');
    expect(providerOfHeader(['phone_number', 'connection_id'])).toBe('telnyx');
    expect(providerOfHeader(['phone_number', 'status', 'tags'])).toBeNull();
    expect(read('AccountSid', 'FriendlyName', 'PhoneNumber')).toEqual([null, 'label', 'phoneNumber']);
    expect(read('AccountSid', 'FriendlyName', 'PhoneNumber', 'label')).toEqual([null, null, 'phoneNumber', 'label']);
    expect(read('FriendlyName', 'PhoneNumber')).toEqual([null, 'phoneNumber']);
  });

  it('is none where the first cell is a number, whatever names follow', () => {
    expect(isUploadRow(['+493012345678', 'telnyx', 'DE', 'Agent'])).toBe(true);
    expect(isUploadRow(['"+49 30 12345678"', 'label'])).toBe(true);
    expect(isUploadRow(['1.2025550123E+10', 'provider'])).toBe(true);
    expect(isUploadRow(['E164', 'provider'])).toBe(false);
    expect(isUploadRow(['Phone 1', 'provider'])).toBe(false);
    expect(isUploadRow(['', 'telnyx'])).toBe(true);
  });

  it('takes a slip for one letter in short words and two in long ones', () => {
    expect([isNearly('lable', 'label'), isNearly('lablee', 'label'), isNearly('dailylmt', 'dailylimit')]).toEqual([
      true,
      false,
      true,
    ]);
    expect([isNearly('tag', 'tags'), isNearly('label', 'label')]).toEqual([false, false]);
  });
});
