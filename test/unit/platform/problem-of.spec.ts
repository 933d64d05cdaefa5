import { BadRequestException, ForbiddenException, HttpException, NotFoundException } from '@nestjs/common';
import { QueryFailedError, QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';
import { problemOf } from '../../../apps/api/src/platform/http/problems/problem-of.js';
import { ProblemError } from '../../../apps/api/src/platform/http/problems/problem.error.js';

const databaseError = (code: string) =>
  new QueryFailedError('select secret', [], Object.assign(new Error('relation "secret" …'), { code }));

describe('problemOf', () => {
  it('keeps a problem as it is', () => {
    const problem = new ProblemError('conflict', 'No.');
    expect(problemOf(problem)).toBe(problem);
  });

  it.each([
    [new BadRequestException('Body cannot be parsed'), 'malformed_request', 'Body cannot be parsed.'],
    [new ForbiddenException(), 'permission_denied', 'Your role or API key does not permit this.'],
    [new NotFoundException(), 'not_found', undefined],
    [new HttpException('too long', 414), 'malformed_request', 'too long.'],
    [Object.assign(new Error('Unsupported Media Type'), { statusCode: 415 }), 'unsupported_media_type', undefined],
    [Object.assign(new Error('reach files limit'), { statusCode: 413 }), 'payload_too_large', undefined],
    [Object.assign(new Error('aborted'), { code: 'ECONNRESET' }), 'malformed_request', undefined],
  ])('turns %s into %s', (error, code, detail) => {
    const problem = problemOf(error);
    expect(problem.code).toBe(code);
    if (detail !== undefined) expect(problem.detail).toBe(detail);
  });

  it.each([
    ['a lock that was not granted in time', databaseError('55P03')],
    ['a cancelled statement', databaseError('57014')],
    ['a server that shuts down', databaseError('57P01')],
    ['too many connections', databaseError('53300')],
    ['a transaction that deadlocked again and again', databaseError('40P01')],
    ['a refused connection', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
    ['a lost connection', new Error('Connection terminated unexpectedly')],
    ['a connection that broke within a transaction', new QueryRunnerAlreadyReleasedError()],
    ['a connection that broke before its next statement', new QueryRunnerProviderAlreadyReleasedError()],
    ['an exhausted pool', new Error('timeout exceeded when trying to connect')],
  ])('asks to try again after %s', (_kind, error) => {
    const problem = problemOf(error);
    expect(problem.code).toBe('service_unavailable');
    expect(problem.options.headers).toEqual({ 'retry-after': '1' });
    expect(problem.cause).toBe(error);
  });

  it.each([
    databaseError('42P01'),
    databaseError('23505'),
    new TypeError('x is undefined'),
    'a string',
    undefined,
    null,
  ])('tells nothing of %s', (error) => {
    const problem = problemOf(error);
    expect(problem.code).toBe('internal_error');
    expect(problem.detail).not.toMatch(/secret|undefined|relation/);
  });
});
