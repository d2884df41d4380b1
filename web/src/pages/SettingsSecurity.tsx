import '../kernel/auth-texts.ts'
import '../kernel/entry-texts.ts'
import '../theme/entry.css'
import { myEmail, myFactors, type OutputOf, ownAccount } from '@connectly/protocol'
import { useState } from 'react'
import { RecoveryCodes } from '../features/factors/index.tsx'
import { GuestNote } from '../features/guests/index.tsx'
import { t } from '../kernel/i18n.ts'
import { Page } from '../shell/Page.tsx'
import { entryPaths } from './entry-paths.ts'
import { EmailRow } from './EmailRow.tsx'
import { LinkedServices } from './LinkedServices.tsx'
import { PasswordRow } from './PasswordRow.tsx'
import type { SettingsPageProps } from './SettingsPage.tsx'
import { TwoStepCard } from './TwoStepCard.tsx'
import { useAnswer } from './use-answer.ts'
import { Waiting } from './Waiting.tsx'

export type Account = OutputOf<typeof ownAccount>
export type NewCodes = { codes: readonly string[]; isAnew: boolean }

/** How one signs in. */
export function SettingsSecurity(place: SettingsPageProps) {
  const account = useAnswer(ownAccount, {})
  return (
    <Page title={t('security.nav')} sub={t('security.sub')} {...place}>
      <Waiting asking={account}>
        {(mine) =>
          mine.person.kind === 'person' ? (
            <Security account={mine} onChanged={account.again} />
          ) : (
            <GuestNote stayPath={entryPaths.stayForGood} />
          )
        }
      </Waiting>
    </Page>
  )
}

function Security({ account, onChanged }: { account: Account; onChanged: () => void }) {
  const email = useAnswer(myEmail, {})
  const factors = useAnswer(myFactors, {})
  const [fresh, setFresh] = useState<NewCodes | null>(null)
  return (
    <>
      <section className="card" aria-label={t('security.account')}>
        <ul>
          <PasswordRow account={account} onChanged={onChanged} />
          {email.answered.state === 'here' && <EmailRow mine={email.answered.answer} onMine={email.put} />}
        </ul>
      </section>
      <Waiting asking={factors}>
        {(mine, put) => <TwoStepCard factors={mine} onFactors={put} onCodes={setFresh} />}
      </Waiting>
      {fresh && <RecoveryCodes {...fresh} username={account.person.username} onDone={() => setFresh(null)} />}
      <LinkedServices />
    </>
  )
}
