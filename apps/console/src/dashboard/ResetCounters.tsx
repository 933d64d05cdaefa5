import RestartIcon from '@mui/icons-material/RestartAlt';
import { ConfirmButton } from '../shared/ConfirmButton';
import { useMay } from '../shared/permissions';
import { useVerb } from '../shared/useVerb';

/** Sets today's counters back by hand, for those who may. */
export const ResetCounters = () => {
  const [run, busy] = useVerb();
  if (!useMay('usage:reset')) return null;
  return (
    <ConfirmButton
      label="Reset counters"
      icon={<RestartIcon />}
      title="Reset today's counters?"
      content="Every agent may call up to its full daily limits again today. What was used stays in the reports, and the audit log keeps who did it."
      busy={busy}
      onConfirm={() => void run((api) => api.resetUsage(), "Today's counters are back to 0")}
    />
  );
};
