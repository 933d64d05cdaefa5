import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';

export class BulkUploadQuery {
  @ApiProperty({
    enum: ['true', 'false'],
    required: false,
    description: 'Writes no number and answers the same counts.',
  })
  @IsOptional()
  @IsIn(['true', 'false'])
  dryRun?: 'true' | 'false';

  @ApiProperty({
    enum: ['create', 'upsert'],
    required: false,
    description: 'upsert also updates label and provider of own numbers.',
  })
  @IsOptional()
  @IsIn(['create', 'upsert'])
  mode?: 'create' | 'upsert';
}
