import { type ArgumentMetadata, Injectable, type PipeTransform, type Type } from '@nestjs/common';
import { validate, type ValidationError } from 'class-validator';
import { ProblemError } from '../problems/problem.error.js';
import { fieldsOf, type KnownField } from './dto-fields.js';
import { fieldPath } from './field-path.js';
import { IS_REQUIRED, isOfKind, wrongKind } from './value-kinds.js';

type Messages = Map<string, string>;

/**
 * Checks bodies and queries against their DTO classes. Unknown fields are refused: they are found first, and neither copied,
 * prepared nor checked. Of each field the first thing that is wrong is told: a wrong kind of value, then that it is missing,
 * then what its checks say.
 *
 * @throws ProblemError validation_failed with one message for each field path (`calls[0].destination`)
 */
@Injectable()
export class ValidationPipe implements PipeTransform<unknown> {
  async transform(given: unknown, { type, metatype }: ArgumentMetadata): Promise<unknown> {
    if ((type !== 'body' && type !== 'query') || !isDto(metatype)) return given;
    // No body at all is an empty one, so that the answer names the fields that are missing.
    const value = given ?? {};
    if (!isRecord(value)) throw invalidFields(new Map([['body', 'must be a JSON object']]));
    const messages: Messages = new Map();
    if (type === 'query') refuseRepeated(value, messages);
    const dto = instanceOf(metatype, value, '', messages);
    const errors = await validate(dto, {
      stopAtFirstError: true,
      forbidUnknownValues: false,
      validationError: { target: true, value: true },
    });
    addMessages(errors, '', messages);
    if (messages.size > 0) throw invalidFields(messages);
    return dto;
  }
}

function isDto(metatype: ArgumentMetadata['metatype']): metatype is Type<object> {
  const untyped: unknown[] = [undefined, String, Boolean, Number, Array, Object, Buffer];
  return !untyped.includes(metatype);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An instance of the DTO with the fields that it declares, and a message for each other one. */
function instanceOf(type: Type<object>, given: Record<string, unknown>, parent: string, messages: Messages): object {
  const fields = fieldsOf(type);
  const dto = new type() as Record<string, unknown>;
  for (const name of Object.keys(given)) {
    const field = fields.get(name);
    const path = fieldPath(parent, name);
    if (field === undefined) messages.set(path, 'is not a known field');
    else {
      const value = field.prepare ? field.prepare(given[name]) : given[name];
      const complaint = kindComplaint(field, value);
      if (complaint !== null && !messages.has(path)) messages.set(path, complaint);
      dto[name] = field.nested ? nestedOf(field.nested(), value, path, messages) : value;
    }
  }
  return dto;
}

/** What is sent for nothing, as null, is not told here: whether a field may be null is said by its checks. */
function kindComplaint({ kind, itemKind }: KnownField, value: unknown): string | null {
  if (kind === undefined || value === undefined || value === null) return null;
  if (!isOfKind(value, kind)) return wrongKind(kind, value);
  if (itemKind === undefined || !Array.isArray(value)) return null;
  const index = value.findIndex((item) => !isOfKind(item, itemKind));
  return index < 0 ? null : `[${index}] ${wrongKind(itemKind, value[index])}`;
}

/** A parameter that stands in the address twice arrives as a list. */
function refuseRepeated(query: Record<string, unknown>, messages: Messages): void {
  for (const [name, value] of Object.entries(query)) {
    if (Array.isArray(value)) messages.set(name, 'must be given once');
  }
}

/** What is neither an object nor a list of objects stays as it is, for the checks to refuse. */
function nestedOf(type: Type<object>, value: unknown, path: string, messages: Messages): unknown {
  if (isRecord(value)) return instanceOf(type, value, path, messages);
  if (!Array.isArray(value)) return value;
  return value.map((item: unknown, index) => nestedOf(type, item, fieldPath(path, index), messages));
}

function invalidFields(messages: Messages): ProblemError {
  const [first, ...others] = [...messages].map(([field, message]) => `${field}: ${message}`);
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return new ProblemError('validation_failed', `${first ?? 'The request is invalid'}${more}`, {
    errors: Object.fromEntries(messages),
  });
}

/** Messages by field path, nested ones included, of fields that nothing is told of yet. */
function addMessages(errors: ValidationError[], parent: string, messages: Messages): void {
  for (const error of errors) {
    const path = fieldPath(parent, Array.isArray(error.target) ? Number(error.property) : error.property);
    if (error.constraints !== undefined && !messages.has(path)) messages.set(path, messageOf(error));
    addMessages(error.children ?? [], path, messages);
  }
}

function messageOf({ constraints, property, value, target }: ValidationError): string {
  if (value === undefined) return IS_REQUIRED;
  const kind = value === null && target ? fieldsOf(target.constructor as Type<object>).get(property)?.kind : undefined;
  if (kind !== undefined) return wrongKind(kind, value);
  const [constraint = '', message = ''] = Object.entries(constraints ?? {})[0] ?? [];
  return withGroups(constraint, withoutName(message, property));
}

/** class-validator begins its messages with the field, which already stands beside them. */
function withoutName(message: string, property: string): string {
  return message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
}

const BOUNDS = ['min', 'max', 'minLength', 'maxLength', 'isLength', 'arrayMinSize', 'arrayMaxSize'];

/** Bounds as people read them: 10,000. */
function withGroups(constraint: string, message: string): string {
  if (!BOUNDS.includes(constraint)) return message;
  return message.replace(/\d{4,}/g, (digits) => Number(digits).toLocaleString('en'));
}
