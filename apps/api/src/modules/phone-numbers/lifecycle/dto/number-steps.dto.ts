import { ApiProperty } from '@nestjs/swagger';
import { IsInt, IsOptional, IsUUID, Max, Min, ValidateIf } from 'class-validator';

const WEEK_MINUTES = 7 * 24 * 60;

export class ClaimNumberDto {
  @ApiProperty({ type: String, format: 'uuid', required: false, nullable: true, description: 'Whose it shall be.' })
  @IsOptional()
  @IsUUID()
  clientId?: string | null;
}

export class ReserveNumberDto {
  @ApiProperty({ type: 'integer', minimum: 1, maximum: WEEK_MINUTES, required: false, default: 60 })
  @ValidateIf((_body, value) => value !== undefined)
  @IsInt()
  @Min(1)
  @Max(WEEK_MINUTES)
  minutes?: number;
}

export class ConnectNumberDto {
  @ApiProperty({ format: 'uuid' })
  @IsUUID()
  agentId!: string;
}
