/* Drawings and icons of the pages, as symbols that a page uses by name. Their colours come from the stylesheet. */

const symbols = {
  'av-mark':
    '<symbol id="av-mark" viewBox="0 0 48 48"><path class="mark-back" d="M6 25.5A12.5 12.5 0 0 1 31 25.5 12.5 12.5 0 0 1 18.5 38H9a3 3 0 0 1-3-3z"/><path class="mark-front" d="M17 22.5A12.5 12.5 0 0 1 29.5 10H39a3 3 0 0 1 3 3v9.5a12.5 12.5 0 0 1-25 0z"/><path class="mark-shared" d="M21.07 13.27a12.5 12.5 0 0 1 5.86 21.46 12.5 12.5 0 0 1-5.86-21.46z"/></symbol>',
  'i-chevron': icon('i-chevron', '<path d="m6 9 6 6 6-6"/>'),
  'i-check': icon('i-check', '<path d="M20 6 9 17l-5-5"/>'),
  'i-again': icon('i-again', '<path d="M21 12a9 9 0 1 1-9-9c2.52 0 4.93 1 6.74 2.74L21 8"/><path d="M21 3v5h-5"/>'),
  'il-lost':
    '<symbol id="il-lost" viewBox="0 0 200 140"><ellipse cx="100" cy="124" rx="70" ry="8" fill="var(--il-3)"/><path d="M34 58a40 40 0 0 1 80 0v0a40 40 0 0 1-40 40H44a10 10 0 0 1-10-10z" fill="var(--il-2)"/><path d="M168 66a30 30 0 0 0-60 0v0a30 30 0 0 0 30 30h22a8 8 0 0 0 8-8z" fill="var(--il-1)" transform="rotate(14 138 80)"/><path d="M66 48c0-8 16-8 16 1 0 7-8 7-8 13m0 9v1" stroke="var(--il-0)" stroke-width="6" fill="none" stroke-linecap="round"/><circle cx="129" cy="66" r="3.5" fill="var(--il-0)"/><circle cx="147" cy="70" r="3.5" fill="var(--il-0)"/><path d="M130 82q6-6 13 2" stroke="var(--il-0)" stroke-width="3.5" fill="none" stroke-linecap="round"/></symbol>',
  'il-error':
    '<symbol id="il-error" viewBox="0 0 200 140"><ellipse cx="100" cy="126" rx="62" ry="7" fill="var(--il-3)"/><g transform="rotate(-5 80 110)"><path d="M92 18a44 44 0 0 0-42 44v34a12 12 0 0 0 12 12h40l-9-21 15-13-21-15 14-20z" fill="var(--il-2)"/></g><g transform="translate(10 0) rotate(7 110 110)"><path d="M98 18a45 45 0 0 1 6 90h-2l-7-21 15-13-21-15 14-20z" fill="var(--il-1)"/></g><path d="M147 26l8-9M154 40l12-3" stroke="var(--coin)" stroke-width="4.5" stroke-linecap="round"/></symbol>',
  'il-paused':
    '<symbol id="il-paused" viewBox="0 0 200 140"><ellipse cx="100" cy="124" rx="60" ry="6.5" fill="var(--il-3)"/><path d="M44 68a34 34 0 0 1 68 0 34 34 0 0 1-34 34H53a9 9 0 0 1-9-9z" fill="var(--il-2)"/><path d="M90 62a34 34 0 0 1 34-34h25a9 9 0 0 1 9 9v25a34 34 0 0 1-68 0z" fill="var(--il-1)"/><g fill="var(--il-0)"><rect x="113" y="48" width="8" height="28" rx="4"/><rect x="127" y="48" width="8" height="28" rx="4"/></g></symbol>',
  'il-slow':
    '<symbol id="il-slow" viewBox="0 0 200 140"><ellipse cx="100" cy="126" rx="60" ry="6.5" fill="var(--il-3)"/><path d="M44 68a34 34 0 0 1 68 0 34 34 0 0 1-34 34H53a9 9 0 0 1-9-9z" fill="var(--il-2)"/><path d="M90 62a34 34 0 0 1 34-34h25a9 9 0 0 1 9 9v25a34 34 0 0 1-68 0z" fill="var(--il-1)"/><path d="M124 45v18l12 8" fill="none" stroke="var(--il-0)" stroke-width="7" stroke-linecap="round" stroke-linejoin="round"/></symbol>',
} as const

export type Drawing = keyof typeof symbols

/** The drawings that a page uses, for its beginning. */
export function sprite(...names: readonly Drawing[]): string {
  const used = names.map((name) => symbols[name]).join('')
  return `<svg class="sprite" width="0" height="0" aria-hidden="true" focusable="false">${used}</svg>`
}

function icon(id: string, lines: string): string {
  return `<symbol id="${id}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.1" stroke-linecap="round" stroke-linejoin="round">${lines}</symbol>`
}
