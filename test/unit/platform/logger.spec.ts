import { createLogger } from '../../../apps/api/src/platform/logging/logger.js';

function lineOf(fields: Record<string, unknown>): string {
  const lines: string[] = [];
  const logger = createLogger({ level: 'info', format: 'json' }, { write: (line: string) => void lines.push(line) });
  logger.info(fields, 'message');
  return lines.join('');
}

describe('createLogger', () => {
  it('keeps secrets out of the log, wherever they stand', () => {
    const line = lineOf({
      password: 's3cret',
      headers: { authorization: 's3cret', Cookie: 's3cret', 'x-api-key': 's3cret' },
    });
    expect(line).not.toContain('s3cret');
    expect(line).toContain('[hidden]');
  });

  it('masks phone numbers', () => {
    expect(lineOf({ url: '/check/+12025550123' })).toContain('/check/+1202•••••23');
  });

  it('masks phone numbers in messages, lists and errors with what the database says of the row', () => {
    const lines: string[] = [];
    const logger = createLogger({ level: 'info', format: 'json' }, { write: (line: string) => void lines.push(line) });
    const error = Object.assign(new Error('+12025550123 exists'), { detail: 'Key (e164)=(+12025550123) exists.' });
    logger.info({ error, list: ['+12025550123', { to: '+12025550123' }] }, 'Called +12025550123');
    logger.info('Called +12025550123');
    expect(lines).toHaveLength(2);
    expect(lines.join('')).not.toContain('5550123');
    expect(lines[1]).toContain('Called +1202•••••23');
  });

  it('names the level in words', () => {
    expect(JSON.parse(lineOf({ requestId: 'r1' }))).toMatchObject({ level: 'info', requestId: 'r1', msg: 'message' });
  });
});
