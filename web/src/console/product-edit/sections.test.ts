import { expect, it } from 'vitest'
import { currentSection, sectionsOf } from './sections'

it('says which part lacks something only after a try to save', () => {
  expect(sectionsOf(['title', 'pictures'], 0, false).map((s) => [s.id, s.done, s.lacks])).toEqual([['basic', false, false], ['options', false, false], ['terms', true, false]])
  expect(sectionsOf([], 2, true).map((s) => s.lacks)).toEqual([false, true, false])
})

it('names the part under the line, and the last one at the end of the page', () => {
  const tops = [{ id: 'basic', top: -300 }, { id: 'options', top: 80 }, { id: 'terms', top: 700 }]
  expect(currentSection(tops, 160, false)).toBe('options')
  expect(currentSection(tops, 40, false)).toBe('basic')
  expect(currentSection(tops, 160, true)).toBe('terms')
  expect(currentSection([{ id: 'basic', top: 200 }], 100, false)).toBe('basic')
})
