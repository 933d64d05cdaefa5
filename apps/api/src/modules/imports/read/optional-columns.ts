import {
  currencyAdvice,
  type ImportErrorCode,
  type ImportNoticeCode,
  isCurrencyCode,
  type UploadColumn,
} from '#contracts';
import { charactersOf } from '../../../platform/http/fields/characters-between.js';
import { readCapabilities } from './read-capabilities.js';
import { readCountry, type ReadCountry } from './read-countries.js';
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
/** How carriers and people call a number in use, without blanks, dashes and underscores. */
const ACTIVE = new Set(['active', 'inuse', 'inservice', 'aktiv', 'activo', 'activa', 'actif', 'attivo', 'ativo']);

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
    requireActive(values.status);
    const { voice, sms, notices } = capabilitiesOf(values);
    const allowed = countriesOf(values.allowedCountries);
    const read = {
      label: text(values, 'label'),
      region: text(values, 'region'),
      client: text(values, 'client'),
      monthlyCost: costOf(values.monthlyCost),
      currency: currencyOf(values.currency),
      voice,
      sms,
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

/** What stands beside voice and sms and is not kept is told. */
function capabilitiesOf(values: UploadRow['values']): {
  voice: boolean | null;
  sms: boolean | null;
  notices: ColumnNotice[];
} {
  const read = readCapabilities(values);
  if ('message' in read) return refuse(read.column, 'capability_unknown', read.message);
  const { voice, sms, others } = read;
  if (others.length === 0) return { voice, sms, notices: [] };
  const message = `Left out, because only voice and sms are kept: ${others.join(', ').slice(0, MAX_SHOWN)}.`;
  return { voice, sms, notices: [{ column: 'capabilities', code: 'capability_ignored', message }] };
}

/** An upload registers numbers as active ones, so that a row of another status is not taken. */
function requireActive(value = ''): void {
  const word = value.toLowerCase().replaceAll(/[\s_-]+/g, '');
  if (word === '' || ACTIVE.has(word)) return;
  const message =
    'Only numbers that are active are taken, and the status does not say so. Take the row out, or write active once it is.';
  refuse('status', 'number_not_active', message);
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
  return codes.map((code) => {
    const country = readCountry(code);
    if (country !== null) return country;
    const message = `"${code.slice(0, MAX_LENGTH.region)}" is no ISO 3166-1 code. Write two letters for each country, for example US CA, or none.`;
    return refuse('allowedCountries', 'country_unknown', message);
  });
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
