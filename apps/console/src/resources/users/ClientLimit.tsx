import { FormControlLabel, Switch } from '@mui/material';
import { AutocompleteArrayInput, FormDataConsumer, ReferenceArrayInput, required, useInput } from 'react-admin';
import type { UserView } from '#contracts';
import { useHasClients } from '../../shared/useHasClients';

const OFFERED = 25;
const atLeastOne = required('Choose at least one client, or switch the limit off');
const asItIs = (value: unknown): unknown => value;

const Limit = () => {
  const { field } = useInput({ source: 'clientIds', defaultValue: null, format: asItIs, parse: asItIs });
  const limit = field.value as string[] | null;
  const hasClients = useHasClients();
  if (!hasClients && limit === null) return null;
  return (
    <>
      <FormControlLabel
        control={<Switch checked={limit !== null} onChange={(_, limited) => field.onChange(limited ? [] : null)} />}
        label="Limit to clients"
      />
      {limit !== null && (
        <ReferenceArrayInput
          source="clientIds"
          reference="clients"
          perPage={OFFERED}
          sort={{ field: 'name', order: 'ASC' }}
        >
          <AutocompleteArrayInput
            label="Clients"
            optionText="name"
            validate={atLeastOne}
            helperText="Sees and changes only the numbers and agents of these clients"
            fullWidth
          />
        </ReferenceArrayInput>
      )}
    </>
  );
};

/** Everything in the organization, or only what belongs to some of its clients. An owner is never limited. */
export const ClientLimit = () => (
  <FormDataConsumer<Partial<UserView>>>{({ formData }) => formData.role !== 'owner' && <Limit />}</FormDataConsumer>
);
