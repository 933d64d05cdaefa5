import type { UserView } from '#contracts';
import { pluralize } from '../../shared/figures';
import { roleLabels } from '../../shared/labels';

/** The role, and to how much of the organization it reaches. */
export const roleOf = ({ role, clientIds }: Pick<UserView, 'role' | 'clientIds'>) =>
  clientIds === null ? roleLabels[role] : `${roleLabels[role]} of ${pluralize(clientIds.length, 'client')}`;
