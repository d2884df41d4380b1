import { askCopy, cancelCopy, type DataCopy, downloadCopy, type MyData } from '@connectly/protocol'
import { useEffect, useState } from 'react'
import { Archive, Download, Hourglass, Package } from 'lucide-react'
import { useStepUp } from '../features/factors/index.tsx'
import { day, moment, t } from '../kernel/i18n.ts'
import { useClient } from '../kernel/use-client.ts'
import { Card, CardBody } from '../shell/Page.tsx'
import { InfoRow, Tile } from '../shell/rows.tsx'
import { Button } from '../ui/Button.tsx'
import { Icon } from '../ui/Icon.tsx'
import { useAct } from './use-act.ts'

const DAY = 24 * 60 * 60 * 1000
/** How often it is looked whether a copy has become ready, in ms. */
const LOOK = 10_000

export type CopiesCardProps = { copies: readonly DataCopy[]; onData: (data: MyData) => void }

/** Copies of everything that is mine: asked for, waiting, there, and gone. */
export function CopiesCard({ copies, onData }: CopiesCardProps) {
  const { connection } = useClient()
  const { withStepUp } = useStepUp()
  const { doing, act } = useAct()
  const now = useNow()
  const waiting = copies.find((copy) => copy.readyAt > now)
  const ask = () =>
    act('ask', async () => {
      const after = await withStepUp((stepUp) => connection.ask(askCopy, { stepUp }))
      if (!after) return undefined
      onData(after)
      const readyAt = Math.max(...after.copies.map((copy) => copy.readyAt))
      return t('security.copyAsked', { time: moment(readyAt) })
    })
  const cancel = ({ copyId }: DataCopy) =>
    act(copyId, async () => {
      onData(await connection.ask(cancelCopy, { copyId }))
      return t('security.copyCancelled')
    })
  const download = ({ copyId }: DataCopy) =>
    act(copyId, async () => {
      const link = await withStepUp((stepUp) => connection.ask(downloadCopy, { stepUp, copyId }))
      // It comes as a file: the page stays.
      if (link) location.assign(link.path)
      return undefined
    })
  return (
    <Card title={t('security.copies')}>
      <CardBody>
        <p className="dim small measure" id="copies-note">
          {t('security.copiesNote')}
        </p>
        <div className="acts">
          <Button
            look={waiting ? 'tonal' : 'primary'}
            size="small"
            id="ask-copy"
            busy={doing === 'ask'}
            aria-disabled={waiting ? true : undefined}
            aria-describedby={waiting && 'one-copy'}
            onClick={() => !waiting && ask()}
          >
            <Icon of={Package} size={16} />
            {t('security.copyAsk')}
          </Button>
          {waiting && (
            <span className="dim small" id="one-copy">
              {t('security.copyOne', { time: moment(waiting.readyAt) })}
            </span>
          )}
        </div>
      </CardBody>
      {copies.length > 0 && (
        <ul className="ruled">
          {copies.map((copy) => (
            <CopyRow
              key={copy.copyId}
              copy={copy}
              now={now}
              busy={doing === copy.copyId}
              onCancel={() => cancel(copy)}
              onDownload={() => download(copy)}
            />
          ))}
        </ul>
      )}
    </Card>
  )
}

type CopyRowProps = { copy: DataCopy; now: number; busy: boolean; onCancel: () => void; onDownload: () => void }

function CopyRow({ copy, now, busy, onCancel, onDownload }: CopyRowProps) {
  const { askedAt, readyAt, expiresAt, downloadedAt } = copy
  if (expiresAt <= now) {
    return (
      <InfoRow
        lead={<Tile icon={Archive} look="mute" />}
        title={t('security.copyExpired', { day: day(askedAt) })}
        text={t('security.copyExpiredText')}
      />
    )
  }
  if (readyAt > now) {
    return (
      <InfoRow
        lead={<Tile icon={Hourglass} />}
        title={t('security.copyWaiting')}
        text={t('security.copyWaitingText', { time: moment(readyAt) })}
        end={
          <Button look="outline" size="small" busy={busy} aria-label={t('security.copyCancelNamed')} onClick={onCancel}>
            {t('security.copyCancel')}
          </Button>
        }
      />
    )
  }
  const days = Math.floor((expiresAt - now) / DAY)
  return (
    <InfoRow
      lead={<Tile icon={Package} look="mint" />}
      title={
        <>
          {t('security.copyReady', { time: moment(readyAt) })}
          <span className="tag tag--honey">
            {days > 0 ? t('security.copyExpires', { count: days }) : t('security.copyExpiresToday')}
          </span>
        </>
      }
      text={
        downloadedAt === null ? t('security.copyReadyText') : t('security.copyFetched', { when: moment(downloadedAt) })
      }
      end={
        <Button look="tonal" size="small" busy={busy} onClick={onDownload}>
          <Icon of={Download} size={16} />
          {t('security.download')}
        </Button>
      }
    />
  )
}

function useNow(): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), LOOK)
    return () => clearInterval(timer)
  }, [])
  return now
}
