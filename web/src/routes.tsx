import { useEffect, useState, type ComponentType } from 'react'
import { SignedOut } from './gate.tsx'
import { late } from './kernel/late.ts'
import { Route, Switch } from './kernel/router.ts'
import { NotFoundScreen } from './shell/NotFoundScreen.tsx'
import { PageState } from './shell/PageState.tsx'

const SignedIn = late(async () => (await import('./pages/SignedIn.tsx')).SignedIn)
const auth = page(async () => (await import('./pages/AuthPage.tsx')).AuthPage)
const forgot = page(async () => (await import('./pages/ForgotPage.tsx')).ForgotPage)
const reset = page(async () => (await import('./pages/ResetPage.tsx')).ResetPage)
const notMe = page(async () => (await import('./pages/NotMePage.tsx')).NotMePage)
const confirm = page(async () => (await import('./pages/ConfirmPage.tsx')).ConfirmPage)
const back = page(async () => (await import('./pages/BackPage.tsx')).BackPage)
const guest = page(async () => (await import('./pages/GuestPage.tsx')).GuestPage)
const stayForGood = page(async () => (await import('./pages/StayForGoodPage.tsx')).StayForGoodPage)
const stay = page(async () => (await import('./pages/StayPage.tsx')).StayPage)
const chat = page(async () => (await import('./pages/ChatPage.tsx')).ChatPage)
const group = page(async () => (await import('./pages/GroupPage.tsx')).GroupPage)
const requests = page(async () => (await import('./pages/RequestsPage.tsx')).RequestsPage)
const settings = page(async () => (await import('./pages/SettingsPage.tsx')).SettingsPage)
const you = page(async () => (await import('./pages/YouPage.tsx')).YouPage)

/** How long after the first page the others are fetched, in ms: going to them is then at once, and without a line. */
const LATER = 2500

/** Paths of who is signed in: from one to another, what is around the pages stays. */
const signedIn = /^\/(?:r\/[^/]+(?:\/[^/]+)?|requests(?:\/[^/]+)?|settings(?:\/[^/]+)?|you)?\/?$/

export function Pages() {
  useEffect(() => {
    const timer = setTimeout(() => {
      for (const { load } of [chat, group, requests, settings, you]) load().catch(() => undefined)
    }, LATER)
    return () => clearTimeout(timer)
  }, [])
  return (
    <Switch>
      <Route path="/sign-in">
        <SignedOut>
          <auth.Page way="in" />
        </SignedOut>
      </Route>
      <Route path="/sign-up">
        <SignedOut>
          <auth.Page way="up" />
        </SignedOut>
      </Route>
      <Route path="/guest">
        <SignedOut>
          <guest.Page />
        </SignedOut>
      </Route>
      <Route path="/forgot" component={forgot.Page} />
      <Route path="/reset" component={reset.Page} />
      <Route path="/not-me" component={notMe.Page} />
      <Route path="/confirm" component={confirm.Page} />
      <Route path="/back" component={back.Page} />
      <Route path="/stay-for-good" component={stayForGood.Page} />
      <Route path="/stay" component={stay.Page} />
      <Route path={signedIn}>
        <SignedIn>
          <Switch>
            <Route path="/r/:roomId/edit" component={group.Page} />
            <Route path="/r/:roomId/:messageId" component={chat.Page} />
            <Route path="/r/:roomId" component={chat.Page} />
            <Route path="/requests/:requestId" component={requests.Page} />
            <Route path="/requests" component={requests.Page} />
            <Route path="/settings/:section" component={settings.Page} />
            <Route path="/settings" component={settings.Page} />
            <Route path="/you" component={you.Page} />
            <Route component={chat.Page} />
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

/** A page in a file of its own. One that is there already is shown without a moment of nothing. */
function page<Props extends object>(fetchIt: () => Promise<ComponentType<Props>>) {
  let loaded: ComponentType<Props> | undefined
  const load = async () => (loaded ??= await fetchIt())
  const Late = late(load) as unknown as ComponentType<Props>
  function Page(props: Props) {
    const [Shown] = useState(() => loaded ?? Late)
    return <Shown {...props} />
  }
  return { load, Page }
}
