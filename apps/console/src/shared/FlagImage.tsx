import * as flags from 'country-flag-icons/react/3x2';

/** The flags are a chunk of their own: only `CountryFlag` loads it. */
export default function FlagImage({ code }: { code: string }) {
  const Flag = flags[code as keyof typeof flags];
  if (!Flag) return null;
  return <Flag aria-hidden style={{ width: '1.35em', borderRadius: 2, display: 'block' }} />;
}
