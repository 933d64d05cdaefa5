import {
  currencyAdvice,
  type ImportErrorCode,
  type ImportNoticeCode,
  isCurrencyCode,
  isNearly,
  type UploadColumn,
} from '#contracts';
import { charactersOf } from '../../../platform/http/fields/characters-between.js';
import { type ReadCountry, readCountries } from './read-countries.js';
import { noteOfAlias } from './row-notes.js';
import type { StagedRow } from './staged-row.js';
import type { UploadRow } from './upload-row.js';

/** A value that was refused. */
export interface ColumnRefusal {
  column: UploadColumn;
  code: ImportErrorCode;
  message: string;
}

/** What was left out of a value that was taken. */
export interface ColumnNotice {
  column: UploadColumn;
  code: ImportNoticeCode;
  message: string;
}

export interface ReadColumns {
  values: OptionalValues;
  notices: ColumnNotice[];
}

type OptionalValues = Omit<StagedRow, 'line' | 'e164' | 'countryCode' | 'numberType' | 'provider'>;

const MAX_LENGTH = { label: 200, region: 100, client: 200, agent: 200 } as const;
const MAX_TAGS = 20;
const MAX_TAG = 50;
const MAX_DAILY_LIMIT = 1_000_000;
const NONE = 'none';
const MAX_SHOWN = 200;
const KEPT_CAPABILITIES = ['voice', 'sms'];
/** What carriers call what numbers can do besides. A list of these alone is one of a number that can do neither. */
const OTHER_CAPABILITIES = [
  'mms',
  'fax',
  'rcs',
  'whatsapp',
  'emergency',
  'hd_voice',
  'international_sms',
  'local_calling',
];

/** Thrown and caught in this file alone: the first wrong value ends the reading of its row. */
class Refused extends Error {
  constructor(readonly refusal: ColumnRefusal) {
    super(refusal.message);
  }
}

/** Reads what a row says beside number, provider and country; an empty value says nothing. */
export function readOptionalColumns(values: UploadRow['values']): ReadColumns | ColumnRefusal {
  try {
    const agent = text(values, 'agent');
    const { kept: capabilities, notices } = capabilitiesOf(values.capabilities);
    const allowed = countriesOf(values.allowedCountries);
    const read = {
      label: text(values, 'label'),
      region: text(values, 'region'),
      client: text(values, 'client'),
      monthlyCost: costOf(values.monthlyCost),
      currency: currencyOf(values.currency),
      voice: capabilities?.includes('voice') ?? null,
      sms: capabilities?.includes('sms') ?? null,
      tags: tagsOf(values.tags),
      agent,
      dailyLimit: dailyLimitOf(values.dailyLimit),
      allowedCountries: allowed && distinct(allowed.map(({ code }) => code)),
    };
    if (agent === null && (read.dailyLimit !== null || read.allowedCountries !== null)) {
      const message = 'Daily limit and allowed countries belong to an agent. Name the agent, or leave them empty.';
      refuse('agent', 'agent_unknown', message);
    }
    const aliases = (allowed ?? []).flatMap(({ alias, code }) =>
      alias === null ? [] : [noteOfAlias('allowedCountries', alias, code)],
    );
    return { values: read, notices: [...notices, ...aliases] };
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    throw error;
  }
}

function refuse(column: UploadColumn, code: ImportErrorCode, message: string): never {
  throw new Refused({ column, code, message });
}

/** Exports put an apostrophe before what a spreadsheet would run as a formula; it is taken away again. */
function withoutApostrophe(value = ''): string {
  return value.replace(/^'(?='*[=+\-@\t\r])/, '');
}

function text(values: UploadRow['values'], column: keyof typeof MAX_LENGTH): string | null {
  const value = withoutApostrophe(values[column]);
  if (value === '') return null;
  const most = MAX_LENGTH[column];
  if (charactersOf(value) > most)
    refuse(column, 'too_long', `The ${column} is longer than ${most} characters. Shorten it.`);
  return value;
}

function costOf(value = ''): string | null {
  if (value === '') return null;
  const cost = /^(\d{1,8})(?:[.,](\d{1,4}))?$/.exec(value);
  if (!cost) refuse('monthlyCost', 'cost_invalid', 'The monthly cost is no amount. Write digits, for example 1.15.');
  return cost[2] === undefined ? cost[1]! : `${cost[1]}.${cost[2]}`;
}

function currencyOf(value = ''): string | null {
  if (value === '') return null;
  const currency = value.toUpperCase();
  if (!isCurrencyCode(currency)) {
    refuse('currency', 'currency_invalid', `The currency ${currencyAdvice(currency)}.`);
  }
  return currency;
}

/** A list of names, or the JSON object that Twilio writes. Carriers name more capabilities than are kept. */
function capabilitiesOf(value = ''): { kept: string[] | null; notices: ColumnNotice[] } {
  const names = value.startsWith('{')
    ? capabilitiesOfObject(value)
    : listOf(value.toLowerCase().replaceAll(/^\[|\]$|["']/g, ''), /[\s,;|/+]+/);
  if (names === null || isNone(names)) return { kept: names && [], notices: [] };
  const kept = names.filter((name) => KEPT_CAPABILITIES.includes(name));
  const others = names.filter((name) => !KEPT_CAPABILITIES.includes(name));
  if (others.length === 0) return { kept, notices: [] };
  const slip = others.find((name) => !OTHER_CAPABILITIES.includes(name) && isSlip(name));
  if (slip !== undefined || (kept.length === 0 && others.every((name) => !OTHER_CAPABILITIES.includes(name)))) {
    refuse('capabilities', 'capability_unknown', 'There is no such capability. Write voice, sms, both, or none.');
  }
  const message = `Left out, because only voice and sms are kept: ${others.join(', ').slice(0, MAX_SHOWN)}.`;
  return { kept, notices: [{ column: 'capabilities', code: 'capability_ignored', message }] };
}

function isSlip(name: string): boolean {
  return KEPT_CAPABILITIES.some((kept) => isNearly(name, kept));
}

function capabilitiesOfObject(value: string): string[] {
  const members = (() => {
    try {
      return Object.entries(JSON.parse(value) as object);
    } catch {
      return refuse(
        'capabilities',
        'capability_unknown',
        'The capabilities are no JSON. Write voice, sms, both, or none.',
      );
    }
  })();
  if (members.some(([, isThere]) => typeof isThere !== 'boolean')) {
    const message =
      'A capability is neither true nor false. Write {"voice":true,"sms":false}, or voice, sms, both, or none.';
    refuse('capabilities', 'capability_unknown', message);
  }
  const names = members.filter(([, isThere]) => isThere).map(([name]) => name.trim().toLowerCase());
  return names.length === 0 ? [NONE] : distinct(names);
}

/** Exports write a separator that belongs to a tag, and a backslash, with a backslash before it. */
function tagsOf(value = ''): string[] | null {
  if (value === '') return null;
  const written = withoutApostrophe(value).match(/(?:\\[\\;,|]|[^;,|])+/g) ?? [];
  const tags = distinct(written.map((tag) => tag.replaceAll(/\\([\\;,|])/g, '$1')));
  if (tags.length > MAX_TAGS || tags.some((tag) => charactersOf(tag) > MAX_TAG)) {
    refuse('tags', 'too_long', `There are more than ${MAX_TAGS} tags, or one has more than ${MAX_TAG} characters.`);
  }
  if (tags.some((tag) => tag.includes('\n'))) {
    refuse(
      'tags',
      'characters_invalid',
      'A tag has a line break. Write tags on one line, with a semicolon between them.',
    );
  }
  return tags;
}

function dailyLimitOf(value = ''): number | null {
  if (value === '') return null;
  if (!/^\d{1,7}$/.test(value) || Number(value) > MAX_DAILY_LIMIT) {
    const message = `The daily limit is no whole number from 0 to ${MAX_DAILY_LIMIT.toLocaleString('en')}. Write digits alone.`;
    refuse('dailyLimit', 'daily_limit_invalid', message);
  }
  return Number(value);
}

function countriesOf(value = ''): ReadCountry[] | null {
  const codes = listOf(value.toUpperCase(), /[\s,;|/]+/);
  if (codes === null) return null;
  if (isNone(codes)) return [];
  const countries = readCountries(codes);
  if (countries === null) {
    const message =
      'One of the countries is no ISO 3166-1 code. Write two letters for each, for example US CA, or none.';
    refuse('allowedCountries', 'country_unknown', message);
  }
  return countries;
}

function listOf(value: string, separator: RegExp): string[] | null {
  return value === '' ? null : distinct(value.split(separator));
}

function distinct(items: readonly string[]): string[] {
  return [...new Set(items.map((item) => item.trim()))].filter((item) => item !== '');
}

/** An empty value says nothing; that there shall be none is said in words. */
function isNone(names: readonly string[] | null): boolean {
  return names?.length === 1 && names[0]!.toLowerCase() === NONE;
}
