import DeleteIcon from '@mui/icons-material/DeleteOutlined';
import LinkOffIcon from '@mui/icons-material/LinkOff';
import { Stack } from '@mui/material';
import type { PhoneNumberView } from '#contracts';
import { ConfirmButton } from '../../shared/ConfirmButton';
import { EditLink } from '../../shared/EditLink';
import { useMay } from '../../shared/permissions';
import { spaced } from '../../shared/phoneFormat';
import { useVerb } from '../../shared/useVerb';

/** What can be done with one number now: an assigned number is unassigned first, then it can be deleted. */
export const PhoneNumberActions = ({ number }: { number: PhoneNumberView }) => {
  const writes = useMay('numbers:write');
  const assigns = useMay('assignments:write');
  const [run, busy] = useVerb();
  const shown = spaced(number.phoneNumber);
  if (number.inPool || !writes) return null;
  return (
    <Stack direction="row" spacing={0.5} sx={{ justifyContent: { md: 'flex-end' }, ml: { xs: -0.75, md: 0 } }}>
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
      {!number.agentId && (
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
