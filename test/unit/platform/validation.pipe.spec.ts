import { Type } from 'class-transformer';
import { IsEmail, IsInt, IsOptional, Max, ValidateNested } from 'class-validator';
import type { ProblemError } from '../../../apps/api/src/platform/http/problem.error.js';
import { ValidationPipe } from '../../../apps/api/src/platform/http/validation.pipe.js';

class Call {
  @IsOptional()
  @Max(1_000_000)
  perDay?: number;

  @IsInt()
  @Max(10)
  limit!: number;
}

class Body {
  @IsEmail()
  email!: string;

  @IsOptional()
  @ValidateNested({ each: true })
  @Type(() => Call)
  calls?: Call[];
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
      'calls.1.limit': 'must not be greater than 10',
    });
  });

  it('writes bounds as people read them', async () => {
    const errors = await errorsOf({ email: 'a@b.test', calls: [{ limit: 1, perDay: 1_000_001 }] });
    expect(errors).toEqual({ 'calls.0.perDay': 'must not be greater than 1,000,000' });
  });

  it('refuses fields that it does not know', async () => {
    expect(await errorsOf({ email: 'a@b.test', admin: true })).toEqual({ admin: 'is not a known field' });
  });

  it('names the missing fields when there is no body', async () => {
    expect(await errorsOf(undefined)).toEqual({ email: 'must be an email' });
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
