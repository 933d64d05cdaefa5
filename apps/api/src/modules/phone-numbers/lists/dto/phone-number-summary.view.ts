import { ApiProperty } from '@nestjs/swagger';
import { phoneNumberProviders, type PhoneNumberProvider, type PhoneNumberSummaryView } from '#contracts';

class NumbersOfCountryView {
  @ApiProperty({ type: String, nullable: true, example: 'US' })
  countryCode!: string | null;

  @ApiProperty()
  numbers!: number;
}

class NumbersOfProviderView {
  @ApiProperty({ enum: phoneNumberProviders })
  provider!: PhoneNumberProvider;

  @ApiProperty()
  numbers!: number;
}

class MonthlyCostView {
  @ApiProperty({ example: 'USD' })
  currency!: string;

  @ApiProperty({ example: '1150.5', description: 'Decimal, as text.' })
  amount!: string;
}

export class PhoneNumberSummaryViewDto implements PhoneNumberSummaryView {
  @ApiProperty({ description: 'Numbers of the organization.' })
  mine!: number;

  @ApiProperty({ description: 'Own numbers whose inbound calls an agent answers.' })
  connected!: number;

  @ApiProperty({ description: 'Own numbers that an agent calls from.' })
  assigned!: number;

  @ApiProperty({ description: 'Numbers of the pool that no other organization has reserved.' })
  available!: number;

  @ApiProperty({ type: [NumbersOfCountryView], description: 'Own numbers, most first.' })
  byCountry!: NumbersOfCountryView[];

  @ApiProperty({ type: [NumbersOfProviderView], description: 'Own numbers, most first.' })
  byProvider!: NumbersOfProviderView[];

  @ApiProperty({ type: [MonthlyCostView], description: 'Of the own numbers, by currency.' })
  monthlyCost!: MonthlyCostView[];
}
