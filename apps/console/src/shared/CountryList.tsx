import { Box, Tooltip, Typography } from '@mui/material';
import { countryName } from './countries';
import { CountryFlag } from './CountryFlag';

const SHOWN = 5;

interface CountryListProps {
  countries: readonly string[];
  /** True when the list is the organization's. */
  inherited?: boolean;
}

export const CountryList = ({ countries, inherited = false }: CountryListProps) => {
  if (countries.length === 0) {
    return <Typography variant="body2">No country: every call is refused</Typography>;
  }
  const rest = countries.length - SHOWN;
  return (
    <Tooltip title={countries.map(countryName).join(', ')}>
      <Box sx={{ display: 'inline-flex', flexWrap: 'wrap', columnGap: 1.25, rowGap: 0.25, alignItems: 'center' }}>
        {inherited && (
          <Typography variant="body2" color="textSecondary">
            Organization default:
          </Typography>
        )}
        {countries.slice(0, SHOWN).map((code) => (
          <Typography key={code} variant="body2" component="span" noWrap>
            <CountryFlag code={code} /> {code}
          </Typography>
        ))}
        {rest > 0 && <Typography variant="body2" color="textSecondary">{`and ${rest} more`}</Typography>}
      </Box>
    </Tooltip>
  );
};
