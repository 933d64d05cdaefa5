import CloseIcon from '@mui/icons-material/Close';
import { Box, Drawer, IconButton, Skeleton, Stack, Typography } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { DecisionDetailView, DecisionView } from '#contracts';
import { AgentLink } from '../../shared/AgentLink';
import { countryName } from '../../shared/countries';
import { formatInteger } from '../../shared/figures';
import { authorizationStatusLabels, dispositionLabels, providerLabels, voidReasonLabels } from '../../shared/labels';
import { LoadProblem } from '../../shared/LoadProblem';
import { spaced } from '../../shared/phoneFormat';
import { Corrections } from './Corrections';
import { Destination, Verdict } from './DecisionRows';
import { VoidButton } from './VoidButton';
import { useApi } from '../../shared/useApi';

const format = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'long', hourCycle: 'h23' });
const at = (instant: string | null) => instant && format.format(new Date(instant));

const typeLabel = (type: string) => type.toLowerCase().replaceAll('_', ' ');

type Facts = [label: string, value: ReactNode][];

function factsOf(decision: DecisionView): Facts {
  const { agentId, agentName, from, provider, destination, used, limit } = decision;
  const { countryCode, type } = destination;
  return [
    ['Decided', at(decision.decidedAt)],
    ['Agent', agentId && agentName ? <AgentLink id={agentId} name={agentName} /> : agentId],
    ['From', from && `${spaced(from)}${provider ? `, ${providerLabels[provider]}` : ''}`],
    ['Destination', <Destination key="to" decision={decision} />],
    ['Country and type', [countryCode && countryName(countryCode), type && typeLabel(type)].filter(Boolean).join(', ')],
    ['Calls of the day', used !== null && limit !== null && `${formatInteger(used)} of ${formatInteger(limit)}`],
    ['Counts on', decision.localDate],
  ];
}

function settlementOf(decision: DecisionView): Facts {
  const { durationSeconds, cost, currency, disposition, voidReason, sipCode } = decision;
  return [
    ['Status', authorizationStatusLabels[decision.status]],
    ['To be settled until', decision.status === 'authorized' && at(decision.expiresAt)],
    ['Lease ended', decision.status === 'expired' && at(decision.expiresAt)],
    ['Settled', at(decision.settledAt)],
    ['Disposition', disposition && dispositionLabels[disposition]],
    ['Duration', durationSeconds !== null && `${formatInteger(durationSeconds)} s`],
    ['SIP code', sipCode],
    ['Voided because', voidReason && voidReasonLabels[voidReason]],
    ['Cost', cost !== null && `${cost} ${currency ?? ''}`],
    ['Id at the dialer', decision.externalCallId],
  ];
}

const FactList = ({ name, facts }: { name: string; facts: Facts }) => (
  <Box component="dl" aria-label={name} sx={{ m: 0, display: 'grid', gridTemplateColumns: '9.5rem 1fr', rowGap: 1 }}>
    {facts
      .filter(([, value]) => value !== null && value !== false && value !== '' && value !== undefined)
      .map(([label, value]) => (
        <Box key={label} sx={{ display: 'contents' }}>
          <Typography component="dt" variant="body2" color="textSecondary">
            {label}
          </Typography>
          <Typography component="dd" variant="body2" sx={{ m: 0, overflowWrap: 'anywhere' }}>
            {value}
          </Typography>
        </Box>
      ))}
  </Box>
);

const Details = ({ decision, onDone }: { decision: DecisionDetailView; onDone: () => void }) => (
  <Stack spacing={2.5}>
    <Box>
      <Verdict decision={decision} />
      <Typography variant="body2" sx={{ mt: 1 }}>
        {decision.message}
      </Typography>
    </Box>
    <FactList name="Decision" facts={factsOf(decision)} />
    {decision.decision === 'allowed' && (
      <>
        <Typography variant="h6" component="h3">
          What became of it
        </Typography>
        <FactList name="Settlement" facts={settlementOf(decision)} />
        <VoidButton decision={decision} onDone={onDone} />
        <Corrections corrections={decision.corrections} />
      </>
    )}
    <FactList
      name="Ids"
      facts={[
        ['Authorization', decision.id],
        ['Assignment', decision.assignmentId],
      ]}
    />
  </Stack>
);

interface DecisionDrawerProps {
  id: string;
  onClose: () => void;
  onChanged: () => void;
}

/** Everything about one decision. */
export const DecisionDrawer = ({ id, onClose, onChanged }: DecisionDrawerProps) => {
  const api = useApi();
  const { data, error, refetch } = useQuery({
    queryKey: ['decision', id],
    queryFn: () => api.decision(id),
    enabled: id !== '',
  });
  return (
    <Drawer
      anchor="right"
      open={id !== ''}
      onClose={onClose}
      slotProps={{
        paper: { sx: { width: { xs: '100%', sm: 440 } }, 'aria-labelledby': 'decision-title', role: 'dialog' },
      }}
    >
      <Box sx={{ p: 2.5 }}>
        <Box sx={{ display: 'flex', justifyContent: 'space-between', alignItems: 'center', mb: 1.5 }}>
          <Typography id="decision-title" variant="h6" component="h2">
            Decision
          </Typography>
          <IconButton aria-label="Close" onClick={onClose}>
            <CloseIcon />
          </IconButton>
        </Box>
        {error && <LoadProblem error={error} onRetry={() => void refetch()} />}
        {!data && !error && <Skeleton variant="rectangular" height={320} sx={{ borderRadius: 2 }} />}
        {data && <Details decision={data} onDone={onChanged} />}
      </Box>
    </Drawer>
  );
};
