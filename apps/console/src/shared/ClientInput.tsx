import { AutocompleteInput, ReferenceInput } from 'react-admin';
import { useHasClients } from './useHasClients';

const OFFERED = 25;

/** The client that a record belongs to, in a form; nothing at all for organizations that have no clients. */
export const ClientInput = ({ hint }: { hint: string }) => {
  const hasClients = useHasClients();
  if (!hasClients) return null;
  return (
    <ReferenceInput source="clientId" reference="clients" perPage={OFFERED} sort={{ field: 'name', order: 'ASC' }}>
      <AutocompleteInput label="Client" optionText="name" helperText={hint} emptyText="No client" fullWidth />
    </ReferenceInput>
  );
};

/** The same as a filter of a list. */
export const clientFilter = (
  <ReferenceInput
    key="clientId"
    source="clientId"
    label="Client"
    reference="clients"
    perPage={OFFERED}
    sort={{ field: 'name', order: 'ASC' }}
  >
    <AutocompleteInput label="Client" optionText="name" />
  </ReferenceInput>
);
