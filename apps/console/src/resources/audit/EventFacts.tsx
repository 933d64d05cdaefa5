import { Box, Typography } from '@mui/material';
import { formatInteger } from '../../shared/figures';
import { importModeLabels, importStatusLabels } from '../../shared/labels';
import { fieldLabel, valueLabel } from './auditLabels';

/** Facts of uploads and bulk operations in the order in which people ask for them; the database keeps an order of its own. */
const factLabels: Record<string, string> = {
  fileName: 'File',
  mode: 'Mode',
  status: 'Status',
  total: 'Rows',
  processed: 'Processed',
  created: 'Added',
  updated: 'Updated',
  deleted: 'Deleted',
  unassigned: 'Unassigned',
  skipped: 'Skipped',
  failed: 'Failed',
  repaired: 'Repaired',
  items: 'Numbers',
};
const order = Object.keys(factLabels);

/** Facts that have words of their own in the console. */
const valueLabels: Record<string, Record<string, string>> = { mode: importModeLabels, status: importStatusLabels };

const ITEMS = 10;

/** What an event tells besides changed fields, always in the same order. */
export const EventFacts = ({ facts }: { facts: Record<string, unknown> }) => {
  const names = Object.keys(facts)
    .filter((name) => isShown(name, facts))
    .sort((one, other) => rankOf(one) - rankOf(other) || one.localeCompare(other));
  return (
    <Box
      component="dl"
      sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 2, m: 0, color: 'text.secondary', overflowWrap: 'anywhere' }}
    >
      {names.map((name) => (
        <Typography key={name} variant="body2" component="div" sx={{ minWidth: 0 }}>
          <Box component="dt" sx={{ display: 'inline' }}>
            {factLabels[name] ?? fieldLabel(name)}:{' '}
          </Box>
          <Box component="dd" sx={{ display: 'inline', m: 0, color: 'text.primary' }}>
            {factLabel(name, facts[name])}
          </Box>
        </Typography>
      ))}
    </Box>
  );
};

function rankOf(name: string): number {
  const at = order.indexOf(name);
  return at === -1 ? order.length : at;
}

/** What was not given needs no words, and a file that was read to its end needs one count of rows. */
function isShown(name: string, facts: Record<string, unknown>): boolean {
  if (facts[name] === null) return false;
  return name !== 'processed' || facts['processed'] !== facts['total'];
}

function factLabel(name: string, value: unknown): string {
  if (typeof value === 'number') return formatInteger(value);
  if (name === 'items' && Array.isArray(value)) return itemsLabel(value as ChangedItem[]);
  return (typeof value === 'string' && valueLabels[name]?.[value]) || valueLabel(value);
}

interface ChangedItem {
  phoneNumber?: string | null;
  agentName?: string;
}

/** The numbers of a bulk operation: the first of them, and how many more there are. */
function itemsLabel(items: readonly ChangedItem[]): string {
  const shown = items.slice(0, ITEMS).map(({ phoneNumber, agentName }) => {
    const number = valueLabel(phoneNumber);
    return agentName ? `${number} (${agentName})` : number;
  });
  return shown.join(', ') + (items.length > ITEMS ? ` and ${formatInteger(items.length - ITEMS)} more` : '');
}
