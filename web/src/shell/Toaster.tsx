import { createContext, type ReactNode, useCallback, useContext, useState } from 'react'
import { t } from '../kernel/i18n.ts'
import { Toast, type ToastMessage } from '../ui/Toast.tsx'

type Say = (message: Omit<ToastMessage, 'id'>) => void
const ToasterContext = createContext<Say>(() => undefined)

/** Says something at the foot of the screen, from anywhere below `Toaster`. */
export const useToast = (): Say => useContext(ToasterContext)

export function Toaster({ children }: { children: ReactNode }) {
  const [toast, setToast] = useState<ToastMessage | null>(null)
  const say = useCallback<Say>((message) => setToast({ ...message, id: String(performance.now()) }), [])
  const close = useCallback(() => setToast(null), [])
  return (
    <ToasterContext value={say}>
      {children}
      <Toast toast={toast} closeLabel={t('app.dismiss')} onClose={close} />
    </ToasterContext>
  )
}
