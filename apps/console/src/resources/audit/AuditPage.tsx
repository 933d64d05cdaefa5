import { Box, Button, Card, MenuItem, Skeleton, Stack, TextField } from '@mui/material';
import { useState } from 'react';
import { Title, useGetList } from 'react-admin';
import { useSearchParams } from 'react-router';
import { auditActions, type AuditEventView, eventSubjects } from '#contracts';
import { EmptyState } from '../../shared/EmptyState';
import { LoadProblem } from '../../shared/LoadProblem';
import { PageTitle } from '../../shared/PageTitle';
import { AuditChainState } from './AuditChainState';
import { AuditEvents } from './AuditEvents';
import { actionLabel } from './auditLabels';

const STEP = 50;
const names = ['actor', 'action', 'recordType', 'recordId', 'field', 'from', 'to'] as const;
type Name = (typeof names)[number];

/** The choices stand in the address of the screen, so that it can be shared. */
function useAuditFilter() {
  const [parameters, setParameters] = useSearchParams();
  const change = (name: Name, value: string) =>
    setParameters(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === '') next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  const filter: Record<string, string> = {};
  for (const name of names) {
    const value = parameters.get(name)?.trim() ?? '';
    if (value === '') continue;
    if (name !== 'from' && name !== 'to') filter[name] = value;
    else if (!Number.isNaN(Date.parse(value))) filter[name] = new Date(value).toISOString();
  }
  return { filter, change, value: (name: Name) => parameters.get(name) ?? '' };
}
type AuditFilterState = ReturnType<typeof useAuditFilter>;

/** A moment needs the whole width of a narrow screen. */
const WIDE = { gridColumn: { xs: '1 / -1', md: 'auto' } };

const Text = ({ state, name, label, hint }: { state: AuditFilterState; name: Name; label: string; hint?: string }) => (
  <TextField
    label={label}
    placeholder={hint}
    value={state.value(name)}
    onChange={(event) => state.change(name, event.target.value)}
    slotProps={{ htmlInput: { maxLength: 200 }, inputLabel: { shrink: true } }}
    {...((name === 'from' || name === 'to') && { type: 'datetime-local', sx: WIDE })}
  />
);

interface ChoiceProps {
  state: AuditFilterState;
  name: Name;
  label: string;
  choices: readonly string[];
}

/** An address may name what only another version of the API knows: it stays a choice. */
const Choice = ({ state, name, label, choices }: ChoiceProps) => {
  const value = state.value(name);
  const known = value === '' || choices.includes(value) ? choices : [...choices, value];
  return (
    <TextField
      select
      label={label}
      value={value}
      onChange={(event) => state.change(name, event.target.value)}
      slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
    >
      <MenuItem value="">All</MenuItem>
      {known.map((choice) => (
        <MenuItem key={choice} value={choice}>
          {actionLabel(choice)}
        </MenuItem>
      ))}
    </TextField>
  );
};

const Filters = ({ state }: { state: AuditFilterState }) => (
  <Box
    role="search"
    sx={{
      display: 'grid',
      gap: 1.5,
      gridTemplateColumns: { xs: 'repeat(2, minmax(0, 1fr))', md: 'repeat(3, minmax(0, 1fr))' },
    }}
  >
    <Text state={state} name="actor" label="Who" hint="E-mail or key" />
    <Choice state={state} name="action" label="Action" choices={auditActions} />
    <Choice state={state} name="recordType" label="Type of record" choices={eventSubjects} />
    <Text state={state} name="field" label="Changed field" hint="dailyLimit" />
    <Text state={state} name="from" label="From this time on" />
    <Text state={state} name="to" label="Until this time" />
  </Box>
);

/** Who did what in the organization, the newest first. */
const AuditPage = () => {
  const state = useAuditFilter();
  const [shown, setShown] = useState(STEP);
  const { data, total, error, isPending, refetch } = useGetList<AuditEventView>('audit-events', {
    filter: state.filter,
    pagination: { page: 1, perPage: shown },
    sort: { field: 'occurredAt', order: 'DESC' },
  });
  return (
    <Stack spacing={2} sx={{ mt: 2 }}>
      <Title title={<PageTitle name="Audit Log" />} />
      <AuditChainState />
      <Filters state={state} />
      {error && <LoadProblem error={error} onRetry={() => void refetch()} />}
      {isPending && <Skeleton variant="rectangular" height={360} sx={{ borderRadius: 2 }} />}
      {data && (
        <Card>
          {data.length === 0 && <EmptyState title="Nothing here" hint="Choose another time or other filters." />}
          <AuditEvents events={data} />
          {(total ?? 0) > data.length && shown < 1_000 && (
            <Box sx={{ p: 2, textAlign: 'center' }}>
              <Button variant="outlined" onClick={() => setShown((before) => before + STEP)}>
                Load more
              </Button>
            </Box>
          )}
        </Card>
      )}
    </Stack>
  );
};

export default AuditPage;
