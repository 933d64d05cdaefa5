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

  it('names the level in words', () => {
    expect(JSON.parse(lineOf({ requestId: 'r1' }))).toMatchObject({ level: 'info', requestId: 'r1', msg: 'message' });
  });
});
