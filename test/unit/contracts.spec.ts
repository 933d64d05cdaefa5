import {
  apiKeyScopes,
  countryPresets,
  destinationTypes,
  permissionList,
  permissionsOfRole,
  problemTypes,
  reasonCodeList,
  reasonText,
  restrictedDestinationTypes,
  roles,
} from '#contracts';

describe('contracts', () => {
  it('gives each role only permissions that exist, and no role the platform', () => {
    for (const role of roles) {
      expect(permissionList).toEqual(expect.arrayContaining([...permissionsOfRole[role]]));
      expect(permissionsOfRole[role]).not.toContain('platform:manage');
    }
  });

  it('lets managers read and change nothing', () => {
    expect(permissionsOfRole.manager.every((permission) => permission.endsWith(':read'))).toBe(true);
  });

  it('lets no API key manage keys, users or the organization', () => {
    for (const permission of ['keys:manage', 'users:manage', 'organization:write', 'platform:manage']) {
      expect(apiKeyScopes).not.toContain(permission);
    }
  });

  it('counts Guernsey, Jersey and the Isle of Man to the preset United Kingdom', () => {
    const preset = countryPresets.find(({ id }) => id === 'united_kingdom');
    expect(preset?.countries).toEqual(['GB', 'GG', 'JE', 'IM']);
  });

  it('spells every country of a preset in ISO 3166-1 alpha-2, once', () => {
    for (const { countries } of countryPresets) {
      expect(countries.every((country) => /^[A-Z]{2}$/.test(country))).toBe(true);
      expect(new Set(countries).size).toBe(countries.length);
    }
  });

  it('restricts only destination types that exist', () => {
    expect(destinationTypes).toEqual(expect.arrayContaining([...restrictedDestinationTypes]));
  });

  it('shows a reason that no list has by its code', () => {
    expect(reasonText('daily_limit_reached').label).toBe('Daily limit reached');
    for (const code of ['destination_unroutable', 'invented', 'toString']) {
      expect(reasonText(code)).toEqual({
        label: code,
        message: `The call must not be placed, for the reason ${code}.`,
      });
    }
  });

  it('answers every problem with a 4xx or 5xx status', () => {
    for (const { status } of Object.values(problemTypes)) expect(status >= 400 && status < 600).toBe(true);
  });

  it('checks the daily limit last, so that a refused call is never counted', () => {
    expect(reasonCodeList.at(-1)).toBe('daily_limit_reached');
  });
});
