import { Allow, getMetadataStorage, ValidateNested, ValidationTypes } from 'class-validator';
import type { Type } from '@nestjs/common';
import { itemKindOfCheck, kindOfCheck, type ValueKind } from './value-kinds.js';

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

export interface KnownField {
  prepare: Prepare | undefined;
  nested: (() => Type<object>) | undefined;
  /** What its checks take; undefined where they say nothing of it. */
  kind: ValueKind | undefined;
  /** The same of the items of a list. */
  itemKind: ValueKind | undefined;
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
  for (const check of getMetadataStorage().getTargetValidationMetadatas(type, '', false, false)) {
    const { prepare, nested } = (check.context ?? {}) as FieldContext;
    const kind = check.type === ValidationTypes.NESTED_VALIDATION ? 'an object' : kindOfCheck(check.name ?? '');
    const { each } = check;
    const before = fields.get(check.propertyName);
    fields.set(check.propertyName, {
      prepare: before?.prepare ?? prepare,
      nested: before?.nested ?? nested,
      kind: stronger(before?.kind, each ? 'a list' : kind),
      itemKind: stronger(before?.itemKind, each ? kind : itemKindOfCheck(check.name ?? '')),
    });
  }
  return fields;
}

/** Some checks of lists and numbers look like those of text (`isIn`, `matches`): what says more counts. */
function stronger(before: ValueKind | undefined, kind: ValueKind | undefined): ValueKind | undefined {
  return before === undefined || (before === 'text' && kind !== undefined) ? kind : before;
}
