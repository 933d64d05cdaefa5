import {
  Button,
  Dialog,
  DialogActions,
  DialogContent,
  DialogTitle,
  FormControlLabel,
  Stack,
  Switch,
} from '@mui/material';
import { useState } from 'react';
import type { AgentAssignmentView } from '#contracts';
import { CountriesInput } from '../../shared/CountriesInput';
import { spaced } from '../../shared/PhoneNumberText';
import { useVerb } from '../../shared/useVerb';
import { DailyLimitInput, isDailyLimit } from './DailyLimitInput';

export const EditAssignmentDialog = (props: { assignment: AgentAssignmentView; onClose: () => void }) => {
  const { assignment, onClose } = props;
  const [dailyLimit, setDailyLimit] = useState(String(assignment.dailyLimit));
  const [allowedCountries, setAllowedCountries] = useState(assignment.allowedCountries);
  const [paused, setPaused] = useState(assignment.paused);
  const [run, busy] = useVerb();

  const save = async () => {
    const data = { dailyLimit: Number(dailyLimit), allowedCountries, paused };
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
          <DailyLimitInput value={dailyLimit} onChange={setDailyLimit} />
          <CountriesInput value={allowedCountries} onChange={setAllowedCountries} />
          <FormControlLabel
            control={<Switch checked={paused} onChange={(_, checked) => setPaused(checked)} />}
            label="Paused: every call is refused"
          />
        </Stack>
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button variant="contained" disabled={!isDailyLimit(dailyLimit)} loading={busy} onClick={() => void save()}>
          Save
        </Button>
      </DialogActions>
    </Dialog>
  );
};
