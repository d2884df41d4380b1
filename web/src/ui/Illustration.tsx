import { type ReactNode, useId } from 'react'

export type Scene = 'chats' | 'requests' | 'search' | 'error' | 'offline' | 'lost'

/**
 * A scene of 200 by 140. Drawn in the page and not fetched: it takes its colours from where it stands, and it is there
 * when nothing can be fetched.
 */
export function Illustration({ scene }: { scene: Scene }) {
  const clip = useId()
  return (
    <svg className="il" viewBox="0 0 200 140" aria-hidden="true" focusable="false">
      {scenes[scene](clip)}
    </svg>
  )
}

const scenes: Record<Scene, (clip: string) => ReactNode> = {
  chats: (clip) => (
    <>
      <ellipse cx="100" cy="126" rx="66" ry="7" fill="var(--il-3)" />
      <path d="M30 66a36 36 0 0 1 72 0 36 36 0 0 1-36 36H40a10 10 0 0 1-10-10z" fill="var(--il-2)" />
      <clipPath id={clip}>
        <path d="M30 66a36 36 0 0 1 72 0 36 36 0 0 1-36 36H40a10 10 0 0 1-10-10z" />
      </clipPath>
      <path
        d="M84 54a36 36 0 0 1 36-36h30a10 10 0 0 1 10 10v26a36 36 0 0 1-38 36 36 36 0 0 1-38-36z"
        fill="var(--il-1)"
      />
      <path
        clipPath={`url(#${clip})`}
        d="M84 54a36 36 0 0 1 36-36h30a10 10 0 0 1 10 10v26a36 36 0 0 1-38 36 36 36 0 0 1-38-36z"
        fill="var(--il-0)"
      />
      <g fill="var(--il-0)">
        <circle cx="116" cy="54" r="4.2" />
        <circle cx="130" cy="54" r="4.2" />
        <circle cx="144" cy="54" r="4.2" />
      </g>
      <path d="M48 62h24M48 75h17" stroke="var(--il-0)" strokeWidth="5" strokeLinecap="round" />
      <path d="M168 84l2.6 6.400L177 93l-6.4 2.600L168 102l-2.6-6.400L159 93l6.4-2.600z" fill="var(--coin)" />
    </>
  ),
  requests: () => (
    <>
      <ellipse cx="100" cy="124" rx="66" ry="8" fill="var(--il-3)" />
      <path d="M44 58l56-24 56 24v48a10 10 0 0 1-10 10H54a10 10 0 0 1-10-10z" fill="var(--il-2)" />
      <rect x="62" y="26" width="76" height="66" rx="12" fill="var(--il-0)" />
      <circle cx="100" cy="48" r="11" fill="var(--il-1)" />
      <path d="M80 80c2-13 10-17 20-17s18 4 20 17z" fill="var(--il-1)" />
      <path d="M44 54l56 38 56-38v52a10 10 0 0 1-10 10H54a10 10 0 0 1-10-10z" fill="var(--il-1)" opacity=".82" />
    </>
  ),
  search: () => (
    <>
      <ellipse cx="100" cy="124" rx="62" ry="8" fill="var(--il-3)" />
      <rect x="40" y="26" width="86" height="22" rx="11" fill="var(--il-2)" />
      <rect x="62" y="56" width="86" height="22" rx="11" fill="var(--il-3)" />
      <rect x="40" y="86" width="62" height="22" rx="11" fill="var(--il-2)" />
      <circle cx="126" cy="72" r="27" fill="var(--il-0)" stroke="var(--il-1)" strokeWidth="8" />
      <path d="M146 93l18 19" stroke="var(--il-1)" strokeWidth="10" strokeLinecap="round" />
    </>
  ),
  error: () => (
    <>
      <ellipse cx="100" cy="126" rx="62" ry="7" fill="var(--il-3)" />
      <g transform="rotate(-5 80 110)">
        <path d="M92 18a44 44 0 0 0-42 44v34a12 12 0 0 0 12 12h40l-9-21 15-13-21-15 14-20z" fill="var(--il-2)" />
      </g>
      <g transform="translate(10 0) rotate(7 110 110)">
        <path d="M98 18a45 45 0 0 1 6 90h-2l-7-21 15-13-21-15 14-20z" fill="var(--il-1)" />
      </g>
      <path d="M147 26l8-9M154 40l12-3" stroke="var(--coin)" strokeWidth="4.5" strokeLinecap="round" />
    </>
  ),
  offline: () => (
    <>
      <ellipse cx="100" cy="124" rx="66" ry="8" fill="var(--il-3)" />
      <path d="M58 96a26 26 0 0 1 2-52 38 38 0 0 1 72-6 29 29 0 0 1 8 58z" fill="var(--il-2)" />
      <path
        d="M84 82a22 22 0 0 1 32 0M72 68a40 40 0 0 1 56 0"
        stroke="var(--il-1)"
        strokeWidth="7"
        fill="none"
        strokeLinecap="round"
      />
      <circle cx="100" cy="96" r="5.5" fill="var(--il-1)" />
      <path d="M66 42l68 68" stroke="var(--il-0)" strokeWidth="13" strokeLinecap="round" />
      <path d="M66 42l68 68" stroke="var(--il-4)" strokeWidth="6" strokeLinecap="round" />
    </>
  ),
  lost: () => (
    <>
      <ellipse cx="100" cy="124" rx="70" ry="8" fill="var(--il-3)" />
      <path d="M34 58a40 40 0 0 1 80 0v0a40 40 0 0 1-40 40H44a10 10 0 0 1-10-10z" fill="var(--il-2)" />
      <path
        d="M168 66a30 30 0 0 0-60 0v0a30 30 0 0 0 30 30h22a8 8 0 0 0 8-8z"
        fill="var(--il-1)"
        transform="rotate(14 138 80)"
      />
      <path
        d="M66 48c0-8 16-8 16 1 0 7-8 7-8 13m0 9v1"
        stroke="var(--il-0)"
        strokeWidth="6"
        fill="none"
        strokeLinecap="round"
      />
      <circle cx="129" cy="66" r="3.5" fill="var(--il-0)" />
      <circle cx="147" cy="70" r="3.5" fill="var(--il-0)" />
      <path d="M130 82q6-6 13 2" stroke="var(--il-0)" strokeWidth="3.5" fill="none" strokeLinecap="round" />
    </>
  ),
}
