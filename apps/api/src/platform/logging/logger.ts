import { type DestinationStream, type LogFn, pino, type Logger } from 'pino';
import PinoPretty from 'pino-pretty';
import { maskPhoneNumbers } from './mask-phone-numbers.js';
import { maskSecrets } from './mask-secrets.js';

interface LogSettings {
  level: string;
  format: 'json' | 'pretty';
}

const SECRET = /^(authorization|cookie|set-cookie|x-api-key|password|secret|token|accessToken|refreshToken)$/i;

/** The logger of the process: one line for each event on standard output, JSON for machines or plain for people. */
export function createLogger({ level, format }: LogSettings, output?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }), log: withoutSecrets },
    hooks: { logMethod: maskMessages },
  };
  if (format === 'json') return output ? pino(options, output) : pino(options);
  return pino(
    options,
    PinoPretty({ colorize: process.stdout.isTTY, translateTime: 'HH:MM:ss', singleLine: true, sync: true }),
  );
}

/** Secrets and phone numbers stay out of the log, whatever code hands them in; nested objects are copied, not changed. */
function withoutSecrets(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      if (SECRET.test(name)) return [name, '[hidden]'];
      return [name, masked(value)];
    }),
  );
}

function masked(value: unknown): unknown {
  if (typeof value === 'string') return maskedText(value);
  if (Array.isArray(value)) return value.map(masked);
  // An error of the database carries, beside its message, the row that it is about.
  if (value instanceof Error) return { message: maskedText(value.message), stack: masked(value.stack) };
  return isPlainObject(value) ? withoutSecrets(value) : value;
}

function maskedText(text: string): string {
  return maskPhoneNumbers(maskSecrets(text));
}

/** The formatter sees the fields of a line; its message passes here. */
function maskMessages(this: Logger, parts: Parameters<LogFn>, log: LogFn): void {
  log.apply(this, parts.map((part) => (typeof part === 'string' ? maskedText(part) : part)) as Parameters<LogFn>);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype;
}
