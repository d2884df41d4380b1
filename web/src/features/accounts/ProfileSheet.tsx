import type { Person } from '@connectly/protocol'
import { type ReactNode, useId } from 'react'
import { day, t } from '../../kernel/i18n.ts'
import { Sheet } from '../../shell/Sheet.tsx'
import { Avatar } from '../../ui/Avatar.tsx'
import { classes } from '../../ui/classes.ts'
import { X } from '../../ui/Icon.tsx'
import { IconButton } from '../../ui/IconButton.tsx'
import { tintOf } from '../../ui/tint.ts'
import { VisuallyHidden } from '../../ui/VisuallyHidden.tsx'

/** One line of what is known: what it is, and what it says. */
export type ProfileFact = { label: string; value: ReactNode }

export type ProfileSheetProps = {
  person: Person
  about: string
  isOnline: boolean
  /** Beside the username: whether they are here. */
  presence?: ReactNode
  /** Under the name: what to do about them. */
  actions: ReactNode
  /** After when they joined and what they are. */
  facts: readonly ProfileFact[]
  foot?: ReactNode
  onClose: () => void
}

const kinds = {
  person: 'people.kindPerson',
  bot: 'people.kindBot',
  ai: 'people.kindAi',
  guest: 'people.kindGuest',
} as const
const tags: Partial<Record<Person['kind'], 'people.tagBot' | 'people.tagAi'>> = {
  bot: 'people.tagBot',
  ai: 'people.tagAi',
}

/** A person, over whatever page is open. */
export function ProfileSheet(props: ProfileSheetProps) {
  const { person, about, isOnline, presence, actions, facts, foot, onClose } = props
  const id = useId()
  const tag = tags[person.kind]
  return (
    <Sheet labelledBy={id} className={classes('pf', tintOf(person.userId))} onClose={onClose}>
      <Top onClose={onClose} />
      <div className="pf__in">
        <div className="pf__av">
          <Avatar id={person.userId} name={person.name} size={112} />
          {isOnline && <i className="pf__on" />}
        </div>
        <h2 id={id}>
          <VisuallyHidden>{t('people.profile')}: </VisuallyHidden>
          <bdi>{person.name}</bdi>
          {tag && <span className="tag">{t(tag)}</span>}
        </h2>
        <p className="pf__who">
          <bdi className="dim">@{person.username}</bdi>
          {presence}
        </p>
        {about && (
          <p className="pf__bio" dir="auto">
            {tag && <VisuallyHidden>{t('people.botSays')}: </VisuallyHidden>}
            {about}
          </p>
        )}
        {actions}
        <dl className="pf__dl">
          <Fact label={t('people.joined')} value={day(person.createdAt)} />
          <Fact label={t('people.account')} value={t(kinds[person.kind])} />
          {facts.map((fact) => (
            <Fact key={fact.label} {...fact} />
          ))}
        </dl>
        {foot && <div className="pf__ft">{foot}</div>}
      </div>
    </Sheet>
  )
}

/** A profile that is on its way, or, with `children`, one that is not to be had. */
export function ProfileSkeleton({ onClose, children }: { onClose: () => void; children?: ReactNode }) {
  return (
    <Sheet label={t('people.profile')} className="pf tint--e" onClose={onClose}>
      <Top onClose={onClose} />
      {children ?? (
        <div className="pf__in pf__in--sk" aria-live="polite">
          <VisuallyHidden>{t('people.loadingProfile')}</VisuallyHidden>
          <span className="sk pf__sk" />
          <span className="sk pf__l pf__l--1" />
          <span className="sk pf__l pf__l--2" />
          <span className="sk pf__l pf__l--3" />
        </div>
      )}
    </Sheet>
  )
}

function Top({ onClose }: { onClose: () => void }) {
  return (
    <div className="pf__top">
      <IconButton icon={X} label={t('app.close')} onClick={onClose} />
    </div>
  )
}

function Fact({ label, value }: ProfileFact) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  )
}
