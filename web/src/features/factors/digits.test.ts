import assert from 'node:assert/strict'
import { it } from 'node:test'
import { digitsOf } from './digits.ts'

it('takes the digits of what was pasted, in whichever script they are written', () => {
  assert.equal(digitsOf('407 912'), '407912')
  assert.equal(digitsOf('Your code: 407-912.'), '407912')
  assert.equal(digitsOf('٤٠٧٩١٢'), '407912')
  assert.equal(digitsOf('４０７９１２'), '407912')
  assert.equal(digitsOf('๔๐๗๙๑๒'), '407912')
  assert.equal(digitsOf('𝟜𝟘𝟟 912'), '407912')
  assert.equal(digitsOf('none'), '')
})
