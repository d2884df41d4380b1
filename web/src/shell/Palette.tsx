import { type KeyboardEvent, type ReactNode, useId, useLayoutEffect, useRef, useState } from 'react'
import { t } from '../kernel/i18n.ts'
import { Icon, Search } from '../ui/Icon.tsx'
import { VisuallyHidden } from '../ui/VisuallyHidden.tsx'
import { classes } from '../ui/classes.ts'
import { markedPart, rowAfter } from './palette-matching.ts'
import { Sheet } from './Sheet.tsx'

/** Something to go to, or to do. */
export type PaletteEntry = {
  id: string
  name: string
  /** One line under the name: `@priya.r`. */
  sub?: string
  /** Before the name: 36 px wide. */
  face: ReactNode
  /** The keys that do the same: `Alt N`. */
  keys?: string
  /** Does it; `stay` keeps the palette open. */
  act: () => void
  stay?: true
}
export type PaletteGroup = { title: string; entries: readonly PaletteEntry[] }

export type PaletteProps = {
  query: string
  onQuery: (query: string) => void
  groups: readonly PaletteGroup[]
  /** While people are still being looked for. */
  isSearching: boolean
  onClose: () => void
}

/** Finds anything and does it: the first row is chosen, arrows move, Enter takes it, Esc goes back to where one was. */
export function Palette({ query, onQuery, groups, isSearching, onClose }: PaletteProps) {
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const shown = groups.filter(({ entries }) => entries.length > 0)
  const all = shown.flatMap(({ entries }) => entries)
  const [chosen, setChosen] = useState({ query, row: 0 })
  const row = chosen.query === query ? Math.min(chosen.row, Math.max(0, all.length - 1)) : 0
  const current = all[row]
  useLayoutEffect(() => input.current?.focus(), [])
  useLayoutEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' })
  }, [current?.id])

  const take = (entry: PaletteEntry | undefined) => {
    if (!entry) return
    if (!entry.stay) onClose()
    entry.act()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    const next = rowAfter(row, event.key, all.length)
    if (next !== null) setChosen({ query, row: next })
    else if (event.key === 'Enter') take(current)
    else return
    event.preventDefault()
  }
  return (
    <Sheet label={t('people.palette')} className="cp glass glass--strong" onClose={onClose}>
      <div className="cp__in">
        <Icon of={Search} />
        <input
          ref={input}
          className="grow"
          type="text"
          role="combobox"
          aria-label={t('people.paletteFind')}
          placeholder={t('people.paletteFind')}
          aria-expanded={all.length > 0}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={current && `${id}-${current.id}`}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          dir="auto"
          maxLength={64}
          value={query}
          onChange={(event) => onQuery(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <kbd className="kbd only-desk">Esc</kbd>
      </div>
      {/* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- no native list is moved in from a field of its own */}
      <div className="cp__list" role="listbox" id={`${id}-list`} aria-label={t('people.palette')} ref={list}>
        {shown.map(({ title, entries }) => (
          // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- within a listbox
          <div key={title} role="group" aria-label={title}>
            <p className="cp__l" aria-hidden="true">
              {title}
            </p>
            {entries.map((entry) => (
              <Row
                key={entry.id}
                id={`${id}-${entry.id}`}
                entry={entry}
                query={query}
                isChosen={entry === current}
                onTake={() => take(entry)}
                onPoint={() => setChosen({ query, row: all.indexOf(entry) })}
              />
            ))}
          </div>
        ))}
      </div>
      {all.length === 0 && !isSearching && <p className="cp__none">{t('people.paletteNothing', { query })}</p>}
      <VisuallyHidden>
        <span aria-live="polite">{query && t('people.paletteFound', { count: all.length })}</span>
      </VisuallyHidden>
      <Foot />
    </Sheet>
  )
}

type RowProps = {
  id: string
  entry: PaletteEntry
  query: string
  isChosen: boolean
  onTake: () => void
  onPoint: () => void
}

function Row({ id, entry, query, isChosen, onTake, onPoint }: RowProps) {
  const { name, sub, face, keys } = entry
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- keys are the field's, which keeps the focus
    <div
      id={id}
      className={classes('cp__row', isChosen && 'is-on')}
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- as its listbox
      role="option"
      tabIndex={-1}
      aria-selected={isChosen}
      onClick={onTake}
      onPointerMove={() => !isChosen && onPoint()}
    >
      {face}
      <span className="grow">
        <b className="cut" dir="auto">
          <Marked name={name} query={query} />
        </b>
        {sub && <bdi className="dim cut">{sub}</bdi>}
      </span>
      {keys && <kbd className="kbd">{keys}</kbd>}
    </div>
  )
}

/** A name with what was typed marked in it. */
function Marked({ name, query }: { name: string; query: string }): ReactNode {
  const part = markedPart(name, query)
  if (!part) return name
  return (
    <>
      {name.slice(0, part.start)}
      <mark>{name.slice(part.start, part.end)}</mark>
      {name.slice(part.end)}
    </>
  )
}

function Foot() {
  return (
    <div className="cp__f" aria-hidden="true">
      <span>
        <kbd className="kbd">↑</kbd> <kbd className="kbd">↓</kbd> {t('people.paletteMove')}
      </span>
      <span>
        <kbd className="kbd">Enter</kbd> {t('people.paletteOpen')}
      </span>
    </div>
  )
}
