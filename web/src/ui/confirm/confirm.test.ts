import { beforeEach, describe, expect, it } from 'vitest'
import { answer, asked, confirm } from './confirm'

beforeEach(() => answer(false))

describe('confirm', () => {
  it('resolves with the answer and takes the question away', async () => {
    const said = confirm({ title: 'Delete?', yes: 'Delete' })
    expect(asked.value?.title).toBe('Delete?')
    answer(true)
    expect(await said).toBe(true)
    expect(asked.value).toBeUndefined()
  })
  it('says no to the first question when a second one is asked', async () => {
    const first = confirm({ title: 'a', yes: 'a' })
    const second = confirm({ title: 'b', yes: 'b' })
    expect(await first).toBe(false)
    answer(false)
    expect(await second).toBe(false)
  })
  it('hears one answer only', async () => {
    const said = confirm({ title: 'a', yes: 'a' })
    answer(false)
    answer(true)
    expect(await said).toBe(false)
  })
})
