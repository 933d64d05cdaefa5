import EditIcon from '@mui/icons-material/EditOutlined';
import LinkOffIcon from '@mui/icons-material/LinkOff';
import { Box, Button, Chip } from '@mui/material';
import { useState } from 'react';
import type { AgentAssignmentView } from '#contracts';
import { ConfirmButton } from '../../shared/ConfirmButton';
import { CountryList } from '../../shared/CountryList';
import { useMay } from '../../shared/permissions';
import { PhoneNumberText } from '../../shared/PhoneNumberText';
import { spaced } from '../../shared/phoneFormat';
import { UsageBar } from '../../shared/UsageBar';
import { useVerb } from '../../shared/useVerb';
import { EditAssignmentDialog } from './EditAssignmentDialog';

/** One number of an agent: used today against the limit, the countries, and what can be changed. */
export const AssignmentRow = ({ assignment }: { assignment: AgentAssignmentView }) => {
  const [editing, setEditing] = useState(false);
  const [run, busy] = useVerb();
  const assigns = useMay('assignments:write');
  const shown = spaced(assignment.phoneNumber);
  return (
    <Box
      sx={{
        display: 'grid',
        gridTemplateColumns: { xs: '1fr', md: 'minmax(220px, 1.2fr) minmax(150px, 1fr) minmax(160px, 1.4fr) auto' },
        gap: { xs: 1, md: 3 },
        alignItems: 'center',
        px: 2,
        py: 1.25,
      }}
    >
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1 }}>
        <PhoneNumberText e164={assignment.phoneNumber} country={assignment.countryCode} />
        {assignment.paused && <Chip size="small" color="warning" variant="outlined" label="Paused" />}
      </Box>
      <UsageBar used={assignment.callsMadeToday} limit={assignment.dailyLimit} label={`Calls from ${shown} today`} />
      <CountryList countries={assignment.effectiveCountries} inherited={assignment.allowedCountries === null} />
      {assigns && (
        <Box sx={{ display: 'flex', gap: 0.5, justifyContent: { md: 'flex-end' }, ml: { xs: -0.75, md: 0 } }}>
          <Button size="small" startIcon={<EditIcon />} aria-label={`Edit ${shown}`} onClick={() => setEditing(true)}>
            Edit
          </Button>
          <ConfirmButton
            label="Remove"
            description={`Remove ${shown}`}
            color="error"
            icon={<LinkOffIcon />}
            title={`Remove ${shown} from ${assignment.agentName}?`}
            content="The agent can no longer call from it. Assigned again today, it goes on with what was used."
            busy={busy}
            onConfirm={() =>
              void run(
                (api) => api.delete('agent-assignments', { id: assignment.id, previousData: assignment }),
                `${shown} is removed from ${assignment.agentName}`,
              )
            }
          />
        </Box>
      )}
      {editing && <EditAssignmentDialog assignment={assignment} onClose={() => setEditing(false)} />}
    </Box>
  );
};
