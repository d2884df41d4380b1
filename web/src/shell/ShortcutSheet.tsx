import { Fragment } from 'react'
import { t } from '../kernel/i18n.ts'
import { prefOf } from '../kernel/prefs.ts'
import { Dialog } from '../ui/Dialog.tsx'

type Shortcut = { what: string; keys: readonly string[] }
type Group = { title: string; shortcuts: readonly Shortcut[] }

/** Every key the app knows. */
export function ShortcutSheet({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={t('people.shortcuts')} closeLabel={t('app.close')} onClose={onClose}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keys */}
      <div className="keys" tabIndex={0}>
        {groups().map(({ title, shortcuts }) => (
          <section key={title} aria-label={title}>
            <h3>{title}</h3>
            <dl>
              {shortcuts.map(({ what, keys }) => (
                <div key={what}>
                  <dt>{what}</dt>
                  <dd>
                    {keys.map((key, place) => (
                      <Fragment key={key}>
                        {place > 0 && ' '}
                        <kbd className="kbd">{key}</kbd>
                      </Fragment>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}

function groups(): readonly Group[] {
  const command = commandKey()
  const sends = prefOf('enterSends')
  return [
    {
      title: t('people.keysAnywhere'),
      shortcuts: [
        { what: t('people.keyPalette'), keys: [command, 'K'] },
        { what: t('people.keyShortcuts'), keys: [command, '/'] },
        { what: t('people.keyNewChat'), keys: ['Alt', 'N'] },
        { what: t('people.keyClose'), keys: ['Esc'] },
      ],
    },
    {
      title: t('people.keysRooms'),
      shortcuts: [
        { what: t('people.keyPrevious'), keys: ['Alt', '↑'] },
        { what: t('people.keyNext'), keys: ['Alt', '↓'] },
        { what: t('people.keyPreviousUnread'), keys: ['Alt', 'Shift', '↑'] },
        { what: t('people.keyNextUnread'), keys: ['Alt', 'Shift', '↓'] },
        { what: t('people.keyReadAll'), keys: ['Shift', 'Esc'] },
      ],
    },
    {
      title: t('people.keysWriting'),
      shortcuts: [
        { what: t('people.keySend'), keys: sends ? ['Enter'] : [command, 'Enter'] },
        { what: t('people.keyBreak'), keys: sends ? ['Shift', 'Enter'] : ['Enter'] },
        { what: t('people.keyEditLast'), keys: ['↑'] },
      ],
    },
    {
      title: t('people.keysMessage'),
      shortcuts: [
        { what: t('people.keyReply'), keys: ['R'] },
        { what: t('people.keyCopy'), keys: ['C'] },
        { what: t('people.keyUnread'), keys: ['U'] },
        { what: t('people.keySelect'), keys: ['S'] },
        { what: t('people.keyInfo'), keys: ['I'] },
        { what: t('people.keyDelete'), keys: ['Del'] },
        { what: t('people.keyExtend'), keys: ['Shift', '↑', '↓'] },
      ],
    },
  ]
}

/** The key that commands are given with, as it is written on it. */
export const commandKey = (): string => (/mac|iphone|ipad/i.test(navigator.userAgent) ? '⌘' : 'Ctrl')
