/**
 * The currencies of ISO 4217 that money is paid in. State of 2026-11-29: without units of account, precious metals, funds
 * and test codes, with the Bulgarian lev gone (2026), the Caribbean guilder (2025) and Zimbabwe Gold (2024) there.
 * A list of ours, because `Intl.supportedValuesOf('currency')` depends on the runtime and keeps withdrawn ones.
 */
// prettier-ignore
export const currencyCodes = [
  'AED', 'AFN', 'ALL', 'AMD', 'AOA', 'ARS', 'AUD', 'AWG', 'AZN', 'BAM', 'BBD', 'BDT', 'BHD', 'BIF', 'BMD', 'BND', 'BOB',
  'BRL', 'BSD', 'BTN', 'BWP', 'BYN', 'BZD', 'CAD', 'CDF', 'CHF', 'CLP', 'CNY', 'COP', 'CRC', 'CUP', 'CVE', 'CZK', 'DJF',
  'DKK', 'DOP', 'DZD', 'EGP', 'ERN', 'ETB', 'EUR', 'FJD', 'FKP', 'GBP', 'GEL', 'GHS', 'GIP', 'GMD', 'GNF', 'GTQ', 'GYD',
  'HKD', 'HNL', 'HTG', 'HUF', 'IDR', 'ILS', 'INR', 'IQD', 'IRR', 'ISK', 'JMD', 'JOD', 'JPY', 'KES', 'KGS', 'KHR', 'KMF',
  'KPW', 'KRW', 'KWD', 'KYD', 'KZT', 'LAK', 'LBP', 'LKR', 'LRD', 'LSL', 'LYD', 'MAD', 'MDL', 'MGA', 'MKD', 'MMK', 'MNT',
  'MOP', 'MRU', 'MUR', 'MVR', 'MWK', 'MXN', 'MYR', 'MZN', 'NAD', 'NGN', 'NIO', 'NOK', 'NPR', 'NZD', 'OMR', 'PAB', 'PEN',
  'PGK', 'PHP', 'PKR', 'PLN', 'PYG', 'QAR', 'RON', 'RSD', 'RUB', 'RWF', 'SAR', 'SBD', 'SCR', 'SDG', 'SEK', 'SGD', 'SHP',
  'SLE', 'SOS', 'SRD', 'SSP', 'STN', 'SVC', 'SYP', 'SZL', 'THB', 'TJS', 'TMT', 'TND', 'TOP', 'TRY', 'TTD', 'TWD', 'TZS',
  'UAH', 'UGX', 'USD', 'UYU', 'UZS', 'VED', 'VES', 'VND', 'VUV', 'WST', 'XAF', 'XCD', 'XCG', 'XOF', 'XPF', 'YER', 'ZAR',
  'ZMW', 'ZWG',
] as const;

/** What came after currencies that carriers' price lists may still name. */
const SUCCESSORS: Record<string, string> = {
  ANG: 'XCG',
  ATS: 'EUR',
  BEF: 'EUR',
  BGN: 'EUR',
  BYR: 'BYN',
  CUC: 'CUP',
  CYP: 'EUR',
  DEM: 'EUR',
  EEK: 'EUR',
  ESP: 'EUR',
  FIM: 'EUR',
  FRF: 'EUR',
  GHC: 'GHS',
  GRD: 'EUR',
  HRK: 'EUR',
  IEP: 'EUR',
  ITL: 'EUR',
  LTL: 'EUR',
  LUF: 'EUR',
  LVL: 'EUR',
  MRO: 'MRU',
  MTL: 'EUR',
  NLG: 'EUR',
  PTE: 'EUR',
  ROL: 'RON',
  RUR: 'RUB',
  SIT: 'EUR',
  SKK: 'EUR',
  SLL: 'SLE',
  STD: 'STN',
  TRL: 'TRY',
  VEF: 'VES',
  ZMK: 'ZMW',
  ZWL: 'ZWG',
};

const codes = new Set<string>(currencyCodes);

/** True for the code of a currency that money is paid in today. */
export function isCurrencyCode(code: string): boolean {
  return codes.has(code);
}

/** Why a code is refused and what to write, as the end of a sentence that begins with the name of the field. */
export function currencyAdvice(code: unknown): string {
  const successor = typeof code === 'string' && Object.hasOwn(SUCCESSORS, code) ? SUCCESSORS[code] : undefined;
  if (successor !== undefined) return `must be a currency of today; ${String(code)} was withdrawn, write ${successor}`;
  return 'must be an ISO 4217 code, such as USD';
}
