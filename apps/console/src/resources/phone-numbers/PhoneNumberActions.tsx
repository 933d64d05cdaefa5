import DeleteIcon from '@mui/icons-material/DeleteOutlined';
import LinkOffIcon from '@mui/icons-material/LinkOff';
import PhoneDisabledIcon from '@mui/icons-material/PhoneDisabledOutlined';
import UndoIcon from '@mui/icons-material/Undo';
import { Stack } from '@mui/material';
import type { PhoneNumberView } from '#contracts';
import { ConfirmButton } from '../../shared/ConfirmButton';
import { EditLink } from '../../shared/EditLink';
import { ConnectButton } from './ConnectButton';
import { actionsOfARow } from './actionsOfARow';
import { PoolActions } from './PoolActions';
import { useMay } from '../../shared/permissions';
import { spaced } from '../../shared/phoneFormat';
import { useVerb } from '../../shared/useVerb';

/** What can be done with one number now: it is unassigned and disconnected first, then released or deleted. */
export const PhoneNumberActions = ({ number }: { number: PhoneNumberView }) => {
  const writes = useMay('numbers:write');
  const assigns = useMay('assignments:write');
  const [run, busy] = useVerb();
  const shown = spaced(number.phoneNumber);
  const isFree = number.agentId === null && number.inboundAgentId === null;
  if (!writes) return null;
  if (number.inPool) return <PoolActions number={number} />;
  return (
    <Stack direction="row" sx={actionsOfARow}>
      <EditLink id={number.id} name={shown} />
      {number.agentId && assigns && (
        <ConfirmButton
          label="Unassign"
          description={`Unassign ${shown}`}
          icon={<LinkOffIcon />}
          title={`Unassign ${shown}?`}
          content={`${number.agentName} can no longer call from this number. What was used today stays counted.`}
          busy={busy}
          onConfirm={() => void run((api) => api.unassign(number.id), `${shown} is unassigned`)}
        />
      )}
      {assigns && number.inboundAgentId === null && <ConnectButton number={number} />}
      {assigns && number.inboundAgentId !== null && (
        <ConfirmButton
          label="Disconnect"
          description={`Disconnect ${shown}`}
          icon={<PhoneDisabledIcon />}
          title={`Disconnect ${shown}?`}
          content={`${number.inboundAgentName} no longer answers calls to this number.`}
          busy={busy}
          onConfirm={() => void run((api) => api.disconnect(number.id), `${shown} is disconnected`)}
        />
      )}
      {isFree && number.fromPool && (
        <ConfirmButton
          label="Release"
          description={`Release ${shown}`}
          icon={<UndoIcon />}
          title={`Release ${shown}?`}
          content="The number goes back to the pool, where others can claim it."
          busy={busy}
          onConfirm={() => void run((api) => api.release(number.id), `${shown} is in the pool again`)}
        />
      )}
      {isFree && !number.fromPool && (
        <ConfirmButton
          label="Delete"
          description={`Delete ${shown}`}
          color="error"
          icon={<DeleteIcon />}
          title={`Delete ${shown}?`}
          content="The number leaves your organization's list. Its past usage stays in the reports."
          busy={busy}
          onConfirm={() =>
            void run(
              (api) => api.delete('phone-numbers', { id: number.id, previousData: number }),
              `${shown} is deleted`,
            )
          }
        />
      )}
    </Stack>
  );
};
