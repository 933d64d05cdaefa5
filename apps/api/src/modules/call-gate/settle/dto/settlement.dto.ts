import { ApiExtraModels, ApiProperty, refs } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  IsArray,
  IsOptional,
  IsString,
  ValidateBy,
  ValidateIf,
  type ValidationArguments,
} from 'class-validator';
import type { ProblemCode, SettlementView } from '#contracts';
import { CharactersBetween } from '../../../../platform/http/fields/characters-between.js';
import { Nested } from '../../../../platform/http/fields/dto-fields.js';
import { isUuid } from '../../../../platform/http/fields/parse-uuid.pipe.js';
import { MAX_KEY_LENGTH } from '../../policy/call-request.js';
import { AuthorizationViewDto } from '../../decision-log/dto/authorization.view.js';
import { CompleteCallDto, VoidCallDto } from './settle-call.dto.js';

export const MAX_SETTLEMENTS = 500;

const whyNotSettled = [
  'record_not_found',
  'permission_denied',
  'authorization_settled',
  'authorization_not_settleable',
  'void_limit_reached',
] as const satisfies ProblemCode[];

interface Named {
  authorizationId?: string | null;
  idempotencyKey?: string | null;
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

/** An authorization has two names, of which a request says one. */
function NamesOneCall(): PropertyDecorator {
  const fault = ({ object }: ValidationArguments): string | null => {
    const { authorizationId, idempotencyKey } = object as Named;
    if (!isGiven(authorizationId) && !isGiven(idempotencyKey)) {
      return 'is required, or idempotencyKey in its place: say which call';
    }
    if (isGiven(authorizationId) && isGiven(idempotencyKey))
      return 'must not come with idempotencyKey: say one of them';
    return isGiven(authorizationId) && !isUuid(authorizationId) ? 'must be a UUID' : null;
  };
  return ValidateBy({
    name: 'namesOneCall',
    validator: {
      validate: (_value, args) => fault(args!) === null,
      defaultMessage: (args) => fault(args!) ?? '',
    },
  });
}

const aboutId = {
  type: String,
  format: 'uuid',
  required: false,
  nullable: true,
  description: 'The id that the authorization answered. Required, unless `idempotencyKey` says which call.',
} as const;

const aboutKey = {
  type: String,
  required: false,
  nullable: true,
  maxLength: MAX_KEY_LENGTH,
  description:
    'The Idempotency-Key that the call was authorized with, in place of `authorizationId`: for a dialer that never got ' +
    'the answer, or keeps no ids. It names the call for as long as the key holds.',
} as const;

export class CompleteNamedCallDto extends CompleteCallDto implements Named {
  @ApiProperty(aboutId)
  @NamesOneCall()
  authorizationId?: string | null;

  @ApiProperty(aboutKey)
  @IsOptional()
  @IsString()
  @CharactersBetween(1, MAX_KEY_LENGTH)
  idempotencyKey?: string | null;
}

export class VoidNamedCallDto extends VoidCallDto implements Named {
  @ApiProperty(aboutId)
  @NamesOneCall()
  authorizationId?: string | null;

  @ApiProperty(aboutKey)
  @IsOptional()
  @IsString()
  @CharactersBetween(1, MAX_KEY_LENGTH)
  idempotencyKey?: string | null;
}

export class SettleBatchDto {
  @ApiProperty({ type: [CompleteNamedCallDto], required: false, maxItems: MAX_SETTLEMENTS })
  @ValidateIf((_body, value) => value !== undefined)
  @IsArray()
  @ArrayMaxSize(MAX_SETTLEMENTS)
  @Nested(() => CompleteNamedCallDto, { each: true })
  complete?: CompleteNamedCallDto[];

  @ApiProperty({ type: [VoidNamedCallDto], required: false, maxItems: MAX_SETTLEMENTS })
  @ValidateIf((_body, value) => value !== undefined)
  @IsArray()
  @ArrayMaxSize(MAX_SETTLEMENTS)
  @Nested(() => VoidNamedCallDto, { each: true })
  void?: VoidNamedCallDto[];
}

const aboutCorrected = {
  description: 'Whether this request changed what the call had been completed with before: false for a first report.',
} as const;

/** The record as it is now. */
export class SettlementViewDto extends AuthorizationViewDto implements SettlementView {
  @ApiProperty(aboutCorrected)
  corrected!: boolean;
}

class SettledCallDto {
  @ApiProperty({ format: 'uuid' })
  authorizationId!: string;

  @ApiProperty({ enum: ['completed', 'voided'] })
  status!: 'completed' | 'voided';

  @ApiProperty(aboutCorrected)
  corrected!: boolean;
}

class NotSettledErrorDto {
  @ApiProperty({ enum: whyNotSettled })
  code!: (typeof whyNotSettled)[number];

  @ApiProperty()
  message!: string;
}

/** A call that stays as it was. Sending the same again answers the same. */
class NotSettledCallDto {
  @ApiProperty({ type: NotSettledErrorDto })
  error!: NotSettledErrorDto;
}

@ApiExtraModels(SettledCallDto, NotSettledCallDto)
export class SettledBatchDto {
  @ApiProperty({ type: 'array', items: { oneOf: refs(SettledCallDto, NotSettledCallDto) } })
  complete!: (SettledCallDto | NotSettledCallDto)[];

  @ApiProperty({ type: 'array', items: { oneOf: refs(SettledCallDto, NotSettledCallDto) } })
  void!: (SettledCallDto | NotSettledCallDto)[];
}
