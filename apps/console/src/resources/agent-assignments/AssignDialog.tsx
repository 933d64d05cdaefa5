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
import { CountriesInput } from '../../shared/CountriesInput';
import { PhoneNumberText } from '../../shared/PhoneNumberText';
import { useVerb } from '../../shared/useVerb';
import { DailyLimitInput, isDailyLimit } from './DailyLimitInput';

/** Gives an agent a number with a limit and countries. */
export const AssignDialog = ({ agent, onClose }: { agent: AgentView; onClose: () => void }) => {
  const [number, setNumber] = useState<PhoneNumberView | null>(null);
  const [search, setSearch] = useState('');
  const [dailyLimit, setDailyLimit] = useState('100');
  const [allowedCountries, setAllowedCountries] = useState<string[] | null>(null);
  const [run, busy] = useVerb();
  const { data: numbers = [], isPending } = useGetList<PhoneNumberView>('phone-numbers', {
    filter: { assignment: 'unassigned', ...(search.trim() && !number ? { q: search.trim() } : {}) },
    pagination: { page: 1, perPage: 25 },
    sort: { field: 'phoneNumber', order: 'ASC' },
  });
  const ready = number !== null && isDailyLimit(dailyLimit);

  const assign = async () => {
    if (!number) return;
    const request = { agentId: agent.id, dailyLimit: Number(dailyLimit), allowedCountries };
    if (await run((api) => api.assign(number.id, request), `${number.phoneNumber} is assigned to ${agent.name}`))
      onClose();
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
            getOptionLabel={(option) => option.phoneNumber}
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
          <DailyLimitInput value={dailyLimit} onChange={setDailyLimit} />
          <CountriesInput value={allowedCountries} onChange={setAllowedCountries} />
        </Stack>
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button variant="contained" disabled={!ready} loading={busy} onClick={() => void assign()}>
          Assign
        </Button>
      </DialogActions>
    </Dialog>
  );
};
