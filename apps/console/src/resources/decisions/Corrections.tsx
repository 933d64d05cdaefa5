import { Box, Typography } from '@mui/material';
import type { CorrectionView } from '#contracts';
import { FieldChange } from '../../shared/FieldChange';
import { formatInteger } from '../../shared/figures';
import { formatDateTime } from '../../shared/formatDateTime';

const seconds = (duration: number | null) => (duration === null ? null : `${formatInteger(duration)} s`);
const price = (cost: string | null | undefined, currency: string | null | undefined) =>
  cost ? `${cost} ${currency ?? ''}` : null;

const Changes = ({ changes }: { changes: CorrectionView['changes'] }) => {
  const { durationSeconds, sipCode, externalCallId, cost, currency } = changes;
  return (
    <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
      {durationSeconds && (
        <FieldChange label="Duration" from={seconds(durationSeconds.from)} to={seconds(durationSeconds.to)!} />
      )}
      {cost && <FieldChange label="Cost" from={price(cost.from, currency?.from)} to={price(cost.to, currency?.to)!} />}
      {sipCode && <FieldChange label="SIP code" from={null} to={String(sipCode.to)} />}
      {externalCallId && <FieldChange label="Id at the dialer" from={null} to={externalCallId.to} />}
    </Box>
  );
};

/** What later reports changed on a completed call, the newest first: nothing when there was none. */
export const Corrections = ({ corrections }: { corrections: readonly CorrectionView[] }) => {
  if (corrections.length === 0) return null;
  return (
    <>
      <Typography id="corrections-title" variant="h6" component="h3">
        Corrections
      </Typography>
      <Box
        component="ol"
        reversed
        aria-labelledby="corrections-title"
        sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', rowGap: 1.5 }}
      >
        {corrections.toReversed().map(({ correctedAt, correctedBy, changes }, index) => (
          <li key={corrections.length - index}>
            <Typography variant="body2">{formatDateTime(correctedAt)}</Typography>
            <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
              {correctedBy.kind === 'api_key' ? `API key ${correctedBy.label}` : correctedBy.label}
            </Typography>
            <Changes changes={changes} />
          </li>
        ))}
      </Box>
    </>
  );
};
