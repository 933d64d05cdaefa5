import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { problemCodeList } from '#contracts';
import { AuthorizeCallDto, CallDecisionDto } from './authorize-call.dto.js';

/** Documents one call of a batch for OpenAPI; `parseBatchRequest` checks it. */
class BatchCallDto extends AuthorizeCallDto {
  @ApiProperty({
    required: false,
    maxLength: 255,
    description:
      'A new one for every call, the same to retry it: what the Idempotency-Key header is for a single call.',
  })
  idempotencyKey?: string;
}

export class AuthorizeBatchDto {
  @ApiProperty({ type: [BatchCallDto], minItems: 1, maxItems: 500 })
  calls!: BatchCallDto[];
}

class UndecidedDto {
  @ApiProperty({ enum: problemCodeList })
  code!: string;

  @ApiProperty()
  message!: string;
}

class BatchDecisionDto extends CallDecisionDto {
  @ApiPropertyOptional({ description: 'An earlier request with this idempotency key was told the same.' })
  replayed?: boolean;

  @ApiPropertyOptional({
    type: UndecidedDto,
    description: 'Why the call was not decided; then only allowed stands beside it.',
  })
  error?: UndecidedDto;
}

export class BatchDecisionsDto {
  @ApiProperty({ type: [BatchDecisionDto] })
  decisions!: BatchDecisionDto[];
}
