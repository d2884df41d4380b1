import type { Message, UserId } from '@connectly/protocol'
import { useCallback, useContext } from 'react'
import { bodyText, t } from '../../kernel/i18n.ts'
import { classes } from '../../ui/classes.ts'
import { Markdown } from '../../ui/Markdown.tsx'
import { isText } from './plain-text.ts'
import { RoomLookups, RoomView } from './room-view.ts'

/** What a message says. */
export function Words({ body }: { body: Message['body'] }) {
  if (!isText(body)) return bodyText(body)
  return body.mentions?.length ? (
    <Meaning body={body} />
  ) : (
    <Markdown text={body.text} spoilerLabel={t('room.spoiler')} />
  )
}

/** Words that mean people. Each goes by the name of today. */
function Meaning({ body }: { body: Extract<Message['body'], { text: string }> }) {
  const me = useContext(RoomView)?.me
  const { nameOf } = useContext(RoomLookups)
  const mention = useCallback(
    (who: string, text: string) => {
      const name = who === 'all' ? undefined : nameOf(who as UserId)
      const isMine = who === 'all' || who === me
      return <bdi className={classes('at', isMine && 'at--me')}>{name === undefined ? text : `@${name}`}</bdi>
    },
    [nameOf, me],
  )
  return <Markdown text={body.text} atoms={body.mentions} mention={mention} spoilerLabel={t('room.spoiler')} />
}
