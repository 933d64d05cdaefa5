import { Box, Typography } from '@mui/material';
import { CountryList } from '../../../shared/CountryList';
import { formatInteger } from '../../../shared/figures';
import { restrictedTypeLabels } from '../../../shared/labels';
import { useOrganization } from '../../../shared/useOrganization';
import type { Rules } from '../../agent-assignments/AssignmentRules';
import { useUsualRules } from '../../agent-assignments/useUsualRules';

/** What will bound the calls from each number, so that a preview tells everything that is about to be done. */
export const RulesInWords = ({ chosen }: { chosen: Rules | null }) => {
  const usual = useUsualRules();
  const { data: organization } = useOrganization();
  const { dailyLimit, allowedCountries, allowedNumberTypes } = chosen ?? usual;
  const countries = allowedCountries ?? organization?.defaultAllowedCountries;
  return (
    <Box>
      <Typography variant="body2" color="textSecondary">
        Calls a day from each number: {formatInteger(Number(dailyLimit))}
      </Typography>
      {countries && <CountryList countries={countries} inherited={allowedCountries === null} />}
      {allowedNumberTypes.length > 0 && (
        <Typography variant="body2" color="textSecondary">
          Also calls to: {allowedNumberTypes.map((type) => restrictedTypeLabels[type]).join(', ')}
        </Typography>
      )}
    </Box>
  );
};
