import PersonIcon from '@mui/icons-material/PersonOutlined';
import SmartToyIcon from '@mui/icons-material/SmartToyOutlined';
import { Box } from '@mui/material';
import type { AgentView } from '#contracts';

export const AgentName = ({ agent }: { agent: Pick<AgentView, 'name' | 'kind'> }) => (
  <Box component="span" sx={{ display: 'inline-flex', gap: 1, alignItems: 'center' }}>
    {agent.kind === 'ai' ? (
      <SmartToyIcon fontSize="small" titleAccess="AI agent" />
    ) : (
      <PersonIcon fontSize="small" titleAccess="Human agent" />
    )}
    {agent.name}
  </Box>
);
