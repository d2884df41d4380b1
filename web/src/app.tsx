import { Suspense } from 'react'
import { SessionGate } from './gate.tsx'
import { ErrorBoundary } from './kernel/ErrorBoundary.tsx'
import { Pages } from './routes.tsx'
import { AwaitedPage } from './shell/Awaited.tsx'
import { ErrorScreen } from './shell/ErrorScreen.tsx'
import { PageState } from './shell/PageState.tsx'
import { Toaster } from './shell/Toaster.tsx'

export function App() {
  return (
    <ErrorBoundary
      fallback={(_retry, code) => (
        <PageState>
          {/* A part that failed to load stays failed until the page is loaded anew. */}
          <ErrorScreen code={code} level={1} onRetry={() => location.reload()} />
        </PageState>
      )}
    >
      <SessionGate>
        <Toaster>
          <Suspense fallback={<AwaitedPage />}>
            <Pages />
          </Suspense>
        </Toaster>
      </SessionGate>
    </ErrorBoundary>
  )
}
