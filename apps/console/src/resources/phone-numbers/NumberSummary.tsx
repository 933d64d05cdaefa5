import { Box, Card, Typography } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { formatInteger } from '../../shared/figures';
import { useApi } from '../../shared/useApi';

/** Figures of all numbers, above the list that shows a page of them. */
export const NumberSummary = () => {
  const dataProvider = useApi();
  const { data } = useQuery({
    queryKey: ['phone-numbers', 'summary'],
    queryFn: () => dataProvider.phoneNumberSummary(),
  });
  if (data === undefined) return null;
  const costs = data.monthlyCost.map(({ currency, amount }) =>
    Number(amount).toLocaleString('en', { style: 'currency', currency }),
  );
  const figures: [label: string, value: string][] = [
    ['My numbers', formatInteger(data.mine)],
    ['With an agent', formatInteger(data.assigned)],
    ['Answered', formatInteger(data.connected)],
    ['Available pool', formatInteger(data.available)],
    ['Monthly cost', costs.length === 0 ? '–' : costs.join(' + ')],
  ];
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 2, my: 2 }}>
      {figures.map(([label, value]) => (
        <Card key={label} variant="outlined" sx={{ px: 2, py: 1.5, flex: '1 1 130px' }}>
          <Typography variant="body2" color="text.secondary">
            {label}
          </Typography>
          <Typography variant="h6" component="p" sx={{ overflowWrap: 'anywhere' }}>
            {value}
          </Typography>
        </Card>
      ))}
    </Box>
  );
};
