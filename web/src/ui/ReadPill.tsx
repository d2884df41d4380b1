/** Two checks in a filled pill: somebody has read it. `--tick-on` is the ground it stands on. */
export function ReadPill() {
  return (
    <svg className="il il--read" viewBox="0 0 22 14" aria-hidden="true" focusable="false">
      <rect width="22" height="14" rx="7" fill="currentColor" />
      <path
        d="M5.4 7.2l2.5 2.5 4.7-5.2M11.3 9.6l.2.1 5-5.2"
        fill="none"
        stroke="var(--tick-on, #5d56df)"
        strokeWidth="1.7"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  )
}
