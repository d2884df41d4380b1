import { endOtherSessions, endSessionById, listSessions, type SessionInfo } from '@connectly/protocol'
import { useState } from 'react'
import { errorText } from '../features/accounts/index.ts'
import { SessionRow } from '../features/accounts/index.tsx'
import { codeOf } from '../kernel/ErrorBoundary.tsx'
import { t } from '../kernel/i18n.ts'
import { useClient } from '../kernel/use-client.ts'
import { ErrorScreen } from '../shell/ErrorScreen.tsx'
import { OfflineScreen } from '../shell/OfflineScreen.tsx'
import { Card, CardBody, Page } from '../shell/Page.tsx'
import { useToast } from '../shell/Toaster.tsx'
import { Button } from '../ui/Button.tsx'
import { SkeletonRows } from '../ui/Skeleton.tsx'
import { PasskeysCard } from './PasskeysCard.tsx'
import type { SettingsPageProps } from './SettingsPage.tsx'
import { useAnswer, type Asking } from './use-answer.ts'

/** Where I am signed in, and the way out of each. */
export function SettingsDevices(place: SettingsPageProps) {
  const asking = useAnswer(listSessions, {})
  return (
    <Page title={t('people.devices')} sub={t('people.devicesSub')} {...place}>
      <Devices {...asking} />
      <PasskeysCard />
    </Page>
  )
}

function Devices({ answered, again, put }: Asking<SessionInfo[]>) {
  switch (answered.state) {
    case 'waiting':
      return <SkeletonRows label={t('people.loadingDevices')} />
    case 'offline':
      return <OfflineScreen />
    case 'failed':
      return <ErrorScreen code={codeOf(answered.error)} onRetry={again} />
    case 'here':
      return <Sessions sessions={answered.answer} put={put} />
  }
}

type SessionsProps = { sessions: readonly SessionInfo[]; put: (sessions: SessionInfo[]) => void }

function Sessions({ sessions, put }: SessionsProps) {
  const { connection } = useClient()
  const say = useToast()
  const [ending, setEnding] = useState<string | null>(null)
  const [mine, others] = [sessions.filter((each) => each.isThis), sessions.filter((each) => !each.isThis)]
  const act = (what: string, work: () => Promise<string>) => {
    setEnding(what)
    work()
      .then((text) => say({ text }))
      .catch((error: unknown) => say({ kind: 'error', text: errorText(error) }))
      .finally(() => setEnding(null))
  }
  const end = ({ sessionId, device }: SessionInfo) =>
    act(sessionId, async () => {
      await connection.ask(endSessionById, { sessionId })
      put(sessions.filter((each) => each.sessionId !== sessionId))
      return t('people.signedOutOne', { device: device || t('people.unknownDevice') })
    })
  const endOthers = () =>
    act('all', async () => {
      const { ended } = await connection.ask(endOtherSessions, {})
      put(mine)
      return t('people.signedOutOthers', { count: ended })
    })
  return (
    <>
      <Card title={t('people.thisDevice')}>
        <ul>
          {mine.map((session) => (
            <SessionRow key={session.sessionId} session={session} busy={false} />
          ))}
        </ul>
      </Card>
      <Card
        title={t('people.otherDevices')}
        end={others.length > 0 && <span className="dim small">{others.length}</span>}
        foot={
          others.length > 0 && (
            <>
              <Button look="ghost" size="small" className="btn--rose" busy={ending === 'all'} onClick={endOthers}>
                {t('people.signOutOthers')}
              </Button>
              <span className="dim small push">{t('people.signOutOthersNote')}</span>
            </>
          )
        }
      >
        {others.length > 0 ? (
          <ul>
            {others.map((session) => (
              <SessionRow
                key={session.sessionId}
                session={session}
                busy={ending === session.sessionId}
                onSignOut={() => end(session)}
              />
            ))}
          </ul>
        ) : (
          <CardBody>
            <p className="dim small">{t('people.noOthers')}</p>
          </CardBody>
        )}
      </Card>
    </>
  )
}
