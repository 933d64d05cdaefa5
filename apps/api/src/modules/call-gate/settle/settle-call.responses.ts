import { type ApiResponseNoStatusOptions, getSchemaPath } from '@nestjs/swagger';
import { textForm } from '../../../platform/http/problems/problem.schema.js';
import { SettledBatchDto, SettlementViewDto } from './dto/settlement.dto.js';

const ID = '018f3c2a-7b1c-7c3e-9f00-5a1b2c3d4e5f';

/** Documents the answers of settlements, in both forms; `sendSettled` and `sendSettledBatch` give them. */
export const settled: ApiResponseNoStatusOptions = {
  description: 'The authorization as it is now.',
  content: { 'application/json': { schema: { $ref: getSchemaPath(SettlementViewDto) } } },
  ...textForm('^(completed|voided) [0-9a-f-]{36}\\n$', `completed ${ID}\n`),
};

export const settledBatch: ApiResponseNoStatusOptions = {
  description: 'What became of each call, in their order; as text a line for each, those to complete first.',
  content: { 'application/json': { schema: { $ref: getSchemaPath(SettledBatchDto) } } },
  ...textForm('^(((completed|voided) [0-9a-f-]{36}|error [a-z_]+)\\n)+$', `completed ${ID}\nerror record_not_found\n`),
};
