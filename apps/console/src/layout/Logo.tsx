/** A fence in the form of a ring around a call. */
export const Logo = ({ size = 28 }: { size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
    <circle cx="16" cy="16" r="12" fill="none" stroke="currentColor" strokeWidth="4" strokeDasharray="9.5 3" />
    <circle cx="16" cy="16" r="4" fill="#d97706" />
  </svg>
);
