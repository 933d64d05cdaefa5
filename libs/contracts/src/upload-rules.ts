import type { UploadColumn } from './upload-header.js';

/**
 * Columns of carriers' exports that decide nothing about calls, though their names sound so: as Twilio, Telnyx, Bandwidth,
 * Vonage and Plivo write them, without capitals and separators.
 */
const HARMLESS = new Set(
  [
    'number_block_id number_block_size call_forwarding_enabled call_recording_enabled cnam_listing_enabled',
    'caller_id_name_enabled emergency_enabled emergency_status emergency_address_status emergency_address_sid',
    't38_fax_gateway_enabled hd_voice_enabled deletion_lock_enabled inbound_call_screening mms fax mms_enabled fax_enabled',
    'voice_url voice_method voice_fallback_url voice_fallback_method voice_application_sid voice_caller_id_lookup',
    'voice_receive_mode voice_callback_type voice_callback_value voice_rate voice_sid status_callback',
    'status_callback_method iso_country country_iso_alpha2 country_name activation_date activated_at activated_on',
    'active_configuration',
  ]
    .join(' ')
    .split(' ')
    .map((name) => name.replaceAll('_', '')),
);

/** What such a name may mean: the columns to name instead, most likely first. */
interface Rule {
  meant: readonly UploadColumn[];
  /** Parts of a name without capitals, accents and separators. */
  parts: RegExp;
  /** Whole words of a name. */
  words: RegExp;
}

const RULES: readonly Rule[] = [
  {
    meant: ['dailyLimit'],
    parts:
      /limit|лимит|quota|kontingent|obergrenze|hochst|hoechst|maxim|maxcall|maxanruf|callsper|callcap|daily|diari|journali|taglich|taeglich|quotidi|p(?:er|ro)(?:day|tag|hour|stunde|minute|week|woche)|parjour|pordia|aldia|algiorno|pordag|вдень|дневн|суточн|звонк|anruf|appels|llamada|chiamat|ligacoes|throttl|concurren|限制|上限|每日|制限|一日/u,
    words: /^(?:max|min|cap|caps|cps|cpm|cpd|calls|budget)$/u,
  },
  {
    meant: ['allowedCountries'],
    parts:
      /countries|lander|laender|paises|destin|ziel|стран|направлен|geoperm|geograph|international|worldwide|roaming|callable|dialable|国家|地区|国別/u,
    words: /^(?:geo|pays|paesi|landen|intl|zones|zonen|zonas|prefixes|regions|dialing|domestic|overseas|abroad)$/u,
  },
  {
    meant: ['voice', 'capabilities'],
    parts:
      /voice(?!mail)|cancall|maycall|outbound|outgoing|capab|fahigkeit|faehigkeit|функци|sprache|голос|capacites|capacidad|音声|语音/u,
    words: /^(?:calling|voix|voz|voce|sprach|telephony)$/u,
  },
  {
    meant: ['status', 'allowedCountries'],
    parts:
      /whitelist|blacklist|greylist|allow|block(?!chain)|forbid|forbidden|restrict|prohibit|permit|permis|deny|denied|disabl|enabl|suspend|suspens|paus|inactiv|inaktiv|deactiv|deaktiv|desactiv|gesperrt|sperr|erlaub|verbot|verbiet|zugelassen|freigegeb|autoris|authoriz|interdit|prohib|bloque|dncl|donotcall|optout|quarantin|revoked|cancelled|canceled|terminat|lockout|запре|разреш|блок|актив|禁止|许可|許可|無効|有効/u,
    words:
      /^(?:active|activ|activo|activa|actif|aktiv|attivo|ativo|activated|enabled|off|ban|bans|banned|barred|bar|deny|denies|dnc|dnd|locked|lock|frozen|hold|onhold|live|dead|retired|released|expired|usable|valid|invalid|exclude|excluded|exclusions|include|included)$/u,
  },
  {
    meant: ['agent'],
    parts:
      /agent|агент|assign|owner|user|benutzer|besitzer|zugewiesen|zugeordnet|mitarbeiter|asignad|assigne|utilisateur|usuario|utente|inhaber|employee|responsib|nutzer|операт|担当|坐席/u,
    words: /^(?:holder|seat|operator|rep|staff)$/u,
  },
];

/**
 * Which columns may be meant by a name that is not known but sounds as if it said what can be called, how often or by whom;
 * null for one that does not.
 */
export function columnsOfRule(name: string): readonly UploadColumn[] | null {
  const plain = foldedName(name);
  if (HARMLESS.has(plain)) return null;
  const words = wordsOf(name);
  if (words.includes('invoice')) return null;
  const rule = RULES.find(({ parts, words: whole }) => parts.test(plain) || words.some((word) => whole.test(word)));
  return rule?.meant ?? null;
}

export function isHarmlessColumn(name: string): boolean {
  return HARMLESS.has(foldedName(name));
}

/** Capitals, accents, spaces, underscores, dots and dashes make no difference. */
export function foldedName(name: string): string {
  return withoutAccents(name).replaceAll(/[\s_.\-\p{Cf}]/gu, '');
}

function wordsOf(name: string): string[] {
  return withoutAccents(name.replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')).split(/[^\p{L}]+/u);
}

function withoutAccents(name: string): string {
  return name
    .normalize('NFD')
    .toLowerCase()
    .replaceAll(/\p{Mn}/gu, '');
}
