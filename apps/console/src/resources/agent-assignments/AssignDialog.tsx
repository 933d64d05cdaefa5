import {
  Autocomplete,
  Box,
  Button,
  Dialog,
  DialogActions,
  DialogContent,
  DialogTitle,
  Stack,
  TextField,
} from '@mui/material';
import { useState } from 'react';
import { useGetList } from 'react-admin';
import type { AgentView, PhoneNumberView } from '#contracts';
import { PhoneNumberText } from '../../shared/PhoneNumberText';
import { spaced } from '../../shared/phoneFormat';
import { useVerb } from '../../shared/useVerb';
import { areRules, AssignmentRules, type Rules } from './AssignmentRules';
import { useUsualRules } from './useUsualRules';

/** Gives an agent a number with a limit and countries. */
export const AssignDialog = ({ agent, onClose }: { agent: AgentView; onClose: () => void }) => {
  const usual = useUsualRules();
  const [number, setNumber] = useState<PhoneNumberView | null>(null);
  const [search, setSearch] = useState('');
  const [edited, setEdited] = useState<Rules | null>(null);
  const [run, busy] = useVerb();
  const { data: numbers = [], isPending } = useGetList<PhoneNumberView>('phone-numbers', {
    filter: { assignment: 'unassigned', ...(search.trim() && !number ? { q: search.trim() } : {}) },
    pagination: { page: 1, perPage: 25 },
    sort: { field: 'phoneNumber', order: 'ASC' },
  });
  const rules = edited ?? usual;

  const assign = async () => {
    if (!number) return;
    const request = { ...rules, agentId: agent.id, dailyLimit: Number(rules.dailyLimit) };
    const done = `${spaced(number.phoneNumber)} is assigned to ${agent.name}`;
    if (await run((api) => api.assign(number.id, request), done)) onClose();
  };

  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="sm" aria-labelledby="assign-title">
      <DialogTitle id="assign-title">Assign a number to {agent.name}</DialogTitle>
      <DialogContent>
        <Stack spacing={2.5} sx={{ pt: 1 }}>
          <Autocomplete
            options={numbers}
            loading={isPending}
            value={number}
            onChange={(_, chosen) => setNumber(chosen)}
            inputValue={search}
            onInputChange={(_, text) => setSearch(text)}
            filterOptions={(options) => options}
            getOptionLabel={(option) => spaced(option.phoneNumber)}
            isOptionEqualToValue={(a, b) => a.id === b.id}
            noOptionsText="No unassigned number fits. Upload some, or unassign one."
            renderOption={({ key, ...props }, option) => (
              <Box component="li" key={key} {...props} sx={{ gap: 1.5 }}>
                <PhoneNumberText e164={option.phoneNumber} country={option.countryCode} />
                <Box component="span" sx={{ color: 'text.secondary' }}>
                  {option.label}
                </Box>
              </Box>
            )}
            renderInput={(props) => <TextField {...props} label="Phone number" autoFocus />}
          />
          <AssignmentRules value={rules} onChange={setEdited} />
        </Stack>
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          variant="contained"
          disabled={number === null || !areRules(rules)}
          loading={busy}
          onClick={() => void assign()}
        >
          Assign
        </Button>
      </DialogActions>
    </Dialog>
  );
};
