import { type DestinationStream, pino, type Logger } from 'pino';
import PinoPretty from 'pino-pretty';
import { maskPhoneNumbers } from './mask-phone-numbers.js';

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
  };
  if (format === 'json') return output ? pino(options, output) : pino(options);
  return pino(
    options,
    PinoPretty({ colorize: process.stdout.isTTY, translateTime: 'HH:MM:ss', singleLine: true, sync: true }),
  );
}

/** Secrets and phone numbers stay out of the log, whoever hands them in; nested objects are copied, not changed. */
function withoutSecrets(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      if (SECRET.test(name)) return [name, '[hidden]'];
      if (typeof value === 'string') return [name, maskPhoneNumbers(value)];
      if (isPlainObject(value)) return [name, withoutSecrets(value)];
      return [name, value];
    }),
  );
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype;
}
