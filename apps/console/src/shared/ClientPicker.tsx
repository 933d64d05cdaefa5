import type { ClientView } from '#contracts';
import { useGetList } from 'react-admin';
import { RecordPicker } from './RecordPicker';

interface ClientPickerProps {
  value: string | null;
  onChange: (clientId: string | null) => void;
}

/** Chooses a client; nothing at all for organizations that have none. */
export const ClientPicker = ({ value, onChange }: ClientPickerProps) => {
  const { data = [] } = useGetList<ClientView>('clients', { pagination: { page: 1, perPage: 1 } });
  if (data.length === 0) return null;
  return (
    <RecordPicker<ClientView>
      resource="clients"
      label="Client (optional)"
      sort="name"
      value={value ?? ''}
      nameOf={({ name }) => name}
      onChange={onChange}
    />
  );
};
