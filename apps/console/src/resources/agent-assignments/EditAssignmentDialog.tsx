import {
  Button,
  Dialog,
  DialogActions,
  DialogContent,
  DialogTitle,
  FormControlLabel,
  Stack,
  Switch,
  Typography,
} from '@mui/material';
import { useState } from 'react';
import { type AgentAssignmentView, restrictedDestinationTypes } from '#contracts';
import { useMay } from '../../shared/permissions';
import { spaced } from '../../shared/phoneFormat';
import { useVerb } from '../../shared/useVerb';
import { Timeline } from '../audit/RecordTimeline';
import { areRules, AssignmentRules, type Rules } from './AssignmentRules';

export const EditAssignmentDialog = (props: { assignment: AgentAssignmentView; onClose: () => void }) => {
  const { assignment, onClose } = props;
  const [rules, setRules] = useState<Rules>({
    dailyLimit: String(assignment.dailyLimit),
    allowedCountries: assignment.allowedCountries,
    allowedNumberTypes: restrictedDestinationTypes.filter((type) => assignment.allowedNumberTypes.includes(type)),
  });
  const [paused, setPaused] = useState(assignment.paused);
  const readsAudit = useMay('audit:read');
  const [run, busy] = useVerb();

  const save = async () => {
    const data = { ...rules, dailyLimit: Number(rules.dailyLimit), paused };
    const update = { id: assignment.id, data, previousData: assignment };
    if (await run((api) => api.update('agent-assignments', update), 'Saved: it holds for the next call')) onClose();
  };

  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="sm" aria-labelledby="edit-assignment-title">
      <DialogTitle id="edit-assignment-title">
        {spaced(assignment.phoneNumber)} of {assignment.agentName}
      </DialogTitle>
      <DialogContent>
        <Stack spacing={2.5} sx={{ pt: 1 }}>
          <AssignmentRules value={rules} onChange={setRules} />
          <FormControlLabel
            control={<Switch checked={paused} onChange={(_, checked) => setPaused(checked)} />}
            label="Paused: every call is refused"
          />
          {readsAudit && (
            <>
              <Typography variant="h6" component="h3">
                History
              </Typography>
              <Timeline recordId={assignment.id} />
            </>
          )}
        </Stack>
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button variant="contained" disabled={!areRules(rules)} loading={busy} onClick={() => void save()}>
          Save
        </Button>
      </DialogActions>
    </Dialog>
  );
};
