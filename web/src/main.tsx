import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import './theme/index.css'
import { App } from './app.tsx'
import { loadLanguage } from './kernel/i18n.ts'
import { applyPrefs } from './kernel/prefs.ts'

const root = document.getElementById('root')
if (!root) throw new Error('the page has no root')

applyPrefs()

void loadLanguage(navigator.languages).then(() => {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
})
