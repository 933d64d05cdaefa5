import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsInt, IsString, IsUUID, Length, Matches, Max, Min, ValidateBy, ValidateIf } from 'class-validator';
import {
  authorizationStatuses,
  loggedReasonCodeList,
  type AuthorizationStatus,
  type DecisionDetailView,
  type DecisionPageView,
  type DecisionView,
  type ReasonCode,
} from '#contracts';
import { digitsAsked } from '#phone';
import { Prepared } from '../../../../platform/http/fields/dto-fields.js';
import type { DecisionFilter } from '../decision-log-filter.js';
import { AuthorizationViewDto } from './authorization.view.js';
import { CorrectionViewDto } from './correction.view.js';

export const DEFAULT_PAGE = 50;
const MAX_PAGE = 200;
const MAX_DESTINATION_LENGTH = 65;
const INSTANT = /^[12]\d{3}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/i;

const given = (_body: object, value: unknown): boolean => value !== undefined;

/** A moment with its offset from UTC, that the calendar has. */
function IsInstant(): PropertyDecorator {
  return ValidateBy({
    name: 'isInstant',
    validator: {
      validate: (value: unknown) =>
        typeof value === 'string' && INSTANT.test(value) && !Number.isNaN(Date.parse(value)),
      defaultMessage: () =>
        'must be an instant with its offset, such as 2026-01-31T09:00:00Z or 2026-01-31T09:00:00%2B01:00',
    },
  });
}

function IsAfterFrom(): PropertyDecorator {
  return ValidateBy({
    name: 'isAfterFrom',
    validator: {
      validate: (to: unknown, args) => {
        const { from } = args?.object as DecisionFilterDto;
        return from === undefined || !(Date.parse(String(to)) <= Date.parse(from));
      },
      defaultMessage: () => 'must be later than from',
    },
  });
}

/**
 * What was asked, as the ledger keeps it: the digits, however they are spelled. A plus that is not escaped arrives as a
 * space.
 */
const asAsked = (value: unknown): unknown => {
  if (typeof value !== 'string') return value;
  const [, text = '', star = ''] = /^(.*?)(\*?)$/s.exec(value) ?? [];
  const digits = digitsAsked(text.replace(/^ (?=[\d(])/, '+'));
  return digits === null ? value : digits + star;
};

const wholeNumber = (value: unknown): unknown =>
  typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;

export class DecisionFilterDto {
  @ApiProperty({ format: 'uuid', required: false })
  @ValidateIf(given)
  @IsUUID()
  agentId?: string;

  @ApiProperty({ format: 'uuid', required: false, description: 'The number that the call came from.' })
  @ValidateIf(given)
  @IsUUID()
  phoneNumberId?: string;

  @ApiProperty({
    required: false,
    example: '+14165550123',
    description:
      'What was asked for: the whole number in any spelling, or its beginning with a star: `+1416*`. Refused destinations are ' +
      'found by what was sent. A plus in a URL is written %2B.',
  })
  @Prepared(asAsked)
  @ValidateIf(given)
  @IsString()
  @Length(1, MAX_DESTINATION_LENGTH)
  destination?: string;

  @ApiProperty({ enum: ['allowed', 'denied'], required: false })
  @ValidateIf(given)
  @IsIn(['allowed', 'denied'])
  decision?: 'allowed' | 'denied';

  /** A code that this process does not know may be one of a newer release, whose decisions are in the ledger already. */
  @ApiProperty({ enum: loggedReasonCodeList, required: false })
  @ValidateIf(given)
  @Matches(/^[a-z]+(_[a-z]+){0,9}$/, { message: 'must be a reason code, for example daily_limit_reached' })
  reasonCode?: ReasonCode;

  @ApiProperty({ enum: authorizationStatuses, required: false })
  @ValidateIf(given)
  @IsIn(authorizationStatuses)
  status?: AuthorizationStatus;

  @ApiProperty({ format: 'date-time', required: false, description: 'Decided at this instant or later.' })
  @ValidateIf(given)
  @IsInstant()
  from?: string;

  @ApiProperty({ format: 'date-time', required: false, description: 'Decided before this instant.' })
  @ValidateIf(given)
  @IsInstant()
  @IsAfterFrom()
  to?: string;
}

export class DecisionPageQueryDto extends DecisionFilterDto {
  @ApiProperty({ type: 'integer', required: false, minimum: 1, maximum: MAX_PAGE, default: DEFAULT_PAGE })
  @Prepared(wholeNumber)
  @ValidateIf(given)
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE)
  limit?: number;

  @ApiProperty({ required: false, description: 'The nextCursor of the page before, with the same filter.' })
  @ValidateIf(given)
  @IsString()
  @Length(1, 200)
  cursor?: string;
}

export function decisionFilterOf(query: DecisionFilterDto): DecisionFilter {
  return {
    agentId: query.agentId?.toLowerCase() ?? null,
    phoneNumberId: query.phoneNumberId?.toLowerCase() ?? null,
    destination: query.destination ?? null,
    decision: query.decision ?? null,
    reasonCode: query.reasonCode ?? null,
    status: query.status ?? null,
    from: query.from === undefined ? null : new Date(query.from),
    to: query.to === undefined ? null : new Date(query.to),
  };
}

export class DecisionViewDto extends AuthorizationViewDto implements DecisionView {
  @ApiProperty({ description: 'What the reason means, and what to do about it.' })
  message!: string;

  @ApiProperty({ type: String, nullable: true })
  agentName!: string | null;
}

export class DecisionDetailViewDto extends DecisionViewDto implements DecisionDetailView {
  @ApiProperty({
    type: [CorrectionViewDto],
    description: 'What later reports changed on the completed call, the first at the top.',
  })
  corrections!: CorrectionViewDto[];
}

export class DecisionPageViewDto implements DecisionPageView {
  @ApiProperty({
    type: [DecisionViewDto],
    description: 'May be fewer than asked for, and even none, although there are more: nextCursor says so.',
  })
  items!: DecisionViewDto[];

  @ApiProperty({ type: String, nullable: true, description: 'null when there is no further page.' })
  nextCursor!: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'How far back the answer looked; null when to the beginning.',
  })
  scannedTo!: string | null;
}
