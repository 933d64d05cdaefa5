import PhoneCallbackIcon from '@mui/icons-material/PhoneCallbackOutlined';
import { Button, Dialog, DialogActions, DialogContent, DialogTitle } from '@mui/material';
import { useState } from 'react';
import type { AgentView, PhoneNumberView } from '#contracts';
import { spaced } from '../../shared/phoneFormat';
import { useVerb } from '../../shared/useVerb';
import { AgentPicker } from './AgentPicker';

/** Chooses the one agent that answers the number's inbound calls. */
export const ConnectButton = ({ number }: { number: PhoneNumberView }) => {
  const [open, setOpen] = useState(false);
  const [agents, setAgents] = useState<AgentView[]>([]);
  const [run, busy] = useVerb();
  const shown = spaced(number.phoneNumber);
  const [agent] = agents;
  const connect = async () => {
    if (!agent) return;
    if (await run((api) => api.connect(number.id, agent.id), `${agent.name} answers ${shown}`)) setOpen(false);
  };
  return (
    <>
      <Button
        size="small"
        color="inherit"
        startIcon={<PhoneCallbackIcon />}
        aria-label={`Connect ${shown}`}
        onClick={() => setOpen(true)}
      >
        Connect
      </Button>
      {open && (
        <Dialog open onClose={() => setOpen(false)} fullWidth maxWidth="sm" aria-labelledby="connect-title">
          <DialogTitle id="connect-title">Who answers {shown}?</DialogTitle>
          <DialogContent sx={{ '&&': { pt: 1 } }}>
            <AgentPicker value={agents} onChange={(chosen) => setAgents(chosen.slice(-1))} />
          </DialogContent>
          <DialogActions>
            <Button onClick={() => setOpen(false)}>Cancel</Button>
            <Button variant="contained" disabled={!agent} loading={busy} onClick={() => void connect()}>
              Connect
            </Button>
          </DialogActions>
        </Dialog>
      )}
    </>
  );
};
