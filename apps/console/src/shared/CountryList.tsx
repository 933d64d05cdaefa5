import { Box, Tooltip, Typography } from '@mui/material';
import { countryName } from './countries';
import { CountryFlag } from './CountryFlag';

const SHOWN = 6;

interface CountryListProps {
  countries: readonly string[];
  /** True when the list is the organization's. */
  inherited: boolean;
}

export const CountryList = ({ countries, inherited }: CountryListProps) => {
  if (countries.length === 0) return <Typography variant="body2">None: every call is refused</Typography>;
  return (
    <Tooltip title={countries.map(countryName).join(', ')}>
      <Box component="span" sx={{ display: 'inline-flex', flexWrap: 'wrap', gap: 0.75, alignItems: 'center' }}>
        {countries.slice(0, SHOWN).map((code) => (
          <CountryFlag key={code} code={code} />
        ))}
        {countries.length > SHOWN && <Typography variant="caption">{`+${countries.length - SHOWN}`}</Typography>}
        {inherited && (
          <Typography variant="caption" color="text.secondary">
            organization default
          </Typography>
        )}
      </Box>
    </Tooltip>
  );
};
