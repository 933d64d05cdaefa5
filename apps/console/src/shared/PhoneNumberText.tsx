import { Box } from '@mui/material';
import { CountryFlag } from './CountryFlag';
import { spaced } from './phoneFormat';

export const PhoneNumberText = ({ e164, country }: { e164: string; country: string | null }) => (
  <Box component="span" sx={{ whiteSpace: 'nowrap', display: 'inline-flex', alignItems: 'center', gap: 1 }}>
    <CountryFlag code={country} />
    <span>{spaced(e164)}</span>
  </Box>
);
