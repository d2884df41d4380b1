import { t } from '../kernel/i18n.ts'
import { usePageTitle } from '../kernel/use-page-title.ts'
import { useNavigate } from 'react-router'
import { PickChat } from '../features/rooms/index.tsx'
import { Bars } from '../shell/Bars.tsx'
import { LineBanner } from '../shell/LineBanner.tsx'
import { Pane } from '../shell/Pane.tsx'
import { YouPane } from '../shell/YouPane.tsx'
import { Framed, paths, useMe, useTheme } from './frame.tsx'
import { useSignOut } from './sign-out.tsx'

export function YouPage() {
  const me = useMe()
  const [theme, setTheme] = useTheme()
  const signOut = useSignOut()
  const navigate = useNavigate()
  usePageTitle(t('app.you'))
  return (
    <Framed view="list" part="you" list={<YouPane me={me} theme={theme} onTheme={setTheme} onSignOut={signOut.ask} />}>
      <Pane label={t('room.label')} centred>
        <Bars>
          <LineBanner />
        </Bars>
        <PickChat onNewChat={() => void navigate(`${paths.chats}?new`)} />
      </Pane>
      {signOut.dialog}
    </Framed>
  )
}
