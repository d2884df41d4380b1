import { openPrivacy, setPrivacy, type Privacy } from '@connectly/protocol'
import { CheckCheck, Clock3 } from 'lucide-react'
import { useState } from 'react'
import { errorText, type Myself } from '../features/accounts/index.ts'
import { useBlocks } from '../features/blocks/index.ts'
import { BlockedList } from '../features/blocks/index.tsx'
import { t } from '../kernel/i18n.ts'
import { useClient, useMine } from '../kernel/use-client.ts'
import { Card, CardBody, Page } from '../shell/Page.tsx'
import { SelectRow, SwitchRow } from '../shell/rows.tsx'
import { useToast } from '../shell/Toaster.tsx'
import { MessageCircle } from '../ui/Icon.tsx'
import { useBlocking } from './blocking.tsx'
import type { SettingsPageProps } from './SettingsPage.tsx'

/** Who sees what of me, and whom I blocked. */
export function SettingsPrivacy(place: SettingsPageProps) {
  const [privacy, change] = usePrivacy()
  return (
    <Page title={t('people.privacy')} sub={t('people.privacySub')} {...place}>
      <Card title={t('people.whatOthersSee')}>
        <SelectRow
          icon={Clock3}
          label={t('people.lastSeenSetting')}
          hint={t('people.lastSeenHint')}
          options={[
            { value: 'everyone', label: t('people.everyone') },
            { value: 'contacts', label: t('people.contacts') },
            { value: 'nobody', label: t('people.nobody') },
          ]}
          value={privacy.presence}
          onChange={(presence) => change({ presence })}
        />
        <SwitchRow
          icon={CheckCheck}
          label={t('people.readMarks')}
          hint={t('people.readMarksHint')}
          isOn={privacy.receipts}
          onChange={(receipts) => change({ receipts })}
        />
        <SwitchRow
          icon={MessageCircle}
          label={t('people.typing')}
          hint={t('people.typingHint')}
          isOn={privacy.typing}
          onChange={(typing) => change({ typing })}
        />
      </Card>
      <Blocked />
    </Page>
  )
}

type Wish = { wanted: Partial<Privacy>; isGranted: boolean }

/** Acts at once: what was chosen shows while it is on its way, and goes back where it is refused. */
function usePrivacy(): [Privacy, (change: Partial<Privacy>) => void] {
  const { connection } = useClient()
  const say = useToast()
  const kept = useMine<Myself>('accounts')?.privacy ?? openPrivacy
  const [pending, setPending] = useState<readonly Wish[]>([])
  // The answer comes before the event: until that is here, the wish stands for it.
  const [seen, setSeen] = useState(kept)
  if (seen !== kept) {
    setSeen(kept)
    setPending(pending.filter((wish) => !wish.isGranted))
  }
  const change = (wanted: Partial<Privacy>) => {
    const wish: Wish = { wanted, isGranted: false }
    setPending((all) => [...all, wish])
    connection.ask(setPrivacy, wanted).then(
      () => setPending((all) => all.map((each) => (each === wish ? { wanted, isGranted: true } : each))),
      (error: unknown) => {
        setPending((all) => all.filter((each) => each !== wish))
        say({ kind: 'error', text: errorText(error) })
      },
    )
  }
  return [pending.reduce<Privacy>((before, { wanted }) => ({ ...before, ...wanted }), kept), change]
}

function Blocked() {
  const { blocks } = useBlocks()
  const { unblock } = useBlocking()
  return (
    <Card
      title={t('people.blocked')}
      note={t('people.blockedNote')}
      end={blocks.length > 0 && <span className="dim small">{t('people.blockedCount', { count: blocks.length })}</span>}
    >
      {blocks.length > 0 ? (
        <BlockedList blocks={blocks} onUnblock={unblock} />
      ) : (
        <CardBody>
          <p className="dim small">{t('people.blockedNone')}</p>
        </CardBody>
      )}
    </Card>
  )
}
