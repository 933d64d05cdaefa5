import { Checkbox, FormControl, FormControlLabel, FormGroup, FormLabel, Stack } from '@mui/material';
import { restrictedDestinationTypes, type RestrictedDestinationType } from '#contracts';
import { CountriesInput } from '../../shared/CountriesInput';
import { restrictedTypeLabels } from '../../shared/labels';
import { DailyLimitInput, isDailyLimit } from './DailyLimitInput';

/** What bounds the calls of an assignment, as somebody is editing it. */
export interface Rules {
  dailyLimit: string;
  /** null inherits the list of the organization. */
  allowedCountries: string[] | null;
  allowedNumberTypes: RestrictedDestinationType[];
}

export const areRules = (rules: Rules): boolean => isDailyLimit(rules.dailyLimit);

export const AssignmentRules = ({ value, onChange }: { value: Rules; onChange: (value: Rules) => void }) => {
  const { allowedNumberTypes: types } = value;
  return (
    <Stack spacing={2.5}>
      <DailyLimitInput value={value.dailyLimit} onChange={(dailyLimit) => onChange({ ...value, dailyLimit })} />
      <CountriesInput
        value={value.allowedCountries}
        onChange={(allowedCountries) => onChange({ ...value, allowedCountries })}
      />
      <FormControl component="fieldset">
        <FormLabel component="legend" sx={{ fontSize: '0.875rem' }}>
          Also allow calls to
        </FormLabel>
        <FormGroup>
          {restrictedDestinationTypes.map((type) => (
            <FormControlLabel
              key={type}
              label={restrictedTypeLabels[type]}
              control={
                <Checkbox
                  size="small"
                  checked={types.includes(type)}
                  onChange={(_, checked) =>
                    onChange({
                      ...value,
                      allowedNumberTypes: checked ? [...types, type] : types.filter((other) => other !== type),
                    })
                  }
                />
              }
            />
          ))}
        </FormGroup>
      </FormControl>
    </Stack>
  );
};
