import { Autocomplete, Box, Chip, Stack, TextField, Typography } from '@mui/material';
import { countryPresets } from '#contracts';
import { countryCodes, countryName } from './countries';
import { CountryOption } from './CountryOption';

interface CountryPickerProps {
  label: string;
  value: string[];
  onChange: (value: string[]) => void;
}

/** A list of countries, with presets for numbering plans that span several. */
export const CountryPicker = ({ label, value, onChange }: CountryPickerProps) => (
  <Stack spacing={1}>
    <Autocomplete
      multiple
      options={countryCodes}
      value={value}
      onChange={(_, countries) => onChange(countries)}
      getOptionLabel={countryName}
      renderOption={({ key, ...props }, code) => <CountryOption key={key} {...props} code={code} />}
      renderInput={(props) => <TextField {...props} label={label} placeholder={value.length ? '' : 'Add a country'} />}
    />
    <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 0.75, alignItems: 'center' }}>
      <Typography variant="caption" color="textSecondary">
        Add:
      </Typography>
      {presetsFor(value).map((preset) => (
        <Chip
          key={preset.id}
          size="small"
          variant="outlined"
          label={preset.label}
          onClick={() => onChange([...new Set([...value, ...preset.countries])])}
        />
      ))}
    </Box>
    {value.length === 0 && (
      <Typography variant="caption" color="warning">
        An empty list allows no call at all.
      </Typography>
    )}
  </Stack>
);

/** The common ones, and those of which the first country is chosen and another one is not. */
const presetsFor = (value: readonly string[]) =>
  countryPresets.filter((preset) => {
    const countries: readonly string[] = preset.countries;
    return preset.isCommon || (value.includes(countries[0]!) && !countries.every((code) => value.includes(code)));
  });
