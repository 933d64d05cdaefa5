import { PartialType, PickType } from '@nestjs/swagger';
import { IsEmail, IsInt, IsOptional, IsString, Max } from 'class-validator';
import { Nested, Trimmed } from '../../../apps/api/src/platform/http/fields/dto-fields.js';
import { ValidationPipe } from '../../../apps/api/src/platform/http/fields/validation.pipe.js';
import type { ProblemError } from '../../../apps/api/src/platform/http/problems/problem.error.js';

class Call {
  @IsOptional()
  @Max(1_000_000)
  perDay?: number;

  @IsInt()
  @Max(10)
  limit!: number;
}

class Body {
  @Trimmed()
  @IsEmail()
  email!: string;

  @IsOptional()
  @Nested(() => Call, { each: true })
  calls?: Call[];
}

class Changes extends PartialType(PickType(Body, ['email', 'calls'] as const)) {
  @IsOptional()
  @IsString()
  note?: string;
}

const pipe = new ValidationPipe();
const errorsOf = (value: unknown) =>
  pipe.transform(value, { type: 'body', metatype: Body }).then(
    () => null,
    (error: ProblemError) => error.options.errors,
  );

describe('ValidationPipe', () => {
  it('makes an instance of the DTO', async () => {
    const body: unknown = await pipe.transform({ email: 'a@b.test' }, { type: 'body', metatype: Body });
    expect(body).toBeInstanceOf(Body);
  });

  it('names each field by its path', async () => {
    expect(await errorsOf({ email: 'no', calls: [{ limit: 1 }, { limit: 11 }] })).toEqual({
      email: 'must be an email',
      'calls[1].limit': 'must not be greater than 10',
    });
  });

  it('writes bounds as people read them', async () => {
    const errors = await errorsOf({ email: 'a@b.test', calls: [{ limit: 1, perDay: 1_000_001 }] });
    expect(errors).toEqual({ 'calls[0].perDay': 'must not be greater than 1,000,000' });
  });

  it('tells the kind of a value first, then that it is missing, then what its checks say', async () => {
    const calls = [{ limit: '5' }, {}, { limit: null }, { limit: 11 }, { limit: 1.5 }];
    expect(await errorsOf({ email: 5, calls })).toEqual({
      email: 'must be text; got a number',
      'calls[0].limit': 'must be a whole number; got text',
      'calls[1].limit': 'is required',
      'calls[2].limit': 'must be a whole number; got null',
      'calls[3].limit': 'must not be greater than 10',
      'calls[4].limit': 'must be a whole number; got a fraction',
    });
  });

  it('refuses a parameter that is given twice', async () => {
    const twice = pipe.transform({ email: ['a@b.test', 'c@d.test'] }, { type: 'query', metatype: Body });
    await expect(twice).rejects.toMatchObject({ options: { errors: { email: 'must be given once' } } });
  });

  it('refuses fields that it does not know', async () => {
    expect(await errorsOf({ email: 'a@b.test', admin: true })).toEqual({ admin: 'is not a known field' });
  });

  it('refuses fields that a nested object does not know', async () => {
    const errors = await errorsOf({ email: 'a@b.test', calls: [{ limit: 1, limits: 2 }] });
    expect(errors).toEqual({ 'calls[0].limits': 'is not a known field' });
  });

  it('names unknown fields beside what is wrong with the others', async () => {
    expect(await errorsOf({ admin: true, email: 'no' })).toEqual({
      admin: 'is not a known field',
      email: 'must be an email',
    });
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('does not know a field %s', async (name) => {
    const given = Object.assign(Object.create(null) as object, { email: 'a@b.test' });
    Object.defineProperty(given, name, { value: 1, enumerable: true });
    const errors = await errorsOf(given);
    expect(Object.entries(errors ?? {})).toEqual([[name, 'is not a known field']]);
  });

  it('takes the white space around a text away before it checks it', async () => {
    expect(await pipe.transform({ email: ' a@b.test\n' }, { type: 'body', metatype: Body })).toEqual({
      email: 'a@b.test',
    });
  });

  it('prepares and nests fields that a DTO has from another one', async () => {
    const given = { email: ' a@b.test ', calls: [{ limit: 1 }], note: 'x' };
    const changes = (await pipe.transform(given, { type: 'body', metatype: Changes })) as Changes;
    expect(changes).toBeInstanceOf(Changes);
    expect(changes.email).toBe('a@b.test');
    expect(changes.calls?.[0]).toBeInstanceOf(Call);
    expect(await pipe.transform({}, { type: 'body', metatype: Changes })).toEqual({});
  });

  it.each([[5], ['text'], [[5]], [null]])('refuses %j where an object is nested', async (calls) => {
    const errors = await errorsOf({ email: 'a@b.test', calls });
    if (calls === null) expect(errors).toBeNull();
    else expect(Object.keys(errors ?? {})[0]).toMatch(/^calls/);
  });

  it('names the missing fields when there is no body', async () => {
    expect(await errorsOf(undefined)).toEqual({ email: 'is required' });
  });

  it.each([
    ['an array', []],
    ['a text', 'text'],
    ['a number', 5],
    ['a boolean', true],
  ])('refuses %s in place of an object', async (_kind, value) => {
    expect(await errorsOf(value)).toEqual({ body: 'must be a JSON object' });
  });
});
