import {
  Alert,
  Box,
  Button,
  Dialog,
  DialogActions,
  DialogContent,
  DialogTitle,
  MenuItem,
  Stack,
  TextField,
  Typography,
} from '@mui/material';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { AgentAssignmentView, AgentView, CallSimulationView } from '#contracts';
import { countryName } from '../../shared/countries';
import { spaced } from '../../shared/phoneFormat';
import { CandidateChecks } from './CandidateChecks';
import { useApi } from '../../shared/useApi';

const ANY = 'any';

const Verdict = ({ result }: { result: CallSimulationView }) => {
  const { countryCode, phoneNumber } = result.destination;
  const country = countryCode === null ? '' : ` (${countryName(countryCode)})`;
  return (
    <Alert severity={result.allowed ? 'success' : 'error'} role="status">
      <Typography variant="body2" sx={{ fontWeight: 650 }}>
        {result.allowed ? 'Allowed' : 'Denied'}: {spaced(phoneNumber)}
        {country}
      </Typography>
      {result.allowed && result.from ? `The call goes out from ${spaced(result.from.phoneNumber)}.` : result.message}
    </Alert>
  );
};

interface TestCallDialogProps {
  agent: AgentView;
  assignments: AgentAssignmentView[];
  onClose: () => void;
}

/** Asks the gate what it would say to a call, and shows why. Nothing is counted. */
export const TestCallDialog = ({ agent, assignments, onClose }: TestCallDialogProps) => {
  const api = useApi();
  const [from, setFrom] = useState(ANY);
  const [destination, setDestination] = useState('');
  const test = useMutation({
    mutationFn: () =>
      api.simulateCall({
        agentId: agent.id,
        ...(from !== ANY && { assignmentId: from }),
        destination: destination.trim(),
      }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (destination.trim() !== '') test.mutate();
  };
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="sm" aria-labelledby="test-call-title">
      <DialogTitle id="test-call-title">Test a call of {agent.name}</DialogTitle>
      <DialogContent>
        <Stack spacing={2.5} sx={{ pt: 1 }}>
          <Stack component="form" spacing={2.5} onSubmit={submit}>
            <TextField select label="From" value={from} onChange={(event) => setFrom(event.target.value)}>
              <MenuItem value={ANY}>Any of its numbers</MenuItem>
              {assignments.map(({ id, phoneNumber }) => (
                <MenuItem key={id} value={id}>
                  {spaced(phoneNumber)}
                </MenuItem>
              ))}
            </TextField>
            <Box sx={{ display: 'flex', gap: 1.5, alignItems: 'flex-start' }}>
              <TextField
                label="Destination"
                placeholder="+14165550123"
                value={destination}
                onChange={(event) => setDestination(event.target.value)}
                helperText="With country code. Nothing is dialed or counted."
                slotProps={{ htmlInput: { inputMode: 'tel', maxLength: 64 } }}
                sx={{ flexGrow: 1 }}
                autoFocus
              />
              <Button
                type="submit"
                variant="contained"
                loading={test.isPending}
                disabled={destination.trim() === ''}
                sx={{ height: 40 }}
              >
                Test
              </Button>
            </Box>
          </Stack>
          {test.error && (
            <Alert severity="error">{test.error.message || 'The call could not be tested. Try again.'}</Alert>
          )}
          {test.data && <Verdict result={test.data} />}
          {test.data?.candidates.map((candidate, index) => (
            <CandidateChecks
              key={candidate.assignmentId}
              candidate={candidate}
              open={index === 0}
              assignment={assignments.find(({ id }) => id === candidate.assignmentId)}
              onChanged={() => test.mutate()}
            />
          ))}
        </Stack>
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>Close</Button>
      </DialogActions>
    </Dialog>
  );
};
