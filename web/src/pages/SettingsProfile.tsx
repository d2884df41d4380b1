import { editProfile } from '@connectly/protocol'
import { useState } from 'react'
import { errorText, type Myself, useOpenProfile } from '../features/accounts/index.ts'
import { ProfileForm } from '../features/accounts/index.tsx'
import { GuestNote } from '../features/guests/index.tsx'
import { t } from '../kernel/i18n.ts'
import { useClient, useMine } from '../kernel/use-client.ts'
import { Card, CardBody, Page } from '../shell/Page.tsx'
import { useToast } from '../shell/Toaster.tsx'
import { Avatar } from '../ui/Avatar.tsx'
import { Button } from '../ui/Button.tsx'
import { SkeletonRows } from '../ui/Skeleton.tsx'
import { entryPaths } from './entry-paths.ts'
import { ProfileFacts } from './ProfileFacts.tsx'
import type { SettingsPageProps } from './SettingsPage.tsx'

/** My own page: what others see of me. */
export function SettingsProfile(place: SettingsPageProps) {
  const { connection } = useClient()
  const myself = useMine<Myself>('accounts')
  const openProfile = useOpenProfile()
  const say = useToast()
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const save = async (changes: { name?: string; about?: string }) => {
    setBusy(true)
    setError(undefined)
    try {
      await connection.ask(editProfile, changes)
      say({ text: t('people.saved') })
    } catch (caught) {
      setError(errorText(caught))
    }
    setBusy(false)
  }
  const me = myself?.me
  return (
    <Page title={t('people.profile')} sub={t('people.profileSub')} {...place}>
      {me?.kind === 'guest' && <GuestNote stayPath={entryPaths.stayForGood} />}
      {me ? (
        <Card title={me.name}>
          <CardBody className="hstack self">
            <Avatar id={me.userId} name={me.name} size={112} />
            <Button look="tonal" size="small" onClick={() => openProfile(me.userId)}>
              {t('people.seeProfile')}
            </Button>
          </CardBody>
          <ProfileForm
            me={me}
            about={myself.about}
            busy={busy}
            error={error}
            onSave={(changes) => void save(changes)}
          />
        </Card>
      ) : (
        <SkeletonRows label={t('people.loadingProfile')} />
      )}
      {me && <ProfileFacts me={me} />}
    </Page>
  )
}
