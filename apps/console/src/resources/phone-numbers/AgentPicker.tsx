import { Autocomplete, TextField } from '@mui/material';
import { useState } from 'react';
import { useGetList } from 'react-admin';
import type { AgentView } from '#contracts';

interface AgentPickerProps {
  label?: string;
  hint?: string;
  value: AgentView[];
  onChange: (agents: AgentView[]) => void;
}

/** Chooses active agents. */
export const AgentPicker = ({ label = 'Agents', hint, value, onChange }: AgentPickerProps) => {
  const [search, setSearch] = useState('');
  const { data = [], isPending } = useGetList<AgentView>('agents', {
    filter: { status: 'active', ...(search.trim() && { q: search.trim() }) },
    pagination: { page: 1, perPage: 25 },
    sort: { field: 'name', order: 'ASC' },
  });
  return (
    <Autocomplete
      multiple
      options={data}
      loading={isPending}
      value={value}
      onChange={(_, chosen) => onChange(chosen)}
      inputValue={search}
      onInputChange={(_, text) => setSearch(text)}
      filterOptions={(options) => options}
      getOptionLabel={({ name }) => name}
      getOptionKey={({ id }) => id}
      isOptionEqualToValue={(one, other) => one.id === other.id}
      renderInput={(props) => <TextField {...props} label={label} helperText={hint} autoFocus />}
    />
  );
};
