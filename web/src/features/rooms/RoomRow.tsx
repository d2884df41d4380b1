import { memo } from 'react'
import { Link } from 'react-router'
import type { RoomLine, UserId } from '../../../../protocol/src/index.ts'
import { bodyText, listTime, t } from '../../kernel/i18n.ts'
import { Avatar } from '../../ui/Avatar.tsx'
import { Check, Icon } from '../../ui/Icon.tsx'

import { nameOfLine, faceOfLine } from './line.ts'

export type RoomRowProps = { line: RoomLine; me: UserId; to: string; isOpen: boolean }

export const RoomRow = memo(function RoomRow({ line, me, to, isOpen }: RoomRowProps) {
  const { last } = line
  return (
    <Link className="row" to={to} aria-current={isOpen ? 'true' : undefined}>
      <Avatar id={faceOfLine(line)} name={nameOfLine(line)} />
      <span className="grow">
        <span className="row__l">
          <span className="row__n cut" dir="auto">
            {nameOfLine(line)}
          </span>
          {last && (
            <time className="row__t" dateTime={new Date(last.at).toISOString()}>
              {last.authorId === me && last.body.kind !== 'system' && (
                <Icon of={Check} size={14} className="row__tick" />
              )}
              {listTime(last.at)}
            </time>
          )}
        </span>
        <span className="row__l">
          <span className="row__m cut" dir="auto">
            <Preview line={line} me={me} />
          </span>
        </span>
      </span>
    </Link>
  )
})

/** The last words; in a group with who said them. */
function Preview({ line: { room, last }, me }: Pick<RoomRowProps, 'line' | 'me'>) {
  if (!last) return t('chats.nothingYet')
  const text = bodyText(last.body)
  if (room.kind === 'direct' || last.body.kind === 'system' || last.authorId === me) return text
  return (
    <>
      <b>
        <bdi>{last.authorName.split(/\s/)[0]}</bdi>:
      </b>{' '}
      {text}
    </>
  )
}
