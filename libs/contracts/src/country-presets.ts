/**
 * Names that people use for sets of ISO 3166-1 alpha-2 codes that share a numbering plan, so that "United Kingdom"
 * does not silently leave out Guernsey mobiles on +44 7911.
 */
export const countryPresets = [
  { id: 'united_kingdom', label: 'United Kingdom and Crown Dependencies', countries: ['GB', 'GG', 'JE', 'IM'] },
  { id: 'us_and_canada', label: 'United States and Canada', countries: ['US', 'CA'] },
  { id: 'us_territories', label: 'United States with territories', countries: ['US', 'PR', 'VI', 'GU', 'AS', 'MP'] },
  { id: 'dach', label: 'Germany, Austria, Switzerland', countries: ['DE', 'AT', 'CH'] },
  {
    id: 'european_union',
    label: 'European Union',
    // prettier-ignore
    countries: [
      'AT', 'BE', 'BG', 'HR', 'CY', 'CZ', 'DK', 'EE', 'FI', 'FR', 'DE', 'GR', 'HU', 'IE',
      'IT', 'LV', 'LT', 'LU', 'MT', 'NL', 'PL', 'PT', 'RO', 'SK', 'SI', 'ES', 'SE',
    ],
  },
] as const satisfies readonly { id: string; label: string; countries: readonly string[] }[];
