import { type KeyboardEvent, type MouseEvent, useLayoutEffect, useRef } from 'react'
import { t, type TextKey } from '../../kernel/i18n.ts'
import { classes } from '../../ui/classes.ts'
import { Icon, type IconProps } from '../../ui/Icon.tsx'
import { actOfKey, actsOf, type Act, type Rights } from './acts.ts'
import { Pencil, Reply } from './icons.ts'
import { Copy, Info, MailOpen, RotateCw, SquareCheck, Trash2 } from './late-icons.ts'
import type { MessageItem } from './layout.ts'
import { MessageBubble } from './MessageBubble.tsx'
import { placeOver } from './place.ts'

export type MessageMenuProps = {
  item: MessageItem
  /** The row it came from: the copy stands over it, and it gets the focus back. */
  row: HTMLElement
  rights: Rights
  onAct: (act: Act, item: MessageItem) => void
  onClose: () => void
}

const entries = {
  retry: { icon: RotateCw, label: 'room.tryAgain' },
  revise: { icon: Pencil, label: 'room.revise' },
  reply: { icon: Reply, label: 'room.reply', key: 'acts.keyReply', directional: true },
  copy: { icon: Copy, label: 'acts.copyText', key: 'acts.keyCopy' },
  edit: { icon: Pencil, label: 'acts.edit', key: 'acts.keyEdit' },
  unread: { icon: MailOpen, label: 'acts.markUnread', key: 'acts.keyUnread' },
  select: { icon: SquareCheck, label: 'acts.select', key: 'acts.keySelect' },
  info: { icon: Info, label: 'acts.info', key: 'acts.keyInfo' },
  delete: { icon: Trash2, label: 'room.delete', key: 'acts.keyDelete' },
} as const satisfies Record<Act, { icon: IconProps['of']; label: TextKey; key?: TextKey; directional?: true }>
const tiles: readonly Act[] = ['reply', 'copy', 'edit']

/** A message lifted over the rest, and what can be done with it: beside it, or in a sheet on a phone. */
export function MessageMenu({ item, row, rights, onAct, onClose }: MessageMenuProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const menu = useRef<HTMLDivElement>(null)
  const isPressed = useRef(false)
  const acts = actsOf(item, rights)
  const isPhone = matchMedia('(max-width: 767px)').matches
  const label = item.own ? t('acts.yourMessage') : t('acts.messageFrom', { name: item.author?.name ?? '' })

  useLayoutEffect(() => {
    const element = dialog.current
    if (!element || !menu.current) return
    element.showModal()
    place(element, menu.current, row, isPhone)
    buttonsOf(element)[0]?.focus({ preventScroll: true })
    return () => {
      element.close()
      const target = row.isConnected ? (row.querySelector<HTMLElement>('.pick > input') ?? row) : null
      if (document.activeElement === document.body) target?.focus({ preventScroll: true })
    }
  }, [row, isPhone])

  const onKeyDown = (event: KeyboardEvent) => {
    const all = buttonsOf(event.currentTarget)
    const now = all.findIndex((button) => button === document.activeElement)
    const next = { ArrowDown: now + 1, ArrowUp: now - 1 + all.length, Home: 0, End: all.length - 1 }[event.key]
    const act = event.key === 'Enter' || event.ctrlKey || event.metaKey || event.altKey ? null : actOfKey(event.key)
    if (next !== undefined) all[next % all.length]?.focus()
    else if (act && act !== 'menu' && acts.includes(act)) onAct(act, item)
    else return
    event.preventDefault()
  }
  // The finger that called the menu is still down, and what it lets go of was not pressed here.
  const onClickCapture = (event: MouseEvent) => {
    if (event.detail === 0 || isPressed.current) return
    event.preventDefault()
    event.stopPropagation()
  }
  const onClick = ({ target }: MouseEvent) => {
    if (!(target instanceof Element && target.closest('.menu, .sheet'))) onClose()
  }
  const listed = isPhone ? acts.filter((act) => !tiles.includes(act)) : acts
  const entry = (act: Act) => <MenuEntry key={act} act={act} onClick={() => onAct(act, item)} hasKey={!isPhone} />
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Esc is the dialog's own, the keys are its menu's
    <dialog
      ref={dialog}
      className="lifted"
      aria-label={label}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onPointerDown={() => {
        isPressed.current = true
      }}
      onClickCapture={onClickCapture}
      onClick={onClick}
      onKeyDown={onKeyDown}
      onContextMenu={(event) => event.preventDefault()}
    >
      <div className={classes('lifted__msg', item.own && 'lifted__msg--out')} aria-hidden="true" inert>
        <MessageBubble item={{ ...item, state: item.state === 'failed' ? 'sending' : item.state }} />
      </div>
      {isPhone ? (
        <div className="sheet" ref={menu}>
          <span className="sheet__grip" aria-hidden="true" />
          {acts.some((act) => tiles.includes(act)) && (
            <div className="sheet__acts">
              {acts
                .filter((act) => tiles.includes(act))
                .map((act) => (
                  <button key={act} type="button" className="d__act" onClick={() => onAct(act, item)}>
                    <Icon of={entries[act].icon} {...directionOf(act)} />
                    {t(act === 'copy' ? 'acts.copy' : entries[act].label)}
                  </button>
                ))}
            </div>
          )}
          {listed.length > 0 && (
            <div className="menu" role="menu" aria-label={t('acts.moreFor')}>
              {listed.map(entry)}
            </div>
          )}
        </div>
      ) : (
        <div className="menu lifted__menu glass glass--strong" role="menu" aria-label={label} ref={menu}>
          {listed.map(entry)}
        </div>
      )}
    </dialog>
  )
}

function MenuEntry({ act, onClick, hasKey }: { act: Act; onClick: () => void; hasKey: boolean }) {
  const entry = entries[act]
  const key = 'key' in entry ? entry.key : null
  const isDanger = act === 'delete'
  return (
    <>
      {isDanger && <hr />}
      <button type="button" role="menuitem" tabIndex={-1} className={classes(isDanger && 'dng')} onClick={onClick}>
        <Icon of={entry.icon} {...directionOf(act)} />
        {t(entry.label)}
        {hasKey && key && (
          <kbd className="kbd" aria-hidden="true">
            {t(key)}
          </kbd>
        )}
      </button>
    </>
  )
}

const directionOf = (act: Act) => ('directional' in entries[act] ? ({ directional: true } as const) : {})

const buttonsOf = (element: Element) => [...element.querySelectorAll<HTMLElement>('.menu button, .sheet button')]

/** Sets the copy over its message and the menu beside it, in the coordinates of the screen. */
function place(dialog: HTMLElement, menu: HTMLElement, row: HTMLElement, isPhone: boolean): void {
  const from = row.querySelector('.msg') ?? row
  const box = from.getBoundingClientRect()
  const bubble = (row.querySelector('.bubble') ?? row).getBoundingClientRect()
  const span = { top: box.top, height: box.height }
  const { top, menuTop, most } = isPhone
    ? { ...placeOver(span, menu.offsetHeight + 8, innerHeight), menuTop: 0 }
    : placeOver(span, menu.offsetHeight, innerHeight)
  const onScreen = isPhone ? Math.min(top, innerHeight - menu.offsetHeight - 20 - Math.min(box.height, most)) : top
  const isEnd = row.querySelector('.msg--out') !== null
  const isRightToLeft = getComputedStyle(row).direction === 'rtl'
  const isOnRight = isEnd !== isRightToLeft
  const left = isOnRight ? bubble.right - menu.offsetWidth : bubble.left
  const style = {
    '--x': `${box.left}px`,
    '--y': `${onScreen}px`,
    '--w': `${box.width}px`,
    '--most': `${most}px`,
    '--menu-x': `${Math.max(8, Math.min(left, innerWidth - menu.offsetWidth - 8))}px`,
    '--menu-y': `${menuTop}px`,
  }
  for (const [name, value] of Object.entries(style)) dialog.style.setProperty(name, value)
}
