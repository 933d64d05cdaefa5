import { ApiProperty } from '@nestjs/swagger';
import {
  importErrorCodes,
  importNoticeCodes,
  importOperations,
  importStatuses,
  type ImportErrorCode,
  type ImportJobSummaryView,
  type ImportJobView,
  type ImportNotice,
  type ImportNoticeCode,
  type ImportOperation,
  type ImportRowError,
  type ImportStatus,
  type UploadColumn,
  uploadColumns,
  type UploadReadingView,
} from '#contracts';

class ImportRowErrorDto implements ImportRowError {
  @ApiProperty({ type: 'integer', description: '1 is the first line of the file, the header included.' })
  line!: number;

  @ApiProperty({ type: String, nullable: true })
  column!: string | null;

  @ApiProperty({ enum: Object.keys(importErrorCodes) })
  code!: ImportErrorCode;

  @ApiProperty({ description: 'What is wrong and how to mend it.' })
  message!: string;

  @ApiProperty({ type: String, nullable: true })
  value!: string | null;
}

class ImportNoticeDto implements ImportNotice {
  @ApiProperty({ type: 'integer', description: '1 is the first line of the file, the header included.' })
  line!: number;

  @ApiProperty({ type: String, nullable: true, description: 'A column of ours, or the name of one in the file.' })
  column!: string | null;

  @ApiProperty({ enum: Object.keys(importNoticeCodes) })
  code!: ImportNoticeCode;

  @ApiProperty({ description: 'What was read otherwise or left out, and what to do if that is wrong.' })
  message!: string;

  @ApiProperty({ type: String, nullable: true, description: 'As it stands in the file.' })
  value!: string | null;
}

export class ImportJobSummaryViewDto implements ImportJobSummaryView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ enum: importStatuses })
  status!: ImportStatus;

  @ApiProperty({ type: 'integer', description: 'Rows of the file; an estimate by its lines until it is done.' })
  total!: number;

  @ApiProperty({ type: 'integer' })
  processed!: number;

  @ApiProperty({ type: 'integer' })
  created!: number;

  @ApiProperty({ type: 'integer' })
  updated!: number;

  @ApiProperty({ type: 'integer', description: 'Numbers that operation=delete deleted.' })
  deleted!: number;

  @ApiProperty({ type: 'integer', description: 'Numbers that operation=unassign took from their agents.' })
  unassigned!: number;

  @ApiProperty({
    type: 'integer',
    description: 'Duplicates, and numbers that are what the row says already, or not assigned.',
  })
  skipped!: number;

  @ApiProperty({ type: 'integer' })
  failed!: number;

  @ApiProperty({
    type: 'integer',
    description:
      'Taken rows whose number was mended: a missing +, a decimal, a spreadsheet formula. The notices say what was done.',
  })
  repaired!: number;

  @ApiProperty({
    type: 'integer',
    description:
      'Notices, of rows that were taken and of the file: what was read otherwise than it stands there, or left out.',
  })
  noticeCount!: number;

  @ApiProperty()
  dryRun!: boolean;

  @ApiProperty({ enum: importOperations })
  operation!: ImportOperation;

  @ApiProperty({ enum: ['create', 'upsert'] })
  mode!: 'create' | 'upsert';

  @ApiProperty({ type: String, nullable: true })
  fileName!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Who uploaded it: an e-mail, or the name of an API key.' })
  createdBy!: string | null;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  finishedAt!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  undoneAt!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Why the import as a whole failed, and what to do.' })
  failure!: string | null;
}

class ReadColumnDto {
  @ApiProperty({ type: String, nullable: true, description: 'What it is called in the file; null without a header.' })
  name!: string | null;

  @ApiProperty({ enum: uploadColumns, nullable: true, description: 'What it was read as; null when it was left out.' })
  column!: UploadColumn | null;
}

class UploadReadingViewDto implements UploadReadingView {
  @ApiProperty({ type: String, nullable: true, example: 'windows-1251', description: 'Of the Encoding Standard.' })
  encoding!: string | null;

  @ApiProperty({ type: String, nullable: true, example: ';' })
  separator!: string | null;

  @ApiProperty()
  hasHeader!: boolean;

  @ApiProperty({ type: [ReadColumnDto], description: 'In the order of the file.' })
  columns!: ReadColumnDto[];

  @ApiProperty({ type: String, nullable: true, description: 'Of the rows that name none.' })
  provider!: string | null;
}

export class ImportJobViewDto extends ImportJobSummaryViewDto implements ImportJobView {
  @ApiProperty({ type: UploadReadingViewDto, description: 'How the file was understood.' })
  reading!: UploadReadingViewDto;

  @ApiProperty({ type: [ImportRowErrorDto], description: 'The first 100; all of them in errors.csv.' })
  errors!: ImportRowErrorDto[];

  @ApiProperty({ type: [ImportNoticeDto], description: 'The first 100; all of them in notices.csv.' })
  notices!: ImportNoticeDto[];
}
