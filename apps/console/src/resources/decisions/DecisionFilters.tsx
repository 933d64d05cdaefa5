import { Box, ListSubheader, MenuItem, TextField } from '@mui/material';
import { type ReactNode, useEffect, useState } from 'react';
import {
  type AgentView,
  authorizationStatuses,
  type PhoneNumberView,
  loggedReasonCodeList,
  reasonCodes,
} from '#contracts';
import { authorizationStatusLabels } from '../../shared/labels';
import { useMay } from '../../shared/permissions';
import { spaced } from '../../shared/phoneFormat';
import { type Period, periodLabels } from './periods';
import { RecordPicker } from '../../shared/RecordPicker';
import type { DecisionFilterState, FilterName } from './useDecisionFilter';

const TYPING_MS = 400;

const Choice = ({
  filter,
  name,
  label,
  children,
}: FilterProps & { name: FilterName; label: string; children: ReactNode }) => (
  <TextField
    select
    label={label}
    value={filter.value(name)}
    onChange={(event) => filter.change({ [name]: event.target.value })}
    slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
  >
    {children}
  </TextField>
);

/** Asks when the typing pauses. */
const Destination = ({ filter }: FilterProps) => {
  const given = filter.value('destination');
  const [text, setText] = useState(given);
  useEffect(() => setText(given), [given]);
  useEffect(() => {
    if (text === given) return;
    const timer = setTimeout(() => filter.change({ destination: text }), TYPING_MS);
    return () => clearTimeout(timer);
  });
  return (
    <TextField
      label="Destination"
      placeholder="Begins with +1…"
      value={text}
      onChange={(event) => setText(event.target.value)}
      slotProps={{ htmlInput: { inputMode: 'tel', maxLength: 64 }, inputLabel: { shrink: true } }}
    />
  );
};

const Moment = ({ filter, name, label }: FilterProps & { name: 'from' | 'to'; label: string }) => (
  <TextField
    type="datetime-local"
    label={label}
    value={filter.value(name)}
    onChange={(event) => filter.change({ [name]: event.target.value })}
    slotProps={{ inputLabel: { shrink: true } }}
    sx={{ gridColumn: { xs: '1 / -1', md: 'auto' } }}
  />
);

interface FilterProps {
  filter: DecisionFilterState;
}

export const DecisionFilters = ({ filter }: FilterProps) => {
  const seesNumbers = useMay('numbers:read');
  const period = (filter.value('period') || 'today') as Period;
  return (
    <Box
      role="search"
      sx={{
        display: 'grid',
        gap: 1.5,
        gridTemplateColumns: {
          xs: 'repeat(2, minmax(0, 1fr))',
          md: 'repeat(3, minmax(0, 1fr))',
          xl: 'repeat(6, minmax(0, 1fr))',
        },
      }}
    >
      <TextField
        select
        label="Time"
        value={period}
        onChange={({ target }) => filter.change({ period: target.value, from: null, to: null })}
      >
        {Object.entries(periodLabels).map(([id, label]) => (
          <MenuItem key={id} value={id}>
            {label}
          </MenuItem>
        ))}
      </TextField>
      <Choice filter={filter} name="verdict" label="Decision">
        <MenuItem value="">All</MenuItem>
        <MenuItem value="allowed">{reasonCodes.allowed.label}</MenuItem>
        <MenuItem value="denied">Denied</MenuItem>
        <ListSubheader>Denied because</ListSubheader>
        {loggedReasonCodeList
          .filter((code) => code !== 'allowed')
          .map((code) => (
            <MenuItem key={code} value={code}>
              {reasonCodes[code].label}
            </MenuItem>
          ))}
      </Choice>
      <RecordPicker<AgentView>
        resource="agents"
        label="Agent"
        sort="name"
        value={filter.value('agent')}
        nameOf={(agent) => agent.name}
        onChange={(agent) => filter.change({ agent })}
      />
      {seesNumbers && (
        <RecordPicker<PhoneNumberView>
          resource="phone-numbers"
          label="From number"
          sort="phoneNumber"
          value={filter.value('number')}
          nameOf={(number) => spaced(number.phoneNumber)}
          onChange={(number) => filter.change({ number })}
        />
      )}
      <Destination filter={filter} />
      <Choice filter={filter} name="status" label="Status">
        <MenuItem value="">All</MenuItem>
        {authorizationStatuses.map((status) => (
          <MenuItem key={status} value={status}>
            {authorizationStatusLabels[status]}
          </MenuItem>
        ))}
      </Choice>
      {period === 'custom' && <Moment filter={filter} name="from" label="From this time on" />}
      {period === 'custom' && <Moment filter={filter} name="to" label="Until this time" />}
    </Box>
  );
};
