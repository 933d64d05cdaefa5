import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  ValidateIf,
} from 'class-validator';
import { bulkOperations, type BulkOperation } from '#contracts';
import { CharactersBetween } from '../../../../platform/http/fields/characters-between.js';
import { Prepared } from '../../../../platform/http/fields/dto-fields.js';
import { IsReadable } from '../../../../platform/http/fields/readable-text.js';
import { ProblemError } from '../../../../platform/http/problems/problem.error.js';
import { AssignmentRulesDto } from '../../assign/dto/assignment-rules.dto.js';
import type { BulkRequest } from '../bulk-operations.service.js';

const MAX_IDS = 10_000;
/** What an operation uses besides the numbers; whatever else is sent would be lost without a word. */
const RULES = ['dailyLimit', 'allowedCountries', 'allowedNumberTypes'] as const;
const OPERANDS = ['tags', 'agentId', 'agentIds', 'clientId', 'reassign', ...RULES] as const;
const USED: Partial<Record<BulkOperation, readonly (typeof OPERANDS)[number][]>> = {
  tag: ['tags'],
  untag: ['tags'],
  claim: ['clientId'],
  assign: ['agentId', 'reassign', ...RULES],
  distribute: ['agentIds', 'reassign', ...RULES],
};
const isSent = (_body: unknown, value: unknown): boolean => value !== undefined;
const eachTrimmed = (value: unknown): unknown =>
  Array.isArray(value)
    ? [...new Set(value.map((tag: unknown) => (typeof tag === 'string' ? tag.trim() : tag)))]
    : value;

export class BulkRequestDto extends AssignmentRulesDto {
  @ApiProperty({ enum: bulkOperations })
  @IsIn(bulkOperations)
  operation!: BulkOperation;

  @ApiProperty({ type: [String], required: false, maxItems: MAX_IDS, description: 'The numbers; or a filter.' })
  @ValidateIf(isSent)
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_IDS)
  @IsUUID('all', { each: true })
  ids?: string[];

  @ApiProperty({
    type: Object,
    example: { countryCode: 'US' },
    required: false,
    description: 'A filter as in GET /phone-numbers, for all that it finds. Claiming looks into the pool.',
  })
  @ValidateIf(isSent)
  @IsObject()
  filter?: Record<string, unknown>;

  @ApiProperty({ required: false, default: false, description: 'Tells what would happen and does nothing.' })
  @ValidateIf(isSent)
  @IsBoolean()
  preview?: boolean;

  @ApiProperty({ required: false, default: false, description: 'Does nothing at all when one number is refused.' })
  @ValidateIf(isSent)
  @IsBoolean()
  allOrNothing?: boolean;

  @ApiProperty({ type: [String], required: false, maxItems: 20, description: 'For tag and untag.' })
  @ValidateIf(isSent)
  @Prepared(eachTrimmed)
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @CharactersBetween(1, 50, { each: true })
  @IsReadable({ each: true })
  tags?: string[];

  @ApiProperty({ format: 'uuid', required: false, description: 'For assign.' })
  @ValidateIf(isSent)
  @IsUUID()
  agentId?: string;

  @ApiProperty({
    type: [String],
    required: false,
    maxItems: 500,
    description: 'For distribute: spread evenly over them.',
  })
  @ValidateIf(isSent)
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @ArrayMaxSize(500)
  @IsUUID('all', { each: true })
  agentIds?: string[];

  @ApiProperty({ type: String, format: 'uuid', required: false, nullable: true, description: 'For claim.' })
  @IsOptional()
  @IsUUID()
  clientId?: string | null;

  @ApiProperty({ required: false, default: false, description: 'Take numbers from the agents that have them.' })
  @ValidateIf(isSent)
  @IsBoolean()
  reassign?: boolean;

  /** @throws ProblemError validation_failed naming what the operation needs */
  toRequest(filterable: readonly string[]): BulkRequest {
    const { operation, ids, filter, tags, agentId, agentIds } = this;
    const unused = OPERANDS.find((name) => this[name] !== undefined && !USED[operation]?.includes(name));
    if (unused) throw needs(unused, `means nothing to operation ${operation}; leave it out`);
    if ((ids === undefined) === (filter === undefined)) throw needs('ids', 'or filter is needed, one of the two');
    for (const name of Object.keys(filter ?? {})) {
      if (!filterable.includes(name))
        throw needs(`filter.${name}`, `cannot be filtered by; use ${filterable.join(', ')}`);
    }
    if ((operation === 'tag' || operation === 'untag') && !tags) throw needs('tags', `is needed to ${operation}`);
    if (operation === 'tag' && tags?.some((tag) => tag.includes('\n')))
      throw needs('tags', 'must not contain line breaks');
    if (operation === 'assign' && !agentId) throw needs('agentId', 'is needed to assign');
    if (operation === 'distribute' && !agentIds) throw needs('agentIds', 'is needed to distribute');
    return {
      operation,
      ids: ids ?? null,
      filter: filter ?? null,
      preview: this.preview ?? false,
      allOrNothing: this.allOrNothing ?? false,
      tags: tags ?? [],
      agentIds: operation === 'assign' ? [agentId!] : operation === 'distribute' ? agentIds! : [],
      clientId: this.clientId ?? null,
      reassign: this.reassign ?? false,
      dailyLimit: this.dailyLimit,
      allowedCountries: this.allowedCountries ?? null,
      allowedNumberTypes: this.allowedNumberTypes ?? [],
    };
  }
}

function needs(field: string, message: string): ProblemError {
  return new ProblemError('validation_failed', `${field}: ${message}`, { errors: { [field]: message } });
}
