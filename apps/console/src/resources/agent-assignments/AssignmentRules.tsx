import { Autocomplete, Stack, TextField } from '@mui/material';
import { restrictedDestinationTypes, type RestrictedDestinationType } from '#contracts';
import { CountriesInput } from '../../shared/CountriesInput';
import { restrictedTypeLabels } from '../../shared/labels';
import { DailyLimitInput, isDailyLimit } from './DailyLimitInput';

/** What bounds the calls of an assignment, while it is edited. */
export interface Rules {
  dailyLimit: string;
  /** null inherits the list of the organization. */
  allowedCountries: string[] | null;
  allowedNumberTypes: RestrictedDestinationType[];
}

export const areRules = (rules: Rules): boolean => isDailyLimit(rules.dailyLimit);

export const AssignmentRules = ({ value, onChange }: { value: Rules; onChange: (value: Rules) => void }) => (
  <Stack spacing={2.5}>
    <DailyLimitInput value={value.dailyLimit} onChange={(dailyLimit) => onChange({ ...value, dailyLimit })} />
    <CountriesInput
      value={value.allowedCountries}
      onChange={(allowedCountries) => onChange({ ...value, allowedCountries })}
    />
    <Autocomplete
      multiple
      options={[...restrictedDestinationTypes]}
      getOptionLabel={(type) => restrictedTypeLabels[type]}
      value={value.allowedNumberTypes}
      onChange={(_, allowedNumberTypes) => onChange({ ...value, allowedNumberTypes })}
      renderInput={(props) => (
        <TextField {...props} label="Also allow calls to" helperText="Blocked otherwise, also in allowed countries" />
      )}
    />
  </Stack>
);
