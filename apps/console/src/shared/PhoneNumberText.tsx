import { Box } from '@mui/material';
import { CountryFlag } from './CountryFlag';

/** Groups an E.164 number for the eye; +1 numbers the way people write them there. */
export function spaced(e164: string): string {
  const northAmerican = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(e164);
  if (northAmerican) return `+1 ${northAmerican[1]} ${northAmerican[2]} ${northAmerican[3]}`;
  const [, head = '', rest = ''] = /^(\+\d{2})(\d+)$/.exec(e164) ?? [];
  return head ? `${head} ${rest.replace(/(\d{3})(?=\d{2})/g, '$1 ')}` : e164;
}

export const PhoneNumberText = ({ e164, country }: { e164: string; country: string | null }) => (
  <Box component="span" sx={{ whiteSpace: 'nowrap', display: 'inline-flex', alignItems: 'center', gap: 1 }}>
    <CountryFlag code={country} />
    <span>{spaced(e164)}</span>
  </Box>
);
