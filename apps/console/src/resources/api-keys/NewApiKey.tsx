import CopyIcon from '@mui/icons-material/ContentCopy';
import { Alert, Box, Button, Stack, TextField, Typography } from '@mui/material';
import { useGetList } from 'react-admin';
import type { AgentView } from '#contracts';
import { useCopy } from '../../shared/useCopy';

const DESTINATION = '+14165550123';

/** The one time that a key is seen, with a line that tries it out. */
export const NewApiKey = ({ apiKey }: { apiKey: string }) => {
  const copy = useCopy();
  const { data: agents } = useGetList<AgentView>('agents', {
    filter: { status: 'active' },
    pagination: { page: 1, perPage: 100 },
    sort: { field: 'name', order: 'ASC' },
  });
  const agent = agents?.find(({ numbersAssigned }) => numbersAssigned > 0) ?? agents?.[0];
  const body = JSON.stringify({ agentId: agent?.id ?? 'AGENT_ID', destination: DESTINATION });
  const line = `curl -s ${window.location.origin}/api/v1/call-gate/authorize -H 'Authorization: Bearer ${apiKey}' -H 'Content-Type: application/json' -d '${body}'`;

  return (
    <Stack spacing={2} sx={{ pt: 1 }}>
      <Alert severity="warning">This is the only time that the key is shown.</Alert>
      <TextField
        label="API key"
        value={apiKey}
        slotProps={{ input: { readOnly: true, sx: { fontFamily: 'ui-monospace, monospace' } } }}
        onFocus={(event) => event.target.select()}
      />
      <Box>
        <Button variant="contained" startIcon={<CopyIcon />} onClick={() => void copy(apiKey, 'The key')}>
          Copy
        </Button>
      </Box>
      <Typography variant="body2" color="textSecondary">
        Ask the call gate{agent ? ` for ${agent.name}` : ''} with it:
      </Typography>
      <Typography
        variant="body2"
        component="pre"
        sx={{
          m: 0,
          p: 1.5,
          borderRadius: 1,
          bgcolor: 'background.default',
          whiteSpace: 'pre-wrap',
          wordBreak: 'break-all',
        }}
      >
        {line}
      </Typography>
      <Box>
        <Button size="small" startIcon={<CopyIcon />} onClick={() => void copy(line, 'The line')}>
          Copy the curl line
        </Button>
      </Box>
    </Stack>
  );
};
