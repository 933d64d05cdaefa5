import { type ImportOperation, importOperations } from '#contracts';
import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import {
  type PhoneNumberProvider,
  phoneNumberProviders,
  type UploadNumberFormat,
  uploadNumberFormats,
} from '#contracts';
import { CountryCode } from '../../../../platform/http/fields/code-fields.js';

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
    enum: importOperations,
    required: false,
    default: 'register',
    description:
      'delete and unassign do to each number of the file what DELETE /phone-numbers/{id} and POST ' +
      '/phone-numbers/{id}/unassign do to one. Only the column phoneNumber is needed then, or one number a line; a column ' +
      'of agents refuses unassign.',
  })
  @IsOptional()
  @IsIn(importOperations)
  operation?: ImportOperation;

  @ApiProperty({
    enum: ['create', 'upsert'],
    required: false,
    description: 'upsert also changes own numbers, where the row says something. For operation=register.',
  })
  @IsOptional()
  @IsIn(['create', 'upsert'])
  mode?: 'create' | 'upsert';

  @ApiProperty({
    required: false,
    example: 'US',
    description:
      'How numbers without + are dialed, in rows without a country: ISO 3166-1 alpha-2. Each keeps its own country: a ' +
      'Canadian number that is dialed in the US is taken as one of Canada.',
  })
  @IsOptional()
  @CountryCode()
  country?: string;

  @ApiProperty({
    enum: uploadNumberFormats,
    required: false,
    description:
      'e164_without_plus: numbers without + have their country code all the same, whatever the country says. A file of ' +
      'numbers of several countries that lost their + can be read this way.',
  })
  @IsOptional()
  @IsIn(uploadNumberFormats)
  numberFormat?: UploadNumberFormat;

  @ApiProperty({
    enum: phoneNumberProviders,
    required: false,
    description: 'Provider of the rows that name none. The export of a carrier has no column for it.',
  })
  @IsOptional()
  @IsIn(phoneNumberProviders)
  provider?: PhoneNumberProvider;

  @ApiProperty({
    required: false,
    example: 'windows-1251',
    description:
      'How the file is encoded, by a label of the Encoding Standard, or cp932, cp949 and such. Without it, Unicode is ' +
      'recognized, and anything else is guessed; a guess that other letters could be meant by is told in a notice. The ' +
      'charset of the Content-Type says the same, but for utf-8, which many programs write whatever they send.',
  })
  @IsOptional()
  @IsString()
  encoding?: string;

  @ApiProperty({
    required: false,
    example: '{"Tel":"phoneNumber","Carrier":"provider","Notes":""}',
    description:
      'Columns by the names in the header, as JSON. An empty name leaves a column out; so does leaving out one that is not known.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(4_096)
  mapping?: string;
}
