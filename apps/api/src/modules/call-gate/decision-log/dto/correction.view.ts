import { ApiProperty } from '@nestjs/swagger';
import type { CorrectionView } from '#contracts';

class CorrectedByDto {
  @ApiProperty({ enum: ['user', 'api_key'] })
  kind!: 'user' | 'api_key';

  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ description: 'The e-mail of the user or the name of the key at that time.' })
  label!: string;
}

class IntegerChangeDto {
  @ApiProperty({ type: 'integer', nullable: true, description: 'null when it had not been reported.' })
  from!: number | null;

  @ApiProperty({ type: 'integer' })
  to!: number;
}

class TextChangeDto {
  @ApiProperty({ type: String, nullable: true, description: 'null when it had not been reported.' })
  from!: string | null;

  @ApiProperty()
  to!: string;
}

class CorrectionChangesDto {
  @ApiProperty({ type: IntegerChangeDto, required: false })
  durationSeconds?: IntegerChangeDto;

  @ApiProperty({ type: IntegerChangeDto, required: false })
  sipCode?: IntegerChangeDto;

  @ApiProperty({ type: TextChangeDto, required: false })
  externalCallId?: TextChangeDto;

  @ApiProperty({ type: TextChangeDto, required: false })
  cost?: TextChangeDto;

  @ApiProperty({ type: TextChangeDto, required: false })
  currency?: TextChangeDto;
}

export class CorrectionViewDto implements CorrectionView {
  @ApiProperty({ format: 'date-time' })
  correctedAt!: string;

  @ApiProperty({ type: CorrectedByDto })
  correctedBy!: CorrectedByDto;

  @ApiProperty({
    type: CorrectionChangesDto,
    description: 'What changed, by field. A price changes as cost and currency together.',
  })
  changes!: CorrectionChangesDto;
}
