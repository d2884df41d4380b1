import assert from 'node:assert/strict'
import { it } from 'node:test'
import { AskError } from '../../kernel/ask-error.ts'
import '../../kernel/auth-texts.ts'
import { emailProblem, entryErrorText } from './entry-errors.ts'

it('says of a mail address what is missing, and takes any that there can be', () => {
  assert.equal(emailProblem('noor@posteo'), 'That address is missing its ending, like .de or .com.')
  for (const typed of ['noor', '@posteo.de', 'noor@', 'noor haddad@posteo.de', 'noor@posteo.'])
    assert.equal(emailProblem(typed), 'That doesn’t look like an address yet.', typed)
  for (const typed of [' noor@posteo.de ', 'نور@مثال.شبكة', 'o’neil+chat@mail.example.co.uk'])
    assert.equal(emailProblem(typed), undefined, typed)
})

it('says why nobody was let in: no line, no answer, too many tries, or what the page itself knows better', () => {
  const until = new Date('2026-05-20T21:40:00').getTime()
  const no = (code: AskError['code']) => new AskError({ code })
  assert.equal(entryErrorText(no('Offline'), null), 'You’re offline. Try again when you’re back.')
  assert.equal(entryErrorText(no('NoAnswer'), null), 'The server didn’t answer. Try again in a moment.')
  assert.match(entryErrorText(no('TooManyRequests'), until), /^That’s a lot at once\. You can go on at .*21:40|9:40/)
  assert.equal(entryErrorText(no('WrongProof'), null, { WrongProof: 'Not this one.' }), 'Not this one.')
  assert.match(entryErrorText(no('RegistrationClosed'), null), /^Nobody can make an account/)
})
