import { Autocomplete, TextField } from '@mui/material';
import { useState } from 'react';
import { type RaRecord, useGetList, useGetOne } from 'react-admin';

interface RecordPickerProps<T extends RaRecord> {
  resource: string;
  label: string;
  value: string;
  sort: string;
  nameOf: (record: T) => string;
  onChange: (id: string | null) => void;
}

const OFFERED = 25;

/** Chooses one record by a part of its name. */
export const RecordPicker = <T extends RaRecord>(props: RecordPickerProps<T>) => {
  const { resource, label, value, sort, nameOf, onChange } = props;
  const [text, setText] = useState('');
  const { data: chosen } = useGetOne<T>(resource, { id: value }, { enabled: value !== '' });
  const current = value !== '' && chosen?.id === value ? chosen : null;
  const { data = [], isFetching } = useGetList<T>(resource, {
    filter: text === '' || (current && text === nameOf(current)) ? {} : { q: text },
    pagination: { page: 1, perPage: OFFERED },
    sort: { field: sort, order: 'ASC' },
  });
  return (
    <Autocomplete<T>
      options={data}
      value={current}
      loading={isFetching}
      filterOptions={(options) => options}
      getOptionLabel={nameOf}
      getOptionKey={(record) => record.id}
      isOptionEqualToValue={(a, b) => a.id === b.id}
      onInputChange={(_, typed) => setText(typed)}
      onChange={(_, record) => onChange(record === null ? null : String(record.id))}
      renderInput={(input) => <TextField {...input} label={label} />}
    />
  );
};
