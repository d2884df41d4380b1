import { memo } from 'react'
import { Link } from 'react-router'
import type { Person, RoomLine, UserId } from '@connectly/protocol'
import { bodyText, listTime, t } from '../../kernel/i18n.ts'
import { Avatar } from '../../ui/Avatar.tsx'
import { Check, Icon } from '../../ui/Icon.tsx'

import { nameOfLine, faceOfLine } from './line.ts'

export type RoomRowProps = {
  line: RoomLine
  me: UserId
  /** Who said the last words, for a group; without it the words stand alone. */
  author?: Person | undefined
  to: string
  isOpen: boolean
}

export const RoomRow = memo(function RoomRow({ line, me, author, to, isOpen }: RoomRowProps) {
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
          <span className="row__m cut">
            <Preview line={line} me={me} author={author} />
          </span>
        </span>
      </span>
    </Link>
  )
})

/** The last words; in a group with who said them. */
function Preview({ line: { room, last }, me, author }: Pick<RoomRowProps, 'line' | 'me' | 'author'>) {
  if (!last) return t('chats.nothingYet')
  const text = bodyText(last.body)
  if (!author || room.kind === 'direct' || last.body.kind === 'system' || last.authorId === me) return <bdi>{text}</bdi>
  return (
    <>
      <b>
        <bdi>{author.name.split(/\s/)[0]}</bdi>:
      </b>{' '}
      <bdi>{text}</bdi>
    </>
  )
}
