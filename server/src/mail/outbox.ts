import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from '../kernel/logger.ts'
import { MailDelayed, type Mail, type Mailer } from './mail.ts'

/** Files that the folder holds at most, two for each mail; the oldest go. */
const MAX_FILES = 400

/**
 * Where there is no mail server, mail is put into a folder for whoever runs this one: a `.txt` and an `.html` for each.
 * The log learns the file's name alone, since a link is a secret.
 * @param say says the link itself, to whoever develops this; never given in production
 */
export function createOutbox(folder: string, logger: Logger, say?: (line: string) => void): Mailer {
  return {
    isOn: false,
    send: async (mail) => {
      const file = join(folder, nameOf(mail))
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        const head = `To: ${mail.to}\nSubject: ${mail.subject}\n\n`
        await writeFile(`${file}.html`, mail.html, { mode: 0o600 })
        await writeFile(`${file}.txt`, head + mail.text, { mode: 0o600 })
        await clear(folder)
      } catch (error) {
        const { code = 'unknown' } = error as NodeJS.ErrnoException
        throw new MailDelayed(`the folder outbox in DATA_DIR cannot be written to (${code})`, true)
      }
      logger.info({ mail: mail.template, file: `outbox/${nameOf(mail)}.txt` }, 'a mail was put into the outbox folder')
      if (mail.link) say?.(`Mail, ${mail.template}: ${mail.link}`)
    },
  }
}

/** Names sort by time; a second try writes the same files. */
const nameOf = ({ at, template, mailId }: Mail): string =>
  `${new Date(at).toISOString().slice(0, 19).replaceAll(':', '')}-${template}-${mailId.slice(-8)}`

async function clear(folder: string): Promise<void> {
  const ours = (await readdir(folder)).filter((name) => /^[\dT-]{17}-[A-Za-z]+-[\w-]{8}\.(?:txt|html)$/.test(name))
  const old = ours.toSorted().slice(0, -MAX_FILES)
  await Promise.all(old.map((name) => rm(join(folder, name), { force: true })))
}
