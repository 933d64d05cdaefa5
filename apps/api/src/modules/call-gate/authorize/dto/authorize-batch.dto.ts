import { ApiExtraModels, ApiProperty, ApiPropertyOptional, refs } from '@nestjs/swagger';
import type { ProblemCode } from '#contracts';
import { MAX_BATCH_CALLS, MAX_KEY_LENGTH } from '../../policy/call-request.js';
import { AuthorizeCallDto, CallDecisionDto } from './authorize-call.dto.js';
import { ABOUT_IDEMPOTENCY_KEYS } from './idempotency-key.js';

/** Documents one call of a batch for OpenAPI; `parseBatchRequest` checks it. */
class BatchCallDto extends AuthorizeCallDto {
  @ApiProperty({
    required: false,
    maxLength: MAX_KEY_LENGTH,
    description: `What the Idempotency-Key header is for a single call. ${ABOUT_IDEMPOTENCY_KEYS}`,
  })
  idempotencyKey?: string;
}

export class AuthorizeBatchDto {
  @ApiProperty({ type: [BatchCallDto], minItems: 1, maxItems: MAX_BATCH_CALLS })
  calls!: BatchCallDto[];
}

class BatchDecisionDto extends CallDecisionDto {
  @ApiPropertyOptional({
    enum: [true],
    description: 'An earlier request had this idempotency key: this is no new decision. Left out otherwise.',
  })
  replayed?: true;
}

const whyUndecided = ['gate_unavailable', 'idempotency_key_reused'] as const satisfies ProblemCode[];

class UndecidedErrorDto {
  @ApiProperty({ enum: whyUndecided })
  code!: (typeof whyUndecided)[number];

  @ApiProperty()
  message!: string;
}

/** A call that was not decided: do not dial. */
class UndecidedCallDto {
  @ApiProperty({ enum: [false] })
  allowed!: false;

  @ApiProperty({ type: UndecidedErrorDto })
  error!: UndecidedErrorDto;
}

@ApiExtraModels(BatchDecisionDto, UndecidedCallDto)
export class BatchDecisionsDto {
  @ApiProperty({ type: 'array', items: { oneOf: refs(BatchDecisionDto, UndecidedCallDto) } })
  decisions!: (BatchDecisionDto | UndecidedCallDto)[];
}
