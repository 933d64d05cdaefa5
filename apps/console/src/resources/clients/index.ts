import { lazy } from 'react';

export const clients = {
  list: lazy(() => import('./ClientList')),
  create: lazy(() => import('./ClientCreate')),
  edit: lazy(() => import('./ClientEdit')),
  recordRepresentation: 'name',
};
