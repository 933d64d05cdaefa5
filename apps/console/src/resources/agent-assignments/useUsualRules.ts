import { useOrganization } from '../../shared/useOrganization';
import type { Rules } from './AssignmentRules';

/** Until the organization has answered. */
const USUAL_LIMIT = 100;

/** What an assignment starts with, as the organization has set it. */
export function useUsualRules(): Rules {
  const { data: organization } = useOrganization();
  return {
    dailyLimit: String(organization?.defaultDailyLimit ?? USUAL_LIMIT),
    allowedCountries: null,
    allowedNumberTypes: [],
  };
}
