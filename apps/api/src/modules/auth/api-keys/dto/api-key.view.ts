import { ApiProperty } from '@nestjs/swagger';
import {
  apiKeyScopes,
  apiKeyStatuses,
  type ApiKeyScope,
  type ApiKeyStatus,
  type ApiKeyView,
  type NewApiKeyView,
} from '#contracts';

export class ApiKeyViewDto implements ApiKeyView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'Dialer' })
  name!: string;

  @ApiProperty({ example: 'rf_live_1a2B', description: 'The first characters of the key.' })
  prefix!: string;

  @ApiProperty({ enum: apiKeyScopes, isArray: true })
  scopes!: ApiKeyScope[];

  @ApiProperty({ enum: apiKeyStatuses })
  status!: ApiKeyStatus;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  createdBy!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Null when the user is no member any longer.' })
  createdByName!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  expiresAt!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  revokedAt!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'To the minute.' })
  lastUsedAt!: string | null;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;
}

export class NewApiKeyViewDto extends ApiKeyViewDto implements NewApiKeyView {
  @ApiProperty({ description: 'The key itself. It is shown this once.' })
  key!: string;
}
