import { lazy } from 'react'
import { SignedOut } from './gate.tsx'
import { Route, Switch, useShownPath } from './kernel/router.ts'
import { NotFoundScreen } from './shell/NotFoundScreen.tsx'
import { PageState } from './shell/PageState.tsx'

const SignedIn = lazy(async () => ({ default: (await import('./pages/SignedIn.tsx')).SignedIn }))
const AuthPage = lazy(async () => ({ default: (await import('./pages/AuthPage.tsx')).AuthPage }))
const ChatPage = lazy(async () => ({ default: (await import('./pages/ChatPage.tsx')).ChatPage }))
const GroupPage = lazy(async () => ({ default: (await import('./pages/GroupPage.tsx')).GroupPage }))
const RequestsPage = lazy(async () => ({ default: (await import('./pages/RequestsPage.tsx')).RequestsPage }))
const SettingsPage = lazy(async () => ({ default: (await import('./pages/SettingsPage.tsx')).SettingsPage }))
const YouPage = lazy(async () => ({ default: (await import('./pages/YouPage.tsx')).YouPage }))

/** Paths of who is signed in: from one to another, what is around the pages stays. */
const signedIn = /^\/(?:r\/[^/]+(?:\/[^/]+)?|requests(?:\/[^/]+)?|settings(?:\/[^/]+)?|you)?\/?$/

export function Pages() {
  const path = useShownPath()
  return (
    <Switch location={path}>
      <Route path="/sign-in">
        <SignedOut>
          <AuthPage way="in" />
        </SignedOut>
      </Route>
      <Route path="/sign-up">
        <SignedOut>
          <AuthPage way="up" />
        </SignedOut>
      </Route>
      <Route path={signedIn}>
        <SignedIn>
          <Switch location={path}>
            <Route path="/r/:roomId/edit" component={GroupPage} />
            <Route path="/r/:roomId/:messageId" component={ChatPage} />
            <Route path="/r/:roomId" component={ChatPage} />
            <Route path="/requests/:requestId" component={RequestsPage} />
            <Route path="/requests" component={RequestsPage} />
            <Route path="/settings/:section" component={SettingsPage} />
            <Route path="/settings" component={SettingsPage} />
            <Route path="/you" component={YouPage} />
            <Route component={ChatPage} />
          </Switch>
        </SignedIn>
      </Route>
      <Route>
        <PageState>
          <NotFoundScreen chatsPath="/" level={1} />
        </PageState>
      </Route>
    </Switch>
  )
}
