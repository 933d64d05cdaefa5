import { Autocomplete, Box, Chip, FormControlLabel, Stack, Switch, TextField, Typography } from '@mui/material';
import { countryPresets } from '#contracts';
import { countryCodes, countryName } from './countries';
import { CountryFlag } from './CountryFlag';

interface CountriesInputProps {
  /** null inherits the organization's list. */
  value: string[] | null;
  onChange: (value: string[] | null) => void;
}

/** Which countries an agent may call: the organization's, or a list with presets for numbering plans that span several. */
export const CountriesInput = ({ value, onChange }: CountriesInputProps) => (
  <Stack spacing={1}>
    <FormControlLabel
      control={<Switch checked={value === null} onChange={(_, inherit) => onChange(inherit ? null : [])} />}
      label="Use the organization's allowed countries"
    />
    {value !== null && (
      <>
        <Autocomplete
          multiple
          disableCloseOnSelect
          options={countryCodes}
          value={value}
          onChange={(_, countries) => onChange(countries)}
          getOptionLabel={countryName}
          renderOption={({ key, ...props }, code) => (
            <Box component="li" key={key} {...props} sx={{ gap: 1 }}>
              <CountryFlag code={code} /> {countryName(code)}
            </Box>
          )}
          renderInput={(props) => <TextField {...props} label="Allowed countries" placeholder="Add a country" />}
        />
        <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 0.75, alignItems: 'center' }}>
          <Typography variant="caption" color="text.secondary">
            Add:
          </Typography>
          {countryPresets.map((preset) => (
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
          <Typography variant="caption" color="warning.main">
            An empty list allows no call at all.
          </Typography>
        )}
      </>
    )}
  </Stack>
);
