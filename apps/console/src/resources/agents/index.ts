import { lazy } from 'react';

export const agents = {
  list: lazy(() => import('./AgentList')),
  create: lazy(() => import('./AgentCreate')),
  edit: lazy(() => import('./AgentEdit')),
  recordRepresentation: 'name',
};
