import '../../kernel/late-texts.ts'
import { versionsOf, type Version } from '@connectly/protocol'
import { useEffect, useState } from 'react'
import { day, t, time } from '../../kernel/i18n.ts'
import { useClient } from '../../kernel/use-client.ts'
import { Dialog } from '../../ui/Dialog.tsx'
import { SkeletonRows } from '../../ui/Skeleton.tsx'
import { errorText } from '../accounts/index.ts'
import { differences } from './differences.ts'
import { Facts } from './Facts.tsx'
import type { MessageItem } from './layout.ts'

/** What a message said before: newest first, what came and what went from one to the next. */
export function VersionsDialog({ item, onClose }: { item: MessageItem; onClose: () => void }) {
  const { connection } = useClient()
  const { roomId, messageId, rev } = item.message
  const [versions, setVersions] = useState<readonly Version[] | null>(null)
  const [error, setError] = useState<string>()
  useEffect(() => {
    connection
      .ask(versionsOf, { roomId, messageId })
      .then(setVersions, (caught: unknown) => setError(errorText(caught)))
  }, [connection, roomId, messageId, rev])
  return (
    <Dialog title={t('acts.versions')} closeLabel={t('app.close')} onClose={onClose}>
      {error !== undefined && <p role="alert">{error}</p>}
      {error === undefined && versions === null && <SkeletonRows label={t('acts.loading')} />}
      {versions && <Versions versions={versions} />}
      {versions && <p className="hint">{t('acts.versionsSeen')}</p>}
      <Facts message={item.message} />
    </Dialog>
  )
}

function Versions({ versions }: { versions: readonly Version[] }) {
  return (
    <ol className="ver">
      {versions.map(({ body, at }, nth) => (
        <li key={at}>
          <time dateTime={new Date(at).toISOString()} title={day(at)}>
            {time(at)}
          </time>
          <p dir="auto">
            <Changes before={versions[nth + 1]?.body.text ?? body.text} after={body.text} />
          </p>
        </li>
      ))}
    </ol>
  )
}

function Changes({ before, after }: { before: string; after: string }) {
  return differences(before, after).map(({ kind, text }, nth) => {
    const key = `${nth} ${kind}`
    if (kind === 'same') return text
    return kind === 'added' ? <ins key={key}>{text}</ins> : <del key={key}>{text}</del>
  })
}
