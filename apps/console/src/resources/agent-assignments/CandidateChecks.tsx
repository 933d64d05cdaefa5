import CancelIcon from '@mui/icons-material/Cancel';
import CheckCircleIcon from '@mui/icons-material/CheckCircle';
import ExpandMoreIcon from '@mui/icons-material/ExpandMore';
import RemoveCircleIcon from '@mui/icons-material/RemoveCircleOutlined';
import { Accordion, AccordionDetails, AccordionSummary, Box, Stack, Typography } from '@mui/material';
import {
  type AgentAssignmentView,
  type CallCandidateView,
  type CallCheckResult,
  checks as checkCatalogue,
  reasonText,
} from '#contracts';
import { spaced } from '../../shared/phoneFormat';
import { StateChip } from '../../shared/StateChip';
import { RuleLink } from './RuleLink';

const Mark = ({ result }: { result: CallCheckResult }) => {
  if (result === 'passed') return <CheckCircleIcon fontSize="small" color="success" titleAccess="Passed" />;
  if (result === 'failed') return <CancelIcon fontSize="small" color="error" titleAccess="Failed" />;
  return <RemoveCircleIcon fontSize="small" color="disabled" titleAccess="Not checked" />;
};

interface CandidateChecksProps {
  candidate: CallCandidateView;
  /** Missing when the assignment was made after the page was loaded. */
  assignment: AgentAssignmentView | undefined;
  /** Whether the checks show at first. */
  open: boolean;
  onChanged: () => void;
}

/** One number that the call could go out from, and every check with its rule. */
export const CandidateChecks = ({ candidate, assignment, open, onChanged }: CandidateChecksProps) => {
  const { assignmentId, from, reasonCode, checks, usageDay } = candidate;
  const id = `checks-${assignmentId}`;
  return (
    <Accordion
      defaultExpanded={open}
      disableGutters
      variant="outlined"
      sx={{ '&&': { borderRadius: 1 }, '&::before': { display: 'none' } }}
    >
      <AccordionSummary expandIcon={<ExpandMoreIcon />} id={id} aria-controls={`${id}-list`}>
        <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1, alignItems: 'center' }}>
          <Typography sx={{ fontWeight: 600 }}>{spaced(from.phoneNumber)}</Typography>
          <StateChip label={reasonText(reasonCode).label} color={reasonCode === 'allowed' ? 'success' : 'error'} />
        </Box>
      </AccordionSummary>
      <AccordionDetails sx={{ pt: 0 }}>
        <Stack component="ul" spacing={1.25} sx={{ listStyle: 'none', m: 0, p: 0 }}>
          {checks.map(({ check, result, rule }) => (
            <Box component="li" key={check} sx={{ display: 'flex', gap: 1.25, alignItems: 'flex-start' }}>
              <Mark result={result} />
              <Box sx={{ flexGrow: 1, minWidth: 0 }}>
                <Typography variant="body2" color={result === 'skipped' ? 'textSecondary' : undefined}>
                  {checkCatalogue[check]?.label ?? check}
                </Typography>
                <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
                  {result === 'skipped' && rule.source !== 'numbering_plan' ? 'Not checked.' : rule.description}
                </Typography>
              </Box>
              <RuleLink rule={rule} candidate={candidate} assignment={assignment} onChanged={onChanged} />
            </Box>
          ))}
          <Box component="li" sx={{ display: 'flex', gap: 1.25, pl: 3.75 }}>
            <Typography variant="body2" color="textSecondary" sx={{ flexGrow: 1 }}>
              {usageDay.rule.description}
            </Typography>
            <RuleLink rule={usageDay.rule} candidate={candidate} assignment={assignment} onChanged={onChanged} />
          </Box>
        </Stack>
      </AccordionDetails>
    </Accordion>
  );
};
