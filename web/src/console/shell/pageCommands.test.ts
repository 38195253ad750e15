import { effectScope } from 'vue'
import { expect, it } from 'vitest'
import { pageCommands, usePageCommands } from './pageCommands'

it('offers the commands of the pages that are open, as they are now', () => {
  const page = effectScope()
  let may = true
  page.run(() => usePageCommands(() => (may ? [{ id: 'block', label: 'Block', icon: 'shield', chord: 'B', run: () => undefined }] : [])))
  expect(pageCommands()).toMatchObject([{ id: 'block', kind: 'do', chord: 'B' }])
  may = false
  expect(pageCommands()).toEqual([])
  may = true
  page.stop()
  expect(pageCommands()).toEqual([])
})
