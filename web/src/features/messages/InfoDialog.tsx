import '../../kernel/late-texts.ts'
import { receiptsOf, type Receipt, type Receipts } from '@connectly/protocol'
import { useEffect, useId, useState, type ReactNode } from 'react'
import { day, number, t, time } from '../../kernel/i18n.ts'
import { useClient } from '../../kernel/use-client.ts'
import { Avatar } from '../../ui/Avatar.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { Check, Icon } from '../../ui/Icon.tsx'
import { ReadPill } from '../../ui/ReadPill.tsx'
import { SkeletonRows } from '../../ui/Skeleton.tsx'
import { errorText } from '../accounts/index.ts'
import { CheckCheck } from './icons.ts'
import type { MessageItem } from './layout.ts'
import { MessageBubble } from './MessageBubble.tsx'

/** Where a message of mine has been: who read it, who has it, who not yet. */
export function InfoDialog({ item, onClose }: { item: MessageItem; onClose: () => void }) {
  const { connection } = useClient()
  const { roomId, messageId } = item.message
  const [receipts, setReceipts] = useState<Receipts | null>(null)
  const [error, setError] = useState<string>()
  useEffect(() => {
    connection
      .ask(receiptsOf, { roomId, messageId })
      .then(setReceipts, (caught: unknown) => setError(errorText(caught)))
  }, [connection, roomId, messageId])
  return (
    <Dialog title={t('acts.info')} closeLabel={t('app.close')} onClose={onClose}>
      <div className="infob" inert>
        <MessageBubble item={{ ...item, first: true, last: true }} />
      </div>
      {error !== undefined && <p role="alert">{error}</p>}
      {error === undefined && receipts === null && <SkeletonRows label={t('acts.loading')} />}
      {receipts && <Lists receipts={receipts} />}
    </Dialog>
  )
}

function Lists({ receipts: { read, delivered, waiting, counts } }: { receipts: Receipts }) {
  const all = counts.read + counts.delivered + counts.waiting
  return (
    <>
      {counts.read > 0 && (
        <List
          icon={<ReadPill />}
          title={t('acts.readBy', { count: counts.read })}
          of={all}
          people={read}
          total={counts.read}
        />
      )}
      {counts.delivered > 0 && (
        <List
          icon={<Icon of={CheckCheck} />}
          title={t('acts.deliveredTo', { count: counts.delivered })}
          people={delivered}
          total={counts.delivered}
        />
      )}
      {counts.waiting > 0 && (
        <List icon={<Icon of={Check} />} title={t('acts.notYet')} people={waiting} total={counts.waiting} />
      )}
      {all === 0 && <p className="dim">{t('acts.nobodyElse')}</p>}
    </>
  )
}

type ListProps = { icon: ReactNode; title: string; of?: number; people: readonly Receipt[]; total: number }

function List({ icon, title, of, people, total }: ListProps) {
  const id = useId()
  return (
    <section aria-labelledby={id}>
      <h3 className="info__h" id={id}>
        {icon}
        {title}
        {of !== undefined && <span>{t('acts.ofAll', { all: number(of) })}</span>}
      </h3>
      <ul>
        {people.map(({ person, at }) => (
          <li key={person.userId} className="mem">
            <Avatar id={person.userId} name={person.name} size={36} />
            <span className="grow">
              <b className="cut">
                <bdi>{person.name}</bdi>
              </b>
            </span>
            {at !== null && (
              <time dateTime={new Date(at).toISOString()} title={day(at)}>
                {time(at)}
              </time>
            )}
          </li>
        ))}
        {total > people.length && <li className="dim">{t('acts.andMore', { count: total - people.length })}</li>}
      </ul>
    </section>
  )
}
