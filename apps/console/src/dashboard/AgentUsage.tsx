import { Box, Stack, Typography } from '@mui/material';
import type { UsageSummaryView } from '#contracts';
import { EmptyState } from '../shared/EmptyState';
import { UsageBar } from '../shared/UsageBar';
import { AgentName } from '../shared/AgentName';

export const AgentUsage = ({ agents }: { agents: UsageSummaryView['perAgent'] }) => {
  if (agents.length === 0) {
    return <EmptyState title="No agents yet" hint="Add an agent and assign a number to it: its calls show here." />;
  }
  return (
    <Stack spacing={1.5} component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
      {agents.map((agent) => (
        <Box
          component="li"
          key={agent.agentId}
          sx={{ display: 'grid', gridTemplateColumns: { xs: '1fr', sm: '2fr 3fr' }, gap: 1, alignItems: 'center' }}
        >
          <Typography variant="body2">
            <AgentName agent={{ name: agent.agentName, kind: agent.agentKind }} />
          </Typography>
          <UsageBar used={agent.callsMadeToday} limit={agent.dailyLimit} label={`Calls of ${agent.agentName} today`} />
        </Box>
      ))}
    </Stack>
  );
};
