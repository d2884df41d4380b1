import type { CSSProperties, ReactNode } from 'react'
import { t } from '../../kernel/i18n.ts'
import { classes } from '../../ui/classes.ts'

const left = 'M-60 606a250 250 0 0 1 500 0 250 250 0 0 1-250 250H0a60 60 0 0 1-60-60z'
const right = 'M262 476a250 250 0 0 1 250-250h190a60 60 0 0 1 60 60v190a250 250 0 0 1-500 0z'

/** The mark, large, and a scrap of a chat on it. A picture: readers skip it. */
export function AuthArt() {
  return (
    <div className="auth__art" aria-hidden="true">
      <div className="aa">
        <svg viewBox="0 0 732 880" preserveAspectRatio="xMidYMax slice">
          <clipPath id="auth-lens">
            <path d={left} />
          </clipPath>
          <path className="aa__a" d={left} />
          <path className="aa__b" d={right} />
          <path className="aa__l" clipPath="url(#auth-lens)" d={right} />
        </svg>
      </div>
      <div className="aa__in">
        <p className="aa__h">{t('auth.slogan')}</p>
        <div className="aa__chat" lang="en" dir="ltr">
          <Said
            by="priya"
            after={
              <span className="react">
                🎉<span>3</span>
              </span>
            }
          >
            Guess who got us a table by the window?<span className="meta">19:42</span>
          </Said>
          <Said>
            You’re a wizard. Eight still good?
            <span className="meta">
              19:43
              <ReadPill />
            </span>
          </Said>
          <Said by="joao">
            <Voice />
          </Said>
          <Said by="linh">
            Oui, je passe prendre Linh en route 🚲<span className="meta">19:45</span>
          </Said>
        </div>
      </div>
    </div>
  )
}

/** Without `by` it is one's own. */
function Said({ by, after, children }: { by?: 'priya' | 'joao' | 'linh'; after?: ReactNode; children: ReactNode }) {
  return (
    <div className={classes('msg msg--first', by ? 'msg--in' : 'msg--out')}>
      {by && (
        <span className="msg__av">
          <span className="av av--36">
            <img src={`/art/${by}.svg`} alt="" width={36} height={36} />
          </span>
        </span>
      )}
      <div className="msg__c">
        <div className="bubble">{children}</div>
        {after}
      </div>
    </div>
  )
}

function ReadPill() {
  return (
    <svg viewBox="0 0 22 14">
      <rect width="22" height="14" rx="7" fill="currentColor" />
      <path
        d="M5.4 7.2l2.5 2.5 4.7-5.2M11.3 9.6l.2.1 5-5.2"
        fill="none"
        stroke="var(--tick-on)"
        strokeWidth="1.7"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  )
}

const wave =
  '26 40 62 34 52 80 96 70 44 30 56 88 74 50 36 60 92 78 46 28 40 66 84 58 38 24 48 72 54 32 44 60 38 26 34 22'
const bars = wave.split(' ').map((height, place) => ({ height, place }))

function Voice() {
  return (
    <div className="voice">
      <span className="voice__p">
        <svg viewBox="0 0 16 16">
          <path
            fill="currentColor"
            d="M4.2 2.6c0-1 1-1.6 1.9-1.1l8 5.4c.8.5.8 1.7 0 2.2l-8 5.4c-.9.5-1.9-.1-1.9-1.1z"
          />
        </svg>
      </span>
      <span className="voice__w grow">
        {bars.map(({ height, place }) => (
          <i key={place} className={classes(place < 20 && 'on')} style={{ '--h': height } as CSSProperties} />
        ))}
      </span>
      <span className="voice__d">0:14</span>
    </div>
  )
}
