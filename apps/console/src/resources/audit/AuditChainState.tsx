import VerifiedIcon from '@mui/icons-material/VerifiedOutlined';
import { Alert, Button } from '@mui/material';
import { useState } from 'react';
import { useNotify } from 'react-admin';
import type { AuditChainView } from '#contracts';
import { useApi } from '../../shared/useApi';

/** Checks on request that the log was not changed. */
export const AuditChainState = () => {
  const api = useApi();
  const notify = useNotify();
  const [state, setState] = useState<AuditChainView | null>(null);
  const [busy, setBusy] = useState(false);
  const check = async () => {
    setBusy(true);
    try {
      setState(await api.verifyAudit());
    } catch (error) {
      notify(error instanceof Error ? error.message : 'The log could not be checked. Try again.', { type: 'error' });
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button
        size="small"
        startIcon={<VerifiedIcon />}
        loading={busy}
        onClick={() => void check()}
        sx={{ alignSelf: 'end' }}
      >
        Check the log
      </Button>
      {state && (
        <Alert
          severity={state.intact ? 'success' : 'error'}
          onClose={() => setState(null)}
          sx={{ overflowWrap: 'anywhere' }}
        >
          {state.broken
            ? `The log was tampered with. ${state.broken.detail}`
            : `Events ${state.checkedFrom} to ${state.sequence} are as they were written. Head: ${state.sequence}:${state.hash}`}
        </Alert>
      )}
    </>
  );
};
