import { isNearly, isUploadRow, providerOfHeader, readUploadHeader, readUploadHeaderTo } from '#contracts';

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
    ...['calls per day', 'perDay', 'daily', 'Anrufe pro Tag', 'límite diario', 'лимит', 'Звонков в день', '每日上限'],
    ...[
      'Länder',
      'Zielländer',
      'Laender',
      'Destination',
      'Destination(s)',
      'geo permissions',
      'international',
      'Pays',
      'Страны',
    ],
    ...[
      'whitelist',
      'blackList',
      'allow_list',
      'Deny',
      'block',
      'Blocked?',
      'permit',
      'permissions',
      'disabled',
      'Suspended',
    ],
    ...['active', 'isActive', 'Enabled', 'DNC', 'do-not-call', 'gesperrt', 'Bloqueado', 'заблокирован', 'locked'],
    ...['Voice allowed', 'outbound', 'can call', 'Voice (disabled)', 'голос'],
    ...['Agent ID', 'agent_id', 'Assigned to', 'owner', 'User', 'username', 'Mitarbeiter', 'Агент'],
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
    'notes',
    ...['Invoice', 'voicemail', 'Timezone', 'Tags (old)', 'E-Mail', 'MMS', 'Fax', 'Language', 'Name', 'Bezeichnung'],
    'number_block_id',
    'call_forwarding_enabled',
    'Beta',
    'Uri',
    'purchased_at',
    'Capacity',
  ])('has no doubt of a column that decides nothing: %s', (name) => {
    expect(doubts(name)).toMatchObject({ column: null, doubt: null });
  });

  it.each([
    // Twilio, Telnyx, Bandwidth, Vonage and Plivo.
    'account_sid address_sid address_requirements api_version beta date_created date_updated emergency_address_sid',
    'emergency_status emergency_address_status identity_sid bundle_sid origin sid sms_application_sid sms_fallback_method',
    'sms_fallback_url sms_method sms_url status_callback status_callback_method trunk_sid uri voice_application_sid',
    'voice_caller_id_lookup voice_fallback_method voice_fallback_url voice_method voice_receive_mode voice_url type',
    'id external_pin connection_id connection_name customer_reference purchased_at created_at updated_at',
    'billing_group_id emergency_enabled emergency_address_id call_forwarding_enabled cnam_listing_enabled',
    'caller_id_name_enabled call_recording_enabled t38_fax_gateway_enabled phone_number_type number_level_routing',
    'inbound_call_screening messaging_profile_id messaging_profile_name number_block_id hd_voice_enabled source_type',
    'deletion_lock_enabled bundle_id country_iso_alpha2 city state lata rate_center tier vendor account site sip_peer',
    'last_modified moHttpUrl messagesCallbackType voiceCallbackType voiceCallbackValue app_id mms fax mms_enabled',
    'added_on alias application carrier monthly_rental_rate resource_uri sub_account voice_rate sms_rate',
  ])('has no doubt of what carriers write besides: %s', (names) => {
    expect(names.split(' ').filter((name) => doubts(name)!.doubt !== null)).toEqual([]);
  });

  it.each([
    ['capability', 'capabilities'],
    ['Features', 'capabilities'],
    ['Voice', 'voice'],
    ['voice_enabled', 'voice'],
    ['voiceEnabled', 'voice'],
    ['SMS', 'sms'],
    ['Status', 'status'],
    ['Number Status', 'status'],
    ['lifecycle', 'status'],
  ])('is read where a column says what a number can do: %s', (name, column) => {
    expect(read('phone', name)).toEqual(['phoneNumber', column]);
  });

  it('of numbers to unassign has a column in doubt that names agents, in whatever words', () => {
    const of = (operation: 'delete' | 'unassign', name: string) =>
      readUploadHeaderTo(operation, ['phone', name])[1]!.doubt;
    expect(['agent', 'Agent Name', 'agnet', 'Owner', 'Status'].map((name) => of('unassign', name))).toEqual([
      'holder',
      'holder',
      'holder',
      'holder',
      null,
    ]);
    expect(of('delete', 'agent')).toBeNull();
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
