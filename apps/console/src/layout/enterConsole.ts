/**
 * Begins anew on the first page: nothing that was loaded before belongs to the organization that was just joined. The
 * address is changed past the router, which would take who was not signed in a moment ago to the sign-in page, and sign
 * them out.
 */
export function enterConsole(): void {
  window.history.replaceState(null, '', '/#/');
  window.location.reload();
}
