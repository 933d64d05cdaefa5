import { useNotify, useRedirect, useResourceContext } from 'react-admin';

/** What follows a saved form: a toast in the words of the screen, and the list. */
export function useSaved(done: string): { onSuccess: (record?: { id?: unknown }) => void } {
  const notify = useNotify();
  const redirect = useRedirect();
  const resource = useResourceContext();
  return {
    onSuccess: (record) => {
      // After a refused session react-admin calls this with nothing, and the sign-in page comes.
      if (record?.id === undefined) return;
      notify(done, { type: 'success' });
      redirect('list', resource);
    },
  };
}
