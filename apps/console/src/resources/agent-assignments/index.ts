import { lazy } from 'react';

export const agentAssignments = {
  options: { label: 'Agent Assignments' },
  list: lazy(() => import('./AgentAssignmentList')),
};
