import { readFileSync } from 'node:fs';
import libraryParse from 'libphonenumber-js/max';
import { complaintOfOldPlans } from '../../apps/api/src/modules/operations/numbering-plans-age.js';
import { addedAreaCodes, parseDestination, phoneMetadata, phoneMetadataAgeDays } from '#phone';

const DAY_MS = 86_400_000;
const published = Date.parse(phoneMetadata.publishedOn);
const daysLater = (days: number) => new Date(published + days * DAY_MS);

describe('the numbering plans', () => {
  it('are dated by the version that is installed: after an update, run npm run phone-metadata:generate', () => {
    const installed = JSON.parse(readFileSync(`node_modules/${phoneMetadata.library}/package.json`, 'utf8')) as {
      version: string;
    };
    expect(phoneMetadata.version).toBe(installed.version);
    expect(published).not.toBeNaN();
  });

  it('are some whole days old, never less than none', () => {
    expect(phoneMetadataAgeDays(daysLater(-1))).toBe(0);
    expect(phoneMetadataAgeDays(daysLater(0.5))).toBe(0);
    expect(phoneMetadataAgeDays(daysLater(180))).toBe(180);
  });

  it('are complained about after 180 days, with what to do', () => {
    expect(complaintOfOldPlans(daysLater(180))).toBeNull();
    expect(complaintOfOldPlans(daysLater(181))).toMatch(/libphonenumber-js 1\..* 181 days old.*Update/);
  });

  it.each(addedAreaCodes)('lack +1 $areaCode ($overlays): delete the entry when they have it', ({ areaCode }) => {
    expect([areaCode, libraryParse(`+1${areaCode}2345678`)?.isValid()]).toEqual([areaCode, false]);
  });

  it.each(addedAreaCodes)('have +1 $areaCode added, of $countryCode since $inServiceSince', (added) => {
    const { areaCode, countryCode, inServiceSince } = added;
    expect(parseDestination(`+1${areaCode}2345678`)).toMatchObject({ countryCode, type: 'FIXED_LINE_OR_MOBILE' });
    expect(inServiceSince).toMatch(/^20[0-9]{2}-[01][0-9]-[0-3][0-9]$/);
    expect(Date.parse(inServiceSince)).toBeLessThanOrEqual(Date.parse('2026-11-29'));
  });

  it('have no area code added twice', () => {
    const codes = addedAreaCodes.map(({ areaCode }) => areaCode);
    expect(new Set(codes).size).toBe(codes.length);
  });
});
