import { useEffect } from 'react'

let page = ''
let waiting = 0

/** The page's title: what it is, then whose. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    page = title
    show()
  }, [title])
}

/** How many wait, before the page's title, whatever page it is: `(3) Chats · Connectly`. */
export function setTitleCount(count: number): void {
  waiting = count
  show()
}

function show(): void {
  const title = page ? `${page} · Connectly` : 'Connectly'
  document.title = waiting > 0 ? `(${waiting > 99 ? '99+' : waiting}) ${title}` : title
}
