import { Alert, AlertTitle, Box, Typography } from '@mui/material';
import { type BulkItemView, type BulkResultView, problemTypes } from '#contracts';
import { pluralize, formatInteger } from '../../../shared/figures';
import { spaced } from '../../../shared/phoneFormat';

const EXAMPLES = 3;
const AGENTS = 12;

/** What would happen, or has happened: how many change, who gets them, and each reason why some cannot. */
export const BulkPreview = ({ result }: { result: BulkResultView }) => {
  const refused = Map.groupBy(
    result.items.filter(({ outcome }) => outcome === 'refused'),
    ({ code }) => code,
  );
  const { done, unchanged, refused: refusals, applied } = result;
  return (
    <>
      <Typography role="status">
        {applied ? `${pluralize(done, 'number')} changed` : `${pluralize(done, 'number')} will change`}
        {unchanged > 0 && `, ${formatInteger(unchanged)} ${unchanged === 1 ? 'is' : 'are'} so already`}
        {refusals > 0 && `, ${formatInteger(refusals)} cannot`}.
      </Typography>
      <Shares items={result.items} />
      {[...refused].map(([code, items]) => (
        <Alert key={code} severity="warning" sx={{ overflowWrap: 'anywhere' }}>
          <AlertTitle>
            {pluralize(items.length, 'number')}: {code === null ? 'refused' : problemTypes[code].title.toLowerCase()}
          </AlertTitle>
          <Box component="ul" sx={{ m: 0, pl: 2.5 }}>
            {items.slice(0, EXAMPLES).map(({ id, phoneNumber, message }) => (
              <li key={id}>{message ?? (phoneNumber && spaced(phoneNumber))}</li>
            ))}
          </Box>
          {items.length > EXAMPLES && `and ${formatInteger(items.length - EXAMPLES)} more`}
        </Alert>
      ))}
    </>
  );
};

/** How many numbers each agent gets. */
const Shares = ({ items }: { items: BulkItemView[] }) => {
  const shares = new Map<string, number>();
  for (const { agentName, outcome } of items) {
    if (agentName && outcome === 'done') shares.set(agentName, (shares.get(agentName) ?? 0) + 1);
  }
  if (shares.size === 0) return null;
  const shown = [...shares].slice(0, AGENTS).map(([name, count]) => `${name}: ${formatInteger(count)}`);
  return (
    <Typography color="textSecondary">
      {shown.join(' · ')}
      {shares.size > AGENTS && ` · and ${formatInteger(shares.size - AGENTS)} more agents`}
    </Typography>
  );
};
