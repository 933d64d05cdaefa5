import AddIcon from '@mui/icons-material/Add';
import EventBusyIcon from '@mui/icons-material/EventBusyOutlined';
import { Stack } from '@mui/material';
import type { PhoneNumberView } from '#contracts';
import { ConfirmButton } from '../../shared/ConfirmButton';
import { useVerb } from '../../shared/useVerb';
import { spaced } from '../../shared/phoneFormat';
import { actionsOfARow } from './actionsOfARow';
import { ClaimButton } from './ClaimButton';
import { ReserveButton } from './ReserveButton';

/** What can be done with a number of the pool: keep it for a while, or take it. */
export const PoolActions = ({ number }: { number: PhoneNumberView }) => {
  const [run, busy] = useVerb();
  const shown = spaced(number.phoneNumber);
  const isTaken = number.reservedUntil !== null && !number.reservedByUs;
  if (isTaken) return null;
  return (
    <Stack direction="row" sx={actionsOfARow}>
      {number.lifecycle === 'active' && <ClaimButton number={number} icon={<AddIcon />} />}
      <ReserveButton number={number} />
      {number.reservedByUs && (
        <ConfirmButton
          label="End reservation"
          description={`End the reservation of ${shown}`}
          icon={<EventBusyIcon />}
          title={`End the reservation of ${shown}?`}
          content="Others can claim the number again."
          busy={busy}
          onConfirm={() => void run((api) => api.unreserve(number.id), `${shown} is no longer reserved`)}
        />
      )}
    </Stack>
  );
};
