import { expect, it } from 'vitest'
import { explainMarks, markAt } from './replayMarks'

const replay = { startedAt: 10_000, pictureAt: 8000, explained: [{ productId: 'a', fromMs: 0, toMs: 30_000 }, { productId: 'b', fromMs: 30_000, toMs: 200_000 }] }
const shelf = [{ productId: 'a', number: 1, title: '碗' }]

it('moves marks by what the recording holds before the show', () => {
  const [a] = explainMarks(replay, 100, shelf)
  expect(a).toMatchObject({ fromS: 2, toS: 32, name: '1 碗', left: 2, width: 30 })
})
it('never lets a mark leave the bar, and names only what is on the shelf', () => {
  const b = explainMarks(replay, 100, shelf)[1]
  expect(b?.name).toBe('')
  expect((b?.left ?? 0) + (b?.width ?? 0)).toBeLessThanOrEqual(100)
})
it('has no marks before the length is known', () => {
  expect(explainMarks(replay, 0, shelf)).toEqual([])
})
it('knows what is explained now', () => {
  const marks = explainMarks(replay, 100, shelf)
  expect(markAt(marks, 1)).toBeUndefined()
  expect(markAt(marks, 20)).toBe(marks[0])
  expect(markAt(marks, 50)).toBe(marks[1])
})
