import { type ArgumentMetadata, Injectable, ValidationPipe as NestValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { ProblemError } from './problem.error.js';

/**
 * Checks bodies and queries against their DTO classes. Unknown fields are refused.
 *
 * @throws ProblemError validation_failed with one message for each field path (`calls.0.destination`)
 */
@Injectable()
export class ValidationPipe extends NestValidationPipe {
  constructor() {
    super({
      whitelist: true,
      forbidNonWhitelisted: true,
      transform: true,
      stopAtFirstError: true,
      validationError: { target: false, value: false },
      exceptionFactory: (errors) => invalidFields(fieldMessages(errors)),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'body' && expectsObject(metadata)) {
      // No body at all is an empty one, so that the answer names the fields that are missing.
      const body = value ?? {};
      if (typeof body !== 'object' || Array.isArray(body)) throw invalidFields({ body: 'must be a JSON object' });
      return super.transform(body, metadata);
    }
    return super.transform(value, metadata);
  }
}

function expectsObject({ metatype }: ArgumentMetadata): boolean {
  const untyped: unknown[] = [undefined, String, Boolean, Number, Array, Object, Buffer];
  return !untyped.includes(metatype);
}

function invalidFields(errors: Record<string, string>): ProblemError {
  const [first, ...others] = Object.entries(errors).map(([field, message]) => `${field}: ${message}`);
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return new ProblemError('validation_failed', `${first ?? 'The request is invalid'}${more}`, { errors });
}

/** Messages by field path, nested ones included. */
function fieldMessages(errors: ValidationError[], prefix = ''): Record<string, string> {
  const messages: Record<string, string> = {};
  for (const error of errors) {
    const path = prefix + error.property;
    const [constraint, message] = Object.entries(error.constraints ?? {})[0] ?? [];
    if (constraint !== undefined && message !== undefined) {
      messages[path] =
        constraint === 'whitelistValidation'
          ? 'is not a known field'
          : withGroups(constraint, withoutName(message, error.property));
    }
    Object.assign(messages, fieldMessages(error.children ?? [], `${path}.`));
  }
  return messages;
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
