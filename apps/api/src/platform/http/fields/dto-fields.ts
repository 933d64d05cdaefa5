import { Allow, getMetadataStorage, ValidateNested } from 'class-validator';
import type { Type } from '@nestjs/common';

type Prepare = (value: unknown) => unknown;

/**
 * What the decorators below add to the metadata of class-validator, as the context of a check. There it is inherited, and
 * copied by PartialType and PickType, as the checks themselves are.
 */
interface FieldContext {
  prepare?: Prepare;
  nested?: () => Type<object>;
}

/** Changes what a client sent for a field before it is checked. It must take any value of JSON. */
export const Prepared = (prepare: Prepare): PropertyDecorator => Allow({ context: { prepare } satisfies FieldContext });

export const trimmed: Prepare = (value) => (typeof value === 'string' ? value.trim() : value);

/** Takes the white space around a text away. */
export const Trimmed = (): PropertyDecorator => Prepared(trimmed);

/** Takes an amount as a number too: it is kept as the text of a decimal. */
export const DecimalText = (): PropertyDecorator =>
  Prepared((value) => (typeof value === 'number' ? String(value) : value));

/** A field that holds a DTO of its own, or with `each` a list of them. */
export const Nested = (type: () => Type<object>, options: { each?: boolean } = {}): PropertyDecorator =>
  ValidateNested({ ...options, context: { nested: type } satisfies FieldContext });

interface KnownField {
  prepare: Prepare | undefined;
  nested: (() => Type<object>) | undefined;
}

const fieldsByType = new Map<Type<object>, ReadonlyMap<string, KnownField>>();

/** The fields that a DTO declares. What has no decorator is no field. */
export function fieldsOf(type: Type<object>): ReadonlyMap<string, KnownField> {
  let fields = fieldsByType.get(type);
  if (fields === undefined) {
    fields = readFields(type);
    fieldsByType.set(type, fields);
  }
  return fields;
}

function readFields(type: Type<object>): Map<string, KnownField> {
  const fields = new Map<string, KnownField>();
  for (const { propertyName, context } of getMetadataStorage().getTargetValidationMetadatas(type, '', false, false)) {
    const { prepare, nested } = (context ?? {}) as FieldContext;
    const before = fields.get(propertyName);
    fields.set(propertyName, { prepare: before?.prepare ?? prepare, nested: before?.nested ?? nested });
  }
  return fields;
}
