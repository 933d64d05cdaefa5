import { Link } from '@mui/material';
import { Link as RouterLink } from 'react-router';

/** The name of an agent that leads to its numbers. */
export const AgentLink = ({ id, name }: { id: string; name: string }) => (
  <Link component={RouterLink} to={`/agent-assignments?agent=${id}`} underline="hover">
    {name}
  </Link>
);
