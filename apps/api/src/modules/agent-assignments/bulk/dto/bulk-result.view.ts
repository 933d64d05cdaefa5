import { ApiProperty } from '@nestjs/swagger';
import {
  bulkOperations,
  bulkOutcomes,
  problemCodeList,
  type BulkItemView,
  type BulkOperation,
  type BulkOutcome,
  type BulkResultView,
  type ProblemCode,
} from '#contracts';

class BulkItemDto implements BulkItemView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ type: String, nullable: true, description: 'Null for a number that there is not.' })
  phoneNumber!: string | null;

  @ApiProperty({ enum: bulkOutcomes })
  outcome!: BulkOutcome;

  @ApiProperty({ enum: problemCodeList, nullable: true, description: 'Why it was refused.' })
  code!: ProblemCode | null;

  @ApiProperty({ type: String, nullable: true, description: 'What to do first.' })
  message!: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The agent that gets the number.' })
  agentId!: string | null;

  @ApiProperty({ type: String, nullable: true })
  agentName!: string | null;
}

export class BulkResultViewDto implements BulkResultView {
  @ApiProperty({ enum: bulkOperations })
  operation!: BulkOperation;

  @ApiProperty()
  preview!: boolean;

  @ApiProperty({ description: 'False for a preview, and when nothing was done because one number is refused.' })
  applied!: boolean;

  @ApiProperty({ type: 'integer' })
  total!: number;

  @ApiProperty({ type: 'integer' })
  done!: number;

  @ApiProperty({ type: 'integer', description: 'Are already as they shall be.' })
  unchanged!: number;

  @ApiProperty({ type: 'integer' })
  refused!: number;

  @ApiProperty({ type: [BulkItemDto] })
  items!: BulkItemDto[];
}
