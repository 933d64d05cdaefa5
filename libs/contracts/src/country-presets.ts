/**
 * Names that people use for sets of ISO 3166-1 alpha-2 codes that share a numbering plan, so that "United Kingdom"
 * does not silently leave out Guernsey mobiles on +44 7911, nor "Finland" the landlines of Åland on +358 18.
 *
 * Those that are not common are offered once their first country is chosen.
 */
export const countryPresets = [
  {
    id: 'united_kingdom',
    label: 'United Kingdom and Crown Dependencies',
    countries: ['GB', 'GG', 'JE', 'IM'],
    isCommon: true,
  },
  { id: 'us_and_canada', label: 'United States and Canada', countries: ['US', 'CA'], isCommon: true },
  {
    id: 'us_territories',
    label: 'United States with territories',
    countries: ['US', 'PR', 'VI', 'GU', 'AS', 'MP'],
    isCommon: true,
  },
  { id: 'dach', label: 'Germany, Austria, Switzerland', countries: ['DE', 'AT', 'CH'], isCommon: true },
  { id: 'finland', label: 'Finland and Åland', countries: ['FI', 'AX'], isCommon: true },
  { id: 'italy', label: 'Italy and Vatican City', countries: ['IT', 'VA'], isCommon: true },
  { id: 'norway', label: 'Norway and Svalbard', countries: ['NO', 'SJ'], isCommon: true },
  {
    id: 'european_union',
    label: 'European Union',
    // Åland is part of it and has a code of its own.
    // prettier-ignore
    countries: [
      'AT', 'AX', 'BE', 'BG', 'HR', 'CY', 'CZ', 'DK', 'EE', 'FI', 'FR', 'DE', 'GR', 'HU', 'IE',
      'IT', 'LV', 'LT', 'LU', 'MT', 'NL', 'PL', 'PT', 'RO', 'SK', 'SI', 'ES', 'SE',
    ],
    isCommon: true,
  },
  {
    id: 'australia',
    label: 'Australia with Christmas and Cocos Islands',
    countries: ['AU', 'CX', 'CC'],
    isCommon: false,
  },
  { id: 'morocco', label: 'Morocco and Western Sahara', countries: ['MA', 'EH'], isCommon: false },
  { id: 'reunion', label: 'Réunion and Mayotte', countries: ['RE', 'YT'], isCommon: false },
  {
    id: 'guadeloupe',
    label: 'Guadeloupe, Saint Barthélemy, Saint Martin',
    countries: ['GP', 'BL', 'MF'],
    isCommon: false,
  },
  { id: 'curacao', label: 'Curaçao and Caribbean Netherlands', countries: ['CW', 'BQ'], isCommon: false },
  { id: 'saint_helena', label: 'Saint Helena and Tristan da Cunha', countries: ['SH', 'TA'], isCommon: false },
] as const satisfies readonly { id: string; label: string; countries: readonly string[]; isCommon: boolean }[];
