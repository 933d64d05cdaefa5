import { FormControlLabel, Stack, Switch, Typography } from '@mui/material';
import { CountryList } from './CountryList';
import { CountryPicker } from './CountryPicker';
import { useOrganization } from './useOrganization';

interface CountriesInputProps {
  /** null inherits the organization's list. */
  value: string[] | null;
  onChange: (value: string[] | null) => void;
}

/** Which countries an agent may call: the organization's, or its own list. */
export const CountriesInput = ({ value, onChange }: CountriesInputProps) => {
  const { data: organization } = useOrganization();
  return (
    <Stack spacing={1}>
      <FormControlLabel
        control={<Switch checked={value === null} onChange={(_, inherit) => onChange(inherit ? null : [])} />}
        label="Use the organization's allowed countries"
      />
      {value !== null && <CountryPicker label="Allowed countries" value={value} onChange={onChange} />}
      {value === null && organization && (
        <Typography variant="body2" component="div" color="textSecondary" sx={{ pl: 6 }}>
          <CountryList countries={organization.defaultAllowedCountries} />
        </Typography>
      )}
    </Stack>
  );
};
