import { SelectInput, type SelectInputProps, useListContext } from 'react-admin';

const own = [
  { id: 'connected', name: 'Answered by an agent' },
  { id: 'assigned', name: 'Not answered' },
];
const ofPool = [
  { id: 'available', name: 'Available' },
  { id: 'reserved', name: 'Reserved, also by others' },
];

/** Own numbers and those of the pool have different statuses. */
export const StatusFilter = (props: SelectInputProps) => {
  const { filterValues } = useListContext();
  const { inPool } = filterValues as { inPool?: boolean };
  return <SelectInput {...props} choices={inPool ? ofPool : own} />;
};
