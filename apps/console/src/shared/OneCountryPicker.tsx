import { Autocomplete, TextField } from '@mui/material';
import { countryCodes, countryName } from './countries';
import { CountryOption } from './CountryOption';

interface OneCountryPickerProps {
  label: string;
  hint?: string;
  disabled?: boolean;
  value: string | null;
  onChange: (value: string | null) => void;
}

/** One country, or none. */
export const OneCountryPicker = ({ label, hint, disabled = false, value, onChange }: OneCountryPickerProps) => (
  <Autocomplete
    options={countryCodes}
    value={value}
    disabled={disabled}
    onChange={(_, country) => onChange(country)}
    getOptionLabel={countryName}
    renderOption={({ key, ...props }, code) => <CountryOption key={key} {...props} code={code} />}
    renderInput={(props) => <TextField {...props} label={label} helperText={hint} />}
  />
);
