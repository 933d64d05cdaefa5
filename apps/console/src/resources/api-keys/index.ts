import { lazy } from 'react';

export const apiKeys = {
  options: { label: 'API Keys' },
  list: lazy(() => import('./ApiKeyList')),
  recordRepresentation: 'name',
};
