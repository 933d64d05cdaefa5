import { lazy } from 'react';
import { Navigate } from 'react-router';
import { Loading, usePermissions } from 'react-admin';
import { may, type Permissions } from '../shared/permissions';

const UsageDashboard = lazy(() => import('./UsageDashboard'));

/** Who may not see the usage starts with the own assignments. */
export const Dashboard = () => {
  const { permissions, isPending } = usePermissions<Permissions>();
  if (isPending) return <Loading />;
  return may(permissions, 'usage:read') ? <UsageDashboard /> : <Navigate to="/agent-assignments" replace />;
};
