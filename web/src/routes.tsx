import { lazy } from 'react'
import { Route, Routes } from 'react-router'
import { SignedOut } from './gate.tsx'
import { NotFoundScreen } from './shell/NotFoundScreen.tsx'
import { PageState } from './shell/PageState.tsx'

const SignedIn = lazy(async () => ({ default: (await import('./pages/SignedIn.tsx')).SignedIn }))
const AuthPage = lazy(async () => ({ default: (await import('./pages/AuthPage.tsx')).AuthPage }))
const ChatPage = lazy(async () => ({ default: (await import('./pages/ChatPage.tsx')).ChatPage }))
const GroupPage = lazy(async () => ({ default: (await import('./pages/GroupPage.tsx')).GroupPage }))
const RequestsPage = lazy(async () => ({ default: (await import('./pages/RequestsPage.tsx')).RequestsPage }))
const SettingsPage = lazy(async () => ({ default: (await import('./pages/SettingsPage.tsx')).SettingsPage }))
const YouPage = lazy(async () => ({ default: (await import('./pages/YouPage.tsx')).YouPage }))

export function Pages() {
  return (
    <Routes>
      <Route element={<SignedOut />}>
        <Route path="/sign-in" element={<AuthPage way="in" />} />
        <Route path="/sign-up" element={<AuthPage way="up" />} />
      </Route>
      <Route element={<SignedIn />}>
        <Route path="/" element={<ChatPage />} />
        <Route path="/r/:roomId" element={<ChatPage />} />
        <Route path="/r/:roomId/edit" element={<GroupPage />} />
        <Route path="/r/:roomId/:messageId" element={<ChatPage />} />
        <Route path="/requests" element={<RequestsPage />} />
        <Route path="/requests/:requestId" element={<RequestsPage />} />
        <Route path="/you" element={<YouPage />} />
        <Route path="/settings" element={<SettingsPage />} />
        <Route path="/settings/:section" element={<SettingsPage />} />
      </Route>
      <Route
        path="*"
        element={
          <PageState>
            <NotFoundScreen chatsPath="/" level={1} />
          </PageState>
        }
      />
    </Routes>
  )
}
