import { linkIsOpen } from '@connectly/protocol'
import { useCallback, useEffect, useState } from 'react'
import { useToken } from '../features/emails/index.ts'
import { askByHttp } from '../kernel/http.ts'

/** How it stands with the link of a mail that led here. */
export type LinkView =
  | { is: 'loading' }
  | { is: 'open'; token: string }
  | { is: 'missing' }
  | { is: 'spent' }
  | { is: 'away'; error: unknown; retry: () => void }

/** The link that led here, looked at before a form is filled in for nothing. `close` says that it is spent. */
export function useLink(): { link: LinkView; close: () => void } {
  const token = useToken()
  const [link, setLink] = useState<LinkView>(token === null ? { is: 'missing' } : { is: 'loading' })
  const [round, setRound] = useState(0)
  useEffect(() => {
    if (token === null) return
    let isLate = false
    const settle = (view: LinkView) => {
      if (!isLate) setLink(view)
    }
    const retry = () => {
      setLink({ is: 'loading' })
      setRound((before) => before + 1)
    }
    askByHttp(linkIsOpen, { token }).then(
      ({ isOpen }) => settle(isOpen ? { is: 'open', token } : { is: 'spent' }),
      (error: unknown) => settle({ is: 'away', error, retry }),
    )
    return () => {
      isLate = true
    }
  }, [token, round])
  return { link, close: useCallback(() => setLink({ is: 'spent' }), []) }
}
