import type { Message, UserId } from '@connectly/protocol'
import { useCallback, useContext } from 'react'
import { bodyText, t } from '../../kernel/i18n.ts'
import { classes } from '../../ui/classes.ts'
import { Markdown } from '../../ui/Markdown.tsx'
import { isText } from './plain-text.ts'
import { RoomView } from './room-view.ts'

/** What a message says. Who is meant in it goes by the name of today. */
export function Words({ body }: { body: Message['body'] }) {
  const view = useContext(RoomView)
  const nameOf = view?.nameOf
  const me = view?.me
  const mention = useCallback(
    (who: string, text: string) => {
      const name = who === 'all' ? undefined : nameOf?.(who as UserId)
      const isMine = who === 'all' || who === me
      return <bdi className={classes('at', isMine && 'at--me')}>{name === undefined ? text : `@${name}`}</bdi>
    },
    [nameOf, me],
  )
  if (!isText(body)) return bodyText(body)
  return <Markdown text={body.text} atoms={body.mentions} mention={mention} spoilerLabel={t('room.spoiler')} />
}
