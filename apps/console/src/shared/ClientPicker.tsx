import type { ClientView } from '#contracts';
import { RecordPicker } from './RecordPicker';
import { useHasClients } from './useHasClients';

interface ClientPickerProps {
  value: string | null;
  onChange: (clientId: string | null) => void;
}

/** Chooses a client; nothing at all for organizations that have none. */
export const ClientPicker = ({ value, onChange }: ClientPickerProps) => {
  const hasClients = useHasClients();
  if (!hasClients) return null;
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
