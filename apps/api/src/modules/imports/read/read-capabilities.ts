import { isNearly, type UploadColumn } from '#contracts';
import type { UploadRow } from './upload-row.js';

/** What a row says that its number can do; null where it says nothing. */
export interface ReadCapabilities {
  voice: boolean | null;
  sms: boolean | null;
  /** Capabilities that carriers name besides, and that are not kept. */
  others: string[];
}

export interface CapabilityRefusal {
  column: UploadColumn;
  message: string;
}

const WRITE = 'Write voice, sms, both, or none.';
/** What carriers call what numbers can do besides: no other word beside voice and sms is left out. */
const OTHER_CAPABILITIES = new Set([
  ...['mms', 'fax', 'rcs', 'whatsapp', 'emergency', 'e911', 'cnam', 'lidb', 't38', 't.38', 't38_fax', 'hd', 'hd_voice'],
  ...['international_sms', 'international_mms', 'local_calling', 'toll_free'],
]);
const YES = new Set(['yes', 'y', 'true', '1', 'on', 'enabled', 'ja', 'oui', 'si', 'sí']);
const NO = new Set(['no', 'n', 'false', '0', 'off', 'disabled', 'none', 'nein', 'non']);
const MAX_SHOWN = 50;

/** Thrown and caught in this file alone: the first wrong value ends the reading. */
class Refused extends Error {
  constructor(readonly refusal: CapabilityRefusal) {
    super(refusal.message);
  }
}

/**
 * Reads the column capabilities and the columns voice and sms. Each word has to be known: one that is not, such as "no", may
 * say that the number cannot call.
 */
export function readCapabilities(values: UploadRow['values']): ReadCapabilities | CapabilityRefusal {
  try {
    const { kept, others } = capabilitiesOf(values.capabilities);
    const alone = (column: 'voice' | 'sms') => {
      const said = switchOf(column, values[column]);
      const listed = kept === null ? null : kept.includes(column);
      if (said !== null && listed !== null && said !== listed) {
        refuse(column, `The columns ${column} and capabilities contradict each other. Keep one of them.`);
      }
      return said ?? listed;
    };
    const read = { voice: alone('voice'), sms: alone('sms'), others };
    if (values.voice !== undefined && read.voice === null) {
      refuse('voice', 'The row does not say whether the number has voice. Write yes or no.');
    }
    return read;
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    throw error;
  }
}

function refuse(column: UploadColumn, message: string): never {
  throw new Refused({ column, message });
}

function switchOf(column: 'voice' | 'sms', value = ''): boolean | null {
  const word = value.toLowerCase();
  if (word === '') return null;
  if (YES.has(word)) return true;
  if (NO.has(word)) return false;
  return refuse(column, `The column ${column} is neither yes nor no. Write yes, no, true, false, 1 or 0.`);
}

function capabilitiesOf(value = ''): { kept: string[] | null; others: string[] } {
  if (value === '') return { kept: null, others: [] };
  const words = value.startsWith('{') ? wordsOfObject(value) : wordsOf(value);
  if (words.length === 1 && words[0] === 'both') return { kept: ['voice', 'sms'], others: [] };
  if (words.length === 0 || (words.length === 1 && words[0] === 'none')) return { kept: [], others: [] };
  const unknown = words.find((word) => !isKnown(word));
  if (unknown !== undefined) {
    const slip = ['voice', 'sms'].find((known) => isNearly(unknown, known));
    const hint = slip === undefined ? '' : ` If it is ${slip}, write ${slip}.`;
    refuse('capabilities', `"${unknown.slice(0, MAX_SHOWN)}" is no capability that is known.${hint || ` ${WRITE}`}`);
  }
  return { kept: words.filter(isKept), others: words.filter((word) => !isKept(word)) };
}

const isKept = (word: string): boolean => word === 'voice' || word === 'sms';
const isKnown = (word: string): boolean => isKept(word) || OTHER_CAPABILITIES.has(word);

/** A list of names. One of several words is taken as a whole, or else word by word. */
function wordsOf(value: string): string[] {
  const plain = value.toLowerCase().replaceAll(/^\[|\]$|["']/g, '');
  const words = plain.split(/[,;|/+&\n\t]+|\sand\s/).flatMap((item) => {
    const name = nameOf(item);
    return isKnown(name) ? [name] : item.split(/\s+/);
  });
  const found = [...new Set(words.filter((word) => word !== ''))];
  if (found.length === 0) refuse('capabilities', `The capabilities have no word. ${WRITE}`);
  return found;
}

/** The JSON object that Twilio writes. */
function wordsOfObject(value: string): string[] {
  const members = membersOf(value);
  const seen = new Map<string, boolean>();
  for (const [written, said] of members) {
    const name = nameOf(written.toLowerCase());
    const isThere = memberSwitch(said);
    if (isThere === null) {
      refuse(
        'capabilities',
        `A capability is neither true nor false. Write {"voice":true,"sms":false}, or words: ${WRITE}`,
      );
    }
    if (!isKnown(name)) {
      refuse('capabilities', `"${written.slice(0, MAX_SHOWN)}" is no capability that is known. ${WRITE}`);
    }
    if (seen.has(name)) refuse('capabilities', `The capability ${name} stands there twice. Keep it once.`);
    seen.set(name, isThere);
  }
  return [...seen].filter(([, isThere]) => isThere).map(([name]) => name);
}

/** JSON keeps the last of two members with one name, so that they are counted as they are written. */
function membersOf(value: string): [string, unknown][] {
  const members = (() => {
    try {
      return Object.entries(JSON.parse(value) as Record<string, unknown>);
    } catch {
      return refuse('capabilities', `The capabilities are no JSON. ${WRITE}`);
    }
  })();
  const written = value.match(/"(?:[^"\\]|\\.)*"\s*:/g)?.length ?? 0;
  if (written !== members.length) refuse('capabilities', `A capability stands there twice. Keep it once.`);
  return members;
}

function memberSwitch(said: unknown): boolean | null {
  if (typeof said === 'boolean') return said;
  const word = typeof said === 'string' ? said.trim().toLowerCase() : said;
  if (word === 'true' || word === 1 || word === '1') return true;
  return word === 'false' || word === 0 || word === '0' ? false : null;
}

function nameOf(text: string): string {
  return text.trim().replaceAll(/[\s_-]+/g, '_');
}
