import { isNewer, released } from '../../scripts/release/changelog.js';

const head = '# Changelog\n\n';
const older = '## [0.1.0] - 2026-11-01\n\n- The gate.\n';

describe('a release', () => {
  it('moves the unreleased changes under the version and leaves room for the next', () => {
    const text = `${head}## [Unreleased]\n\n### Added\n\n- Invitations.\n\n${older}`;
    expect(released(text, '0.2.0', '2026-11-29')).toBe(
      `${head}## [Unreleased]\n\n## [0.2.0] - 2026-11-29\n\n### Added\n\n- Invitations.\n\n${older}`,
    );
  });

  it('is the first one as well', () => {
    expect(released(`${head}## [Unreleased]\n\n- The gate.\n`, '0.1.0', '2026-11-01')).toBe(
      `${head}## [Unreleased]\n\n## [0.1.0] - 2026-11-01\n\n- The gate.\n`,
    );
  });

  it.each([
    ['nothing is unreleased', `${head}## [Unreleased]\n\n${older}`],
    ['the heading is missing', `${head}${older}`],
  ])('is refused when %s', (_why, text) => {
    expect(released(text, '0.2.0', '2026-11-29')).toBeNull();
  });

  it.each([
    ['0.2.0', '0.1.9', true],
    ['0.10.0', '0.9.0', true],
    ['1.0.0', '0.9.9', true],
    ['0.1.0', '0.1.0', false],
    ['0.1.0', '0.2.0', false],
  ])('%s after %s: %s', (version, than, newer) => {
    expect(isNewer(version, than)).toBe(newer);
  });
});
